import Bulla
import Foundation
import Testing

private let pin = "193728"
private let other = "283746"

/// The lock of the app over a real account.
@Suite(.beside, .ours)
struct AppLockTest {
    @Test func lockedNothingOpensAndUnlockedEverythingIsThere() async throws {
        let alice = try await Agent.on(0)
        try await alice.session.live()
        let (account, bulla) = (alice.session.account().id, alice.device.bulla)
        let lock = bulla.appLock()
        #expect(try await now(lock) == .off(required: false))
        await #expect(throws: Failure.Invalid(field: .pin, why: .tooShort)) { try await lock.setPin(pin: "1937") }
        try await lock.setPin(pin: pin)
        try await lock.lock()
        #expect(try await now(lock) == .locked(attemptsLeft: nil, wait: nil))
        await #expect(throws: Failure.Forbidden(why: .appLocked)) { try await bulla.accounts() }
        await #expect(throws: Failure.Forbidden(why: .appLocked)) { try await bulla.open(account: account) }
        await #expect(throws: Failure.Closed) { try await alice.session.profile() }
        await #expect(throws: Failure.Invalid(field: .pin, why: .wrong)) { try await lock.unlock(pin: other) }
        try await lock.unlock(pin: pin)
        let session = try await bulla.open(account: account)
        try await session.live()
        let states: StateStream = Session.states(session)()
        #expect(try await StateStream.next(states)() == .live)
        try await session.shutdown()
        try await lock.changePin(old: pin, new: other)
        try await lock.removePin(pin: other)
        #expect(try await now(lock) == .off(required: false))
        #expect(try await bulla.accounts().map(\.id) == [account])
    }

    @Test func tooManyWrongPinsEraseEverything() async throws {
        let device = try Device(trusting: Manifests.strict)
        let lock = device.bulla.appLock()
        #expect(try await now(lock) == .off(required: true))
        try await lock.setPin(pin: pin)
        await #expect(throws: Failure.Forbidden(why: .appLockForced)) { try await lock.removePin(pin: pin) }
        try await lock.lock()
        for left: UInt32 in [2, 1] {
            await #expect(throws: Failure.Invalid(field: .pin, why: .wrong)) { try await lock.unlock(pin: other) }
            #expect(try await now(lock) == .locked(attemptsLeft: left, wait: nil))
        }
        await #expect(throws: Failure.Invalid(field: .pin, why: .wrong)) { try await lock.unlock(pin: other) }
        #expect(try await now(lock) == .wiped)
        #expect(device.keys.count == 0)
    }

    @Test func thePlatformOpensItAndTheBackgroundClosesIt() async throws {
        let device = try Device()
        let (lock, finger) = (device.bulla.appLock(), Finger())
        #expect(try await !lock.unlockWithPlatform(platform: finger))
        try await lock.setPin(pin: pin)
        try await lock.allowPlatform(platform: finger)
        try await lock.lock()
        #expect(try await lock.unlockWithPlatform(platform: finger))
        // Away for a moment only.
        try await lock.background()
        try await lock.foreground()
        let states = AppLock.states(lock)()
        #expect(try await AppLockStream.next(states)() == .unlocked)
        try await lock.forbidPlatform(platform: finger)
        #expect(finger.key == nil)
        try await lock.lock()
        AppLockStream.cancel(states)()
        #expect(try await AppLockStream.next(states)() == nil)
        #expect(try await !lock.unlockWithPlatform(platform: finger))
    }
}

private func now(_ lock: AppLock) async throws -> AppLockState? {
    for try await state in lock.stateUpdates { return state }
    return nil
}

private final class Finger: PlatformUnlock, @unchecked Sendable {
    private let lock = NSLock()
    private var kept: Data?

    var key: Data? { lock.withLock { kept } }

    func keep(key: Data) { lock.withLock { kept = key } }
    func ask() -> Data? { key }
    func forget() { lock.withLock { kept = nil } }
}
