import Bulla
import Testing

/// People from outside, and people of whom only the address is known.
@Suite(.beside, .ours)
struct GuestTest {
    private let guest = Failure.Forbidden(why: .guest)
    private let noEmail = Failure.Forbidden(why: .noEmailInvitations)

    @Test func aGuestComesWhereItIsOpenAndIsToldWhatGuestsMayNotDo() async throws {
        let office = try await Office.before(0, guests: 1)
        let alice = try await Agent.on(0, at: office.url, trusting: office.trust)
        let chloe = try await Agent.on(1, at: office.guestsUrl, trusting: office.trust)
        let (hers, theirs) = (alice.user.userId, chloe.user.userId)
        let id = try await alice.session.createGroup(draft: GroupDraft(name: "Cellule"))
        let room = try await alice.session.room(room: id)
        await #expect(throws: guest) { try await room.invite(user: theirs) }
        await #expect(throws: guest) {
            try await alice.session.createGroup(draft: GroupDraft(name: "Non", invite: [theirs]))
        }
        try await room.openToGuests()
        try await room.invite(user: theirs)
        try await chloe.accept(id)
        let there = try await chloe.session.room(room: id)
        try await within("what a guest may not do") {
            for try await abilities in there.abilityUpdates
            where abilities.contains(where: { $0.action == .invite && $0.refused == .guest }) {
                return
            }
        }
        await #expect(throws: guest) { try await room.setRole(user: theirs, role: .moderator) }
        await #expect(throws: guest) { try await chloe.session.createDirect(user: hers) }
        await #expect(throws: guest) { try await chloe.session.directory(text: "", server: nil, after: nil) }
        #expect(throws: guest) { try chloe.session.mayCreate(kind: .private) }
        #expect(throws: guest) { try chloe.session.mayBrowse() }
        try alice.session.mayBrowse()
    }

    @Test func peopleAreInvitedByTheirAddressesByMailWhereNobodyHasThem() async throws {
        let office = try await Office.before(0, guests: 1)
        let trust = try await office.trustWithIdentityServer()
        let alice = try await Agent.on(0, at: office.url, trusting: trust)
        let bob = try await Agent.on(0, at: office.url, trusting: trust)
        try alice.session.mayInviteByEmail()
        let (his, new) = ("\(bob.user.localpart)@swift.test", "nouveau-\(bob.user.localpart)@swift.test")
        for email in [his, new] { try await office.list(email, at: office.server) }
        try await Deployment.bindEmail(bob.user, his)
        let id = try await alice.session.createGroup(draft: GroupDraft(name: "Cellule"))
        let room = try await alice.session.room(room: id)
        let invited = try await room.inviteEmails(emails: [his, "jean", new])
        #expect(invited.map(\.user) == [bob.user.userId, nil, nil])
        #expect(invited.map(\.email) == [his, "jean", new])
        #expect(invited[0].failure == nil && invited[2].failure == nil)
        #expect(invited[1].failure == .Invalid(field: .email, why: .malformed))
        try await bob.accept(id)
        let waiting = try #require(try await room.mailed(1).first)
        #expect(waiting.by == alice.user.userId && !waiting.name.contains(new))
        try await room.revokeEmailInvitation(id: waiting.id)
        _ = try await room.mailed(0)
    }

    @Test func withoutAnIdentityServerNobodyIsInvitedByAddress() async throws {
        let alice = try await Agent.on(0)
        let id = try await alice.session.createGroup(draft: GroupDraft(name: "Cellule"))
        let room = try await alice.session.room(room: id)
        #expect(throws: noEmail) { try alice.session.mayInviteByEmail() }
        await #expect(throws: noEmail) { try await room.inviteEmails(emails: ["jean@agent.test"]) }
        #expect(emailAddress(text: " Jean@Agent.Test") == "jean@agent.test")
        #expect(emailAddress(text: "@jean:agent.test") == nil)
    }
}

extension Room {
    /// Waits until so many mails wait for an answer.
    fileprivate func mailed(_ count: Int) async throws -> [EmailInvitation] {
        try await within("\(count) mailed") {
            while true {
                let all = try await self.emailInvitations()
                if all.count == count { return all }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }
}
