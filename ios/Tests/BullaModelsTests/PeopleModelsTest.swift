import Bulla
import Testing

@testable import BullaModels

@MainActor
@Suite(.beside, .ours)
struct PeopleModelsTest {
    @Test func startsADirectConversation() async throws {
        let bilal = try await Agent.on(1)
        let (person, his) = (try await AppUser.on(0), bilal.user.userId)
        let route = Route.newConversation(with: nil)
        person.app.go(route)
        let model = try #require(person.app.newConversation(route))
        model.setSearch(his)
        try await until("he is found") { !model.searching && model.found.contains { $0.user == his } }
        await model.createDirect(his)
        let room = try #require(person.app.room)
        let conversation = try await person.open(room)
        try await until("with him") { conversation.summary?.directWith == his }
        #expect(conversation.summary?.encrypted == true)
    }

    @Test func createsAGroup() async throws {
        let bilal = try await Agent.on(1)
        let person = try await AppUser.on(0)
        person.app.go(.newGroup)
        let model = try #require(person.app.newConversation(.newGroup))
        await model.createGroup()
        #expect(model.problem == .invalid(.name, .empty))
        model.groupName = "  Astreinte  "
        #expect(model.problem == nil)
        model.topic = "nuit"
        for _ in 1...2 { model.choose(Person(user: bilal.user.userId, name: "Bilal", avatar: nil)) }
        #expect(model.chosen.count == 1)
        model.choose(Person(user: "@other:nowhere.example", name: nil, avatar: nil))
        model.remove("@other:nowhere.example")
        await model.createGroup()
        let room = try #require(person.app.room)
        let conversation = try await person.open(room)
        try await until("its name") { conversation.summary?.topic == "nuit" }
        #expect(conversation.summary.map(EnglishWords().title) == "Astreinte")
        try await bilal.invitation(to: room)
    }

    @Test func renamesAndInvites() async throws {
        let bilal = try await Agent.on(1)
        let (person, his) = (try await AppUser.on(0), bilal.user.userId)
        let room = try await person.group("Avant")
        person.app.go(.details(room))
        let model = try #require(person.app.details(room))
        try await until("its only member") { model.mine?.membership == .joined }
        await model.rename("Après")
        await model.setTopic("Sujet")
        await model.invite(his)
        try await until("all three") {
            model.summary?.topic == "Sujet" && model.summary.map(EnglishWords().title) == "Après"
                && model.members.contains { $0.user == his && $0.membership == .invited }
        }
        #expect(!model.busy && model.problem == nil)
        await model.invite("nobody")
        #expect(model.problem == .invalid(.user, .malformed))
        await model.leave()
        #expect(person.app.here == .rooms)
    }

    @Test func choosesTheKindOfAGroup() async throws {
        let person = try await AppUser.on(0)
        person.app.go(.newGroup)
        let model = try #require(person.app.newConversation(.newGroup))
        #expect(model.kinds == [.private, .privateWithGuests, .forum, .space])
        model.groupName = "Entraide"
        model.kind = .forum
        await model.createGroup()
        let conversation = try await person.open(try #require(person.app.room))
        try await until("a forum") { conversation.summary?.kind == .forum && conversation.summary?.encrypted == false }
    }

    @Test func givesARoleAndRemoves() async throws {
        let bilal = try await Agent.on(1)
        let (person, his) = (try await AppUser.on(0), bilal.user.userId)
        let room = try await person.group("Cellule", inviting: [his])
        try await bilal.accept(room)
        person.app.go(.details(room))
        let model = try #require(person.app.details(room))
        try await until("both, and one to manage it") {
            model.members.count { $0.membership == .joined } == 2 && model.may(.changeRoles) && model.lastAdministrator
        }
        await model.setRole(his, .administrator)
        let role = { model.members.first { $0.user == his }?.role }
        try await until("two administrators") { role() == .administrator && !model.lastAdministrator }
        await model.setRole(his, .participant)
        await model.remove(his)
        try await until("alone") { !model.members.contains { $0.user == his && $0.membership == .joined } }
        #expect(model.problem == nil)
    }

    @Test func namesAnotherAdministratorAndLeaves() async throws {
        let bilal = try await Agent.on(1)
        let (person, his) = (try await AppUser.on(0), bilal.user.userId)
        let room = try await person.group("Cellule", inviting: [his])
        person.app.go(.details(room))
        let model = try #require(person.app.details(room))
        try await until("nobody else is in it yet") { !model.loading && model.members.count == 2 }
        #expect(model.successors.isEmpty)
        try await bilal.accept(room)
        try await until("somebody to name") { model.successors.map(\.user) == [his] }
        await model.leave(to: "nobody")
        #expect(model.problem == .invalid(.user, .malformed))
        #expect(person.app.here == .details(room))
        await model.leave(to: his)
        #expect(person.app.here == .rooms)
        let (hers, hisRoom) = (person.id, try await bilal.session.room(room: room))
        try await within("he manages it") {
            for try await members in hisRoom.memberUpdates
            where members.contains(where: { $0.user == his && $0.role == .administrator })
                && !members.contains(where: { $0.user == hers })
            {
                return
            }
        }
    }

    @Test func invitesByEmail() async throws {
        let office = try await Office.before(0, guests: 1)
        let user = try await Deployment.newUser(on: 0)
        let (own, colleague) = (try await Deployment.giveEmail(user), "nouveau-\(user.localpart)@swift.test")
        let outside = "dehors-\(user.localpart)@swift.test"
        for email in [own, colleague] { try await office.list(email, at: office.server) }
        try await office.list(outside, at: office.guests)
        let person = try AppUser.newcomer(trust: await office.trustWithIdentityServer())
        await person.app.start()
        person.app.go(.signIn)
        let entry = person.app.entry()
        entry.email = own
        await entry.find()
        entry.password = user.password
        await entry.submit()
        try await person.session.live()

        person.app.newGroup(with: colleague)
        let group = try #require(person.app.newConversation(.newGroup))
        #expect(group.emails == [colleague] && group.mayBrowse)
        group.setSearch(" \(outside.uppercased())")
        #expect(group.email == outside)
        group.chooseEmail(outside)
        group.groupName = "Cellule"
        await group.createGroup()
        #expect(group.problem == .forbidden(.guest) && group.emails == [outside] && group.made != nil)
        group.removeEmail(outside)
        await group.createGroup()
        let room = try #require(person.app.room)
        #expect(group.made == room)

        person.app.go(.details(room))
        let details = try #require(person.app.details(room))
        try await until("a mail that waits") { details.mailed.count == 1 }
        #expect(details.email(in: "@jean:agent.test") == nil)
        await details.invite(outside)
        #expect(details.problem == .forbidden(.guest))
        await details.revoke(details.mailed[0])
        #expect(details.mailed.isEmpty && details.problem == nil)
        await details.invite(colleague)
        try await until("a mail again") { details.mailed.count == 1 && details.problem == nil }
    }

    @Test func opensToGuestsAndByLink() async throws {
        let person = try await AppUser.on(0)
        let room = try await person.group("Cellule")
        person.app.go(.details(room))
        let model = try #require(person.app.details(room))
        try await until("it may be opened") { model.may(.openToGuests) }
        await model.openToGuests()
        try await until("open, once") {
            model.summary?.kind == .privateWithGuests && model.abilities[.openToGuests] == .some(.alreadySo)
        }
        await model.setLinkAccess(true)
        try await until("a link") { model.summary?.link?.hasPrefix("https://matrix.to/#/") == true }
        await model.setLinkAccess(false)
        try await until("none") { model.summary?.link == nil }
        #expect(model.problem == nil)
    }
}
