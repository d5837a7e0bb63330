import Bulla
import Testing

/// Kinds of rooms, roles, and what may be done.
@Suite(.beside, .ours)
struct ModerationTest {
    @Test func aRoleIsGivenAndWhatMayBeDoneFollows() async throws {
        let (alice, bob) = (try await Agent.on(0), try await Agent.on(1))
        let his = bob.user.userId
        let room = try await alice.session.createGroup(draft: GroupDraft(name: "Cellule", invite: [his]))
        try await bob.accept(room)
        let (hers, bobs) = (try await alice.session.room(room: room), try await bob.session.room(room: room))
        try await bobs.until(.invite, refused: .needsRole(role: .moderator))
        #expect(try await hers.isLastAdministrator())
        try await hers.setRole(user: his, role: .moderator)
        try await bobs.until(.invite, refused: nil)
        try await within("his role is told") {
            for try await members in hers.memberUpdates
            where members.contains(where: { $0.user == his && $0.role == .moderator && $0.below }) {
                return
            }
        }
        try await bobs.until(.changeRoles, refused: .needsRole(role: .administrator))
        #expect(try await !bobs.isLastAdministrator())
    }

    @Test func peopleAreInvitedTogetherRemovedBannedAndLetInAgain() async throws {
        let (alice, bob) = (try await Agent.on(0), try await Agent.on(1))
        let his = bob.user.userId
        let room = try await alice.session.createGroup(draft: GroupDraft(name: "Cellule"))
        let hers = try await alice.session.room(room: room)
        let invited = try await hers.inviteAll(users: ["no id", his])
        #expect(invited.map { $0.failure != nil } == [true, false])
        try await bob.accept(room)
        try await hers.remove(user: his, reason: "Fin de mission")
        try await bob.session.room(room: room).until(.write, refused: .notMember)
        try await hers.ban(user: his, reason: nil)
        await #expect(throws: Failure.self) { try await hers.invite(user: his) }
        try await hers.unban(user: his)
        try await hers.invite(user: his)
        try await bob.accept(room)
        try await bob.session.room(room: room).until(.write, refused: nil)
    }

    @Test func aRoomIsOpenedToGuestsOnceAndByLinkForAWhile() async throws {
        let (alice, bob) = (try await Agent.on(0), try await Agent.on(1))
        let room = try await alice.session.createGroup(draft: GroupDraft(name: "Cellule"))
        let hers = try await alice.session.room(room: room)
        try await hers.until(.openToGuests, refused: nil)
        try await hers.openToGuests()
        try await hers.until(.openToGuests, refused: .alreadySo)
        try await alice.session.row("open to guests") {
            $0.id == room && $0.kind == .privateWithGuests && $0.openToGuests
        }
        let link = try #require(try await hers.setLinkAccess(on: true))
        guard case .alias(let alias, _) = try parseLink(text: link) else {
            Issue.record("\(link) names no room")
            return
        }
        #expect(try await bob.session.joinAddress(address: alias) == room)
        #expect(try await hers.setLinkAccess(on: false) == nil)
    }

    @Test func aForumIsMadeAndAKindThatIsNotAllowedIsNot() async throws {
        let alice = try await Agent.on(0)
        try alice.session.mayCreate(kind: .forum)
        let draft = GroupDraft(name: "Entraide", kind: .forum, ownServerOnly: true)
        let forum = try await alice.session.createGroup(draft: draft)
        try await alice.session.row("the forum") { $0.id == forum && $0.kind == .forum && !$0.encrypted }
        #expect(throws: Failure.Forbidden(why: .roomKind)) { try alice.session.mayCreate(kind: .privateUnencrypted) }
        await #expect(throws: Failure.Forbidden(why: .roomKind)) {
            try await alice.session.createGroup(draft: GroupDraft(name: "Non", kind: .privateUnencrypted))
        }
    }
}

extension Room {
    /// Waits until `action` is refused for this reason, or allowed with none.
    fileprivate func until(_ action: RoomAction, refused: Refusal?) async throws {
        try await within("\(action): \(String(describing: refused))", .seconds(60)) {
            for try await abilities in self.abilityUpdates
            where abilities.contains(where: { $0.action == action && $0.refused == refused }) {
                return
            }
        }
    }
}
