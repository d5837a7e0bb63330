import Bulla
import Testing

@testable import BullaModels

/// The people one talks to, and those of the directory.
@MainActor
@Suite(.beside, .ours)
struct ContactsTest {
    @Test func showsThoseOneTalksToAndFindsOthers() async throws {
        let (bilal, carole) = (try await Agent.on(1), try await Agent.on(0))
        let (his, hers) = (bilal.user.userId, carole.user.userId)
        let person = try await AppUser.on(0)
        let room = try await person.session.createDirect(user: his)
        try await bilal.accept(room)
        person.app.go(.contacts)
        let model = try #require(person.app.contacts())
        try await until("him") { model.talking.contains { $0.user == his } }
        let him = try #require(model.talking.first)
        #expect(model.talking.count == 1 && him.room == room && !him.guest)
        model.setSearch(hers)
        try await until("her, and no longer him") { model.found.contains { $0.user == hers } && model.talking.isEmpty }
        #expect(model.found.first { $0.user == hers }?.room == nil)
        model.setSearch(his)
        try await until("him alone, once") {
            !model.searching && model.talking.map(\.user) == [his] && !model.found.contains { $0.user == his }
        }
        model.setSearch(hers)
        try await until("her again") { model.found.contains { $0.user == hers } }
        await model.open(try #require(model.found.first { $0.user == hers }))
        try await carole.invitation(to: try #require(person.app.room))
        person.app.go(.contacts)
        let again = try #require(person.app.contacts())
        try await until("both") { Set(again.talking.map(\.user)) == [his, hers] }
        await again.open(him)
        #expect(person.app.here == .conversation(room))
    }
}
