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
        #expect(model.kinds == [.private, .privateWithGuests, .forum])
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
