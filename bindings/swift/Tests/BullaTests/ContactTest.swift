import Bulla
import Testing

/// Who may invite an account.
@Suite(.beside, .ours)
struct ContactTest {
    @Test func nobodyMayInviteButWhomTheExceptionsName() async throws {
        let (alice, bob) = (try await Agent.on(0), try await Agent.on(1))
        let (her, his) = (alice.user.userId, bob.user.userId)
        #expect(try await alice.session.contactRules() == ContactRules(everybody: true))
        try await alice.session.setContactRules(rules: ContactRules(everybody: false, servers: ["*.gouv.fr"]))
        let room = try await bob.session.createGroup(draft: GroupDraft(name: "Projet"))
        let hisRoom = try await bob.session.room(room: room)
        await #expect(throws: Failure.Rejected(code: "M_INVITE_BLOCKED")) { try await hisRoom.invite(user: her) }
        let rules = ContactRules(everybody: false, people: [his])
        try await alice.session.setContactRules(rules: rules)
        #expect(try await alice.session.contactRules() == rules)
        try await hisRoom.invite(user: her)
        try await alice.session.row("the invitation") { $0.id == room && $0.membership == .invited }
        await #expect(throws: Failure.Invalid(field: .user, why: .malformed)) {
            try await alice.session.setContactRules(rules: ContactRules(everybody: false, people: ["bob"]))
        }
    }
}
