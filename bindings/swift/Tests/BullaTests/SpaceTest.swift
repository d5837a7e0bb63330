import Bulla
import Testing

/// Spaces, what is set for a room, and rooms that took another's place.
@Suite(.beside, .ours)
struct SpaceTest {
    @Test func aSpaceHoldsRooms() async throws {
        let alice = try await Agent.on(0)
        let space = try await alice.session.createGroup(
            draft: GroupDraft(name: "Direction", topic: nil, invite: [], kind: .space))
        let forum = try await alice.session.createGroup(
            draft: GroupDraft(name: "Cantine", topic: nil, invite: [], kind: .forum))
        let hers = try await alice.session.room(room: space)
        try await hers.addChild(child: forum)
        try await within("it is in it") { while try await hers.children(after: nil).rooms.map(\.room.id) != [forum] {} }
        try await hers.removeChild(child: forum)
        try await within("it is out of it") { while try await !hers.children(after: nil).rooms.isEmpty {} }
        let other = try await alice.session.room(room: forum)
        await #expect(throws: Failure.Invalid(field: .room, why: .notAllowed)) { try await other.children(after: nil) }
    }

    @Test func aRoomIsSetAsOneWantsIt() async throws {
        let alice = try await Agent.on(0)
        let forum = try await alice.session.createGroup(
            draft: GroupDraft(name: "Cantine", topic: nil, invite: [], kind: .forum))
        let hers = try await alice.session.room(room: forum)
        try await hers.setNotifications(notifications: .mentions)
        try await hers.setLowPriority(low: true)
        try await hers.setHistory(history: .anyone)
        let alias = try await hers.setAlias(name: "cantine-\(alice.user.userId.dropFirst().prefix(11))")
        try await alice.session.row("as it was set") {
            $0.id == forum && $0.notifications == .mentions && $0.lowPriority && $0.history == .anyone && $0.alias == alias
        }
        #expect(try await hers.setAlias(name: nil) == nil)
    }

    @Test func aRoomTakesAnothersPlace() async throws {
        let (alice, bob) = (try await Agent.on(0), try await Agent.on(1))
        let room = try await alice.session.createGroup(
            draft: GroupDraft(name: "Projet", topic: nil, invite: [bob.user.userId]))
        try await bob.accept(room)
        try await alice.session.row("he is in it") { $0.id == room && $0.members == 2 }
        let hers = try await alice.session.room(room: room)
        await #expect(throws: Failure.NotFound(what: .room)) { try await hers.follow() }
        let upgraded = try await hers.upgrade()
        #expect(upgraded.invited.map(\.user) == [bob.user.userId] && upgraded.invited.allSatisfy { $0.failure == nil })
        try await bob.session.row("where it goes on") { $0.id == room && $0.successor == upgraded.successor }
        let his = try await bob.session.room(room: room)
        #expect(try await his.follow() == upgraded.successor)
        try await bob.session.row("the new one") { $0.id == upgraded.successor && $0.predecessor == room }
    }
}
