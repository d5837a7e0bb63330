import Bulla
import Foundation
import Testing

@testable import BullaModels

/// Pictures of people and rooms: chosen, seen by others, taken away.
@MainActor
@Suite(.beside)
struct PortraitsTest {
    @Test func aPictureIsChosenSeenByOthersAndRemoved() async throws {
        let album = Album()
        let (alice, bob) = (try await AppUser.on(0, pictures: album), try await AppUser.on(1))
        let room = try await alice.session.createDirect(user: bob.id)
        try await bob.session.join(room: room)
        alice.app.go(.settings)
        let settings = try #require(alice.app.settingsModel())
        try await until("the profile") { settings.card != nil }
        // Whoever chooses none changes nothing.
        await settings.chooseAvatar()
        #expect(settings.profile?.avatar == nil && settings.problem == nil)
        album.next = red
        await settings.chooseAvatar()
        let uri = try #require(settings.profile?.avatar)
        #expect(settings.card?.avatar == uri)

        let list = try bob.rooms
        try await until("her picture") { list.rows.contains { $0.id == room && $0.avatar == uri } }
        let portraits = Portraits(try bob.session) { side(of: $0) }
        #expect(portraits.at(uri, side: 96) == nil)
        #expect(await portraits.portrait(uri, side: 96) == 96)
        #expect(portraits.at(uri, side: 96) == 96)

        await settings.removeAvatar()
        #expect(settings.profile?.avatar == nil)
        try await until("no picture") { list.rows.contains { $0.id == room && $0.avatar == nil } }
    }

    @Test func whatIsNoPictureIsToldAndNothingChanges() async throws {
        let alice = try await AppUser.on(0, pictures: Album(Data("<svg/>".utf8)))
        alice.app.go(.settings)
        let settings = try #require(alice.app.settingsModel())
        try await until("the profile") { settings.card != nil }
        await settings.chooseAvatar()
        #expect(settings.problem == .invalid(.picture, .malformed))
        #expect(settings.profile?.avatar == nil)
        let portraits = Portraits(try alice.session) { side(of: $0) }
        #expect(await portraits.portrait("https://elsewhere.example/a.png", side: 96) == nil)
    }

    @Test func aRoomsPictureIsForThoseWhoMay() async throws {
        let album = Album(red)
        let (alice, bob) = (try await AppUser.on(0, pictures: album), try await AppUser.on(1, pictures: album))
        let room = try await alice.group("Portrait", inviting: [bob.id])
        try await bob.session.join(room: room)
        alice.app.go(.details(room))
        let hers = try #require(alice.app.details(room))
        try await until("what she may") { hers.may(.changeAvatar) }
        await hers.chooseAvatar()
        let list = try bob.rooms
        try await until("its picture") { list.rows.contains { $0.id == room && $0.avatar != nil } }
        bob.app.go(.details(room))
        let his = try #require(bob.app.details(room))
        try await until("what he may") { !his.abilities.isEmpty && !his.may(.changeAvatar) }
        await his.chooseAvatar()
        #expect(his.problem == .refused(code: "M_FORBIDDEN"))
        await hers.removeAvatar()
        try await until("no picture") { list.rows.contains { $0.id == room && $0.avatar == nil } }
    }

    @Test func onePictureIsAskedForOnce() async throws {
        let alice = try await AppUser.on(0)
        let session = try alice.session
        try await session.setAvatar(picture: red)
        let uri = try #require(try await session.profile().avatar)
        let made = Counter()
        let portraits = Portraits(session) { png in (png, made.next()) }
        async let one = portraits.portrait(uri, side: 96)
        async let other = portraits.portrait(uri, side: 96)
        let both = await [one?.1, other?.1]
        #expect(both == [1, 1])
        // Other sizes are other pictures; the oldest of too many is forgotten, and had again.
        for side in 16..<16 + UInt32(keptPortraits) where side != 96 { _ = await portraits.portrait(uri, side: side) }
        #expect(made.now == keptPortraits)
        _ = await portraits.portrait(uri, side: 640)
        #expect(portraits.at(uri, side: 96) == nil)
        #expect(await portraits.portrait(uri, side: 96)?.1 == keptPortraits + 2)
    }
}

/// A person's pictures: the one that they choose next; nil while they choose none.
@MainActor
private final class Album: PicturePort {
    var next: Data?

    init(_ next: Data? = nil) { self.next = next }

    func picture() async throws -> Data? { next }
}

private final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0

    var now: Int { lock.withLock { count } }

    func next() -> Int {
        lock.withLock {
            count += 1
            return count
        }
    }
}

/// A red square of 24 pixels a side.
private let red = Data(
    base64Encoded:
        "iVBORw0KGgoAAAANSUhEUgAAABgAAAAYCAIAAABvFaqvAAAAH0lEQVR42mM4ISdHFcQwatCoQaMGjRo0atCoQQNvEADGtUkfLD52BgAAAABJRU5ErkJggg==")!

/// What the head of a square PNG says, or nothing.
private func side(of png: Data) -> UInt32? {
    let head = [UInt8](png.prefix(24))
    guard head.count == 24, head.starts(with: [0x89, 0x50, 0x4e, 0x47]) else { return nil }
    let side = { (at: Int) in head[at..<at + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } }
    return side(16) == side(20) ? side(16) : nil
}
