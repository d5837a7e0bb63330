import Bulla
import Foundation
import Testing

/// Pictures of people and rooms.
@Suite(.beside)
struct AvatarTest {
    @Test func aPersonAndARoomHaveAPictureThatOthersSee() async throws {
        let (alice, bob, room) = try await Agent.two()
        try await Session.setAvatar(picture:)(bob.session)(red)
        let row = try await alice.session.row("his picture") { $0.id == room && $0.avatar != nil }
        let uri = try #require(row.avatar)
        #expect(try await bob.session.whoAmI().avatar == uri)
        #expect(side(of: try await alice.session.avatar(uri: uri, size: 64)) == 64)
        try await bob.session.setAvatar(picture: nil)
        #expect(try await bob.session.whoAmI().avatar == nil)

        let group = try await alice.session.createGroup(draft: GroupDraft(name: "Portrait", topic: nil, invite: []))
        let hers = try await alice.session.room(room: group)
        try await Room.setAvatar(picture:)(hers)(red)
        let its = try await alice.session.row("its picture") { $0.id == group && $0.avatar != nil }
        #expect(side(of: try await alice.session.avatar(uri: try #require(its.avatar), size: 32)) == 32)
    }

    @Test func whatIsNoPictureIsRefused() async throws {
        let alice = try await Agent.on(0)
        await #expect(throws: Failure.Invalid(field: .picture, why: .malformed)) {
            try await alice.session.setAvatar(picture: Data("<svg/>".utf8))
        }
        await #expect(throws: Failure.Invalid(field: .picture, why: .malformed)) {
            try await alice.session.avatar(uri: "https://elsewhere.example/a.png", size: 96)
        }
    }

    /// A red square of 24 pixels a side.
    private var red: Data {
        let png =
            "iVBORw0KGgoAAAANSUhEUgAAABgAAAAYCAIAAABvFaqvAAAAH0lEQVR42mM4ISdHFcQwatCoQaMGjRo0atCoQQNvEADGtUkfLD52BgAAAABJRU5ErkJggg=="
        return Data(base64Encoded: png)!
    }

    /// What the head of a square PNG says, or nothing.
    private func side(of png: Data) -> UInt32? {
        let head = [UInt8](png.prefix(24))
        guard head.count == 24, head.starts(with: [0x89, 0x50, 0x4e, 0x47]) else { return nil }
        let side = { (at: Int) in head[at..<at + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } }
        return side(16) == side(20) ? side(16) : nil
    }
}
