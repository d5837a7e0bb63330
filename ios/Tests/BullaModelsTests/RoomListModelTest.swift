import Bulla
import Observation
import Testing

@testable import BullaModels

@MainActor
@Suite(.beside, .ours)
struct RoomListModelTest {
    @Test func filtersAndSearches() async throws {
        let bilal = try await Agent.on(1)
        let person = try await AppUser.on(0)
        let direct = try await person.session.createDirect(user: bilal.user.userId)
        let crisis = try await person.group("Cellule de crise", topic: "astreinte")
        let move = try await person.group("Déménagement")
        let model = try person.rooms
        func shows(_ what: String, _ rooms: RoomId...) async throws {
            try await until(what) { Set(model.rows.map(\.id)) == Set(rooms) && model.total == rooms.count }
        }
        try await shows("everything", direct, crisis, move)
        model.setFilter(.people)
        try await shows("people", direct)
        model.setFilter(.rooms)
        try await shows("groups", crisis, move)
        model.setSearch("demenage")
        try await shows("the group that fits", move)
        model.setSearch("astreinte")
        try await shows("the group whose topic fits", crisis)
        model.setSearch("nothing like it")
        try await until("nothing") { model.empty }
        model.setSearch("")
        model.setFilter(.favourites)
        try await until("no favourite") { model.empty && model.total == 0 }
        await model.favourite(move, true)
        try await shows("the favourite", move)
        await model.mute(move, true)
        try await until("muted") { model.rows.first?.muted == true }
        #expect(model.problem == nil && model.busy == [])
    }

    @Test func acceptsAnInvitation() async throws {
        let (person, model, room) = try await invited()
        await model.accept(room)
        try await until("it is joined") {
            model.invitations == 0 && model.rows.contains { $0.id == room && $0.membership == .joined }
        }
        #expect(model.busy == [] && model.problem == nil)
        withExtendedLifetime(person) {}
    }

    @Test func declinesAnInvitation() async throws {
        let (person, model, room) = try await invited()
        await model.decline(room)
        try await until("it is gone") { model.invitations == 0 && !model.rows.contains { $0.id == room } }
        #expect(model.problem == nil)
        withExtendedLifetime(person) {}
    }

    @Test func leavesAConversation() async throws {
        let person = try await AppUser.on(0)
        let room = try await person.group("Éphémère")
        let model = try person.rooms
        await model.leave(room)
        try await until("it is gone") { !model.rows.contains { $0.id == room } }
    }

    @Test func showsOfflineAndBack() async throws {
        let proxy = try await Proxy.before(0)
        let person = try await AppUser.on(0, behind: proxy)
        let model = try person.rooms
        try await until("live") { model.connection == .live }
        try await proxy.set(.refuse)
        try await until("offline") { if case .offline = model.connection { true } else { false } }
        try await proxy.heal()
        try await until("live again") { model.connection == .live }
    }

    @Test func streamErrorIsShownAndRetried() async throws {
        let person = try await AppUser.on(0)
        _ = try await person.group("Cellule")
        // The session is closed under the list: asking for it fails in the library itself.
        let session = try person.session
        try await session.shutdown()
        let model = RoomListModel(session)
        try await until("the list cannot be shown") { model.listProblem != nil }
        #expect(model.listProblem == .closed && !model.loading && !model.empty)
        model.retry()
        #expect(model.loading && model.listProblem == nil)
        try await until("it says so again") { !model.loading && model.listProblem == .closed }
        model.close()
    }

    @Test func aStreamThatFailsIsAskedForAgain() async throws {
        let person = try await AppUser.on(0)
        let room = try await person.group("Cellule")
        let session = try person.session
        let seen = Seen()
        let following = Following(
            {
                if seen.broken { throw Failure.Storage(trouble: .full) }
                return try session.roomList()
            },
            failed: { seen.problem = $0 }
        ) { seen.rooms = $0.rows.map(\.id) }
        try await until("the trouble") { seen.problem == .storage(.full) }
        seen.broken = false
        following.again()
        try await until("the rows") { seen.rooms == [room] }
        following.end()
    }

    @MainActor
    @Observable
    final class Seen {
        var broken = true
        var problem: Problem?
        var rooms: [RoomId] = []
    }

    private func invited() async throws -> (AppUser, RoomListModel, RoomId) {
        let bilal = try await Agent.on(1)
        let person = try await AppUser.on(0)
        try await bilal.session.live()
        let room = try await bilal.session.createDirect(user: person.id)
        let model = try person.rooms
        try await until("the invitation") {
            model.invitations == 1 && model.rows.contains { $0.id == room && $0.membership == .invited }
        }
        return (person, model, room)
    }
}
