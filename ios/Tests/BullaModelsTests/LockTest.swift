import Bulla
import Foundation
import Testing

@testable import BullaModels

/// The lock of the app.
@MainActor
@Suite(.beside, .ours)
struct LockTest {
    private let pin = "193728"

    @Test func locksAndOpensWhereThePersonWas() async throws {
        let person = try await AppUser.on(0)
        let app = person.app
        let room = try await person.group("Cellule")
        app.go(.appLock)
        let settings = app.lockModel()
        try await until("how it stands") { settings.stands == .off(required: false) }
        (settings.new, settings.again) = ("111111", "111111")
        try await within("the refusal") { await settings.choose() }
        #expect(settings.lacks == .tooWeak)
        (settings.new, settings.again) = (pin, "28")
        #expect(settings.differ && !settings.chosen)
        settings.again = pin
        try await within("setting it") { await settings.choose() }
        try await until("it is set") { settings.done && settings.stands == .unlocked && settings.new.isEmpty }

        _ = try await person.open(room)
        try await within("locking") { await app.lockModel().lockNow() }
        try await until("locked, and nothing shown") { app.lockedOut && app.current == nil && app.accounts.isEmpty }
        let lock = app.lockModel()
        lock.pin = "283746"
        try await within("a wrong one") { await lock.unlock() }
        #expect(lock.wrong && lock.pin.isEmpty)
        lock.pin = pin
        try await within("the right one") { await lock.unlock() }
        try await until("back in the conversation") {
            app.current?.user == person.id && app.here == .conversation(room) && !app.lockedOut
        }
        try await person.session.live()

        // A new start asks before anything is opened.
        let next = try await person.restart()
        await next.app.start()
        #expect(next.app.lockedOut && next.app.current == nil)
        let asked = next.app.lockModel()
        try await until("it asks") { if case .locked? = asked.stands { true } else { false } }
        asked.pin = pin
        try await within("unlocking") { await asked.unlock() }
        try await until("open") { next.app.current != nil && !next.app.lockedOut }
        next.app.go(.appLock)
        let last = next.app.lockModel()
        last.pin = pin
        try await within("taking it away") { await last.remove() }
        try await until("it is gone") { last.stands == .off(required: false) }
    }

    @Test func aLockThatIsAskedForWantsAPinFirst() async throws {
        let person = try AppUser.newcomer()
        let app = person.app
        await app.start()
        await app.setManaged(["app_lock": "true"])
        try await until("a PIN is wanted") { app.lockedOut }
        let lock = app.lockModel()
        try await until("how it stands") { lock.stands != nil }
        (lock.new, lock.again) = (pin, pin)
        try await within("setting it") { await lock.choose() }
        try await until("on with it") { !app.lockedOut }
        app.go(.appLock)
        let settings = app.lockModel()
        settings.pin = pin
        try await within("the refusal") { await settings.remove() }
        #expect(settings.problem == .forbidden(.appLockForced))
    }

    @Test func aFingerOpensItBesideThePin() async throws {
        let finger = Finger()
        let person = try AppUser.newcomer(owner: finger)
        let app = person.app
        await app.start()
        app.go(.appLock)
        let settings = app.lockModel()
        try await until("how it stands") { settings.stands != nil }
        #expect(settings.ownerAvailable && !settings.byOwner)
        (settings.new, settings.again) = (pin, pin)
        try await within("setting it") { await settings.choose() }
        try await within("letting a finger open it") { await settings.allowOwner() }
        #expect(settings.byOwner && settings.problem == nil)
        try await within("locking") { await settings.lockNow() }
        try await until("locked") { app.lockedOut }
        let lock = app.lockModel()
        try await until("it asks") { if case .locked? = lock.stands { lock.byOwner } else { false } }
        finger.knows(false)
        try await within("a stranger's finger") { await lock.unlockByOwner() }
        #expect(lock.declined && app.lockedOut)
        finger.knows(true)
        try await within("the owner's") { await lock.unlockByOwner() }
        try await until("open") { !app.lockedOut }
        app.go(.appLock)
        let again = app.lockModel()
        try await until("how it stands") { again.stands == .unlocked }
        try await within("the PIN alone") { await again.forbidOwner() }
        #expect(!again.byOwner && !finger.kept)
        try await within("once more") { await again.allowOwner() }
        #expect(finger.kept)
        again.pin = pin
        try await within("taking the lock away") { await again.remove() }
        #expect(!finger.kept)
    }

    @Test func wrongPinsHaveToWait() async throws {
        let person = try AppUser.newcomer()
        let app = person.app
        await app.start()
        app.go(.appLock)
        let lock = app.lockModel()
        try await until("how it stands") { lock.stands != nil }
        (lock.new, lock.again) = (pin, pin)
        try await within("setting it") { await lock.choose() }
        try await within("locking") { await lock.lockNow() }
        try await until("locked") { app.lockedOut }
        let asked = app.lockModel()
        for _ in 0..<3 {
            asked.pin = "283746"
            try await within("a wrong one") { await asked.unlock() }
        }
        asked.pin = pin
        try await within("too soon") { await asked.unlock() }
        try await until("it has to wait") { asked.wait > 0 }
        let told = asked.wait
        #expect((1...31).contains(told) && !asked.mayUnlock)
        try await until("the seconds go by") { asked.wait < told }
    }
}

/// In the place of a phone's sensor: it knows its owner, or does not. What it keeps it keeps in memory.
private final class Finger: OwnerCheck, @unchecked Sendable {
    private let lock = NSLock()
    private var key: Data?
    private var isKnown = true

    let available = true
    var kept: Bool { lock.withLock { key != nil } }

    /// Whose finger it is: the owner's or a stranger's.
    func knows(_ owner: Bool) { lock.withLock { isKnown = owner } }

    func keep(key: Data) { lock.withLock { self.key = key } }
    func ask() -> Data? { lock.withLock { isKnown ? key : nil } }
    func forget() { lock.withLock { key = nil } }
}
