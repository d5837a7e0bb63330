import Bulla
import Testing

@testable import BullaModels

/// Rooms that one is not in, on the screens' models.
@MainActor
@Suite(.beside, .ours)
struct DirectoryTest {
    @Test func findsAForumAndJoinsIt() async throws {
        let person = try await AppUser.on(0)
        let bilal = try await Agent.on(0)
        let name = "Forum \(bilal.user.userId.dropFirst().prefix(11))"
        let room = try await bilal.session.createGroup(draft: GroupDraft(name: name, topic: nil, invite: [], kind: .forum))
        let list = try person.rooms
        person.app.go(.directory)
        let model = try #require(person.app.directory(.directory))
        model.setSearch(name)
        try await until("it is listed") {
            if !model.loading, model.rooms.isEmpty { model.again() }
            return model.rooms.contains { $0.id == room }
        }
        await model.join(try #require(model.rooms.first { $0.id == room }))
        #expect(person.app.here == .conversation(room))
        try await until("it is in the list") { list.rows.contains { $0.id == room && $0.membership == .joined } }
    }

    @Test func asksToComeInThroughALink() async throws {
        let person = try await AppUser.on(0)
        let bilal = try await Agent.on(1)
        let room = try await bilal.session.createGroup(draft: GroupDraft(name: "Projet", topic: nil, invite: []))
        let hers = try await bilal.session.room(room: room)
        try await hers.setKnocking(on: true)
        let list = try person.rooms
        let server = String(bilal.user.userId.split(separator: ":", maxSplits: 1)[1])
        await person.app.openLink("https://matrix.to/#/\(room)?via=\(server)")
        let model = try #require(person.app.directory(person.app.here))
        try await until("the room") { !model.rooms.isEmpty }
        await model.knock(model.rooms[0], "Pour le projet")
        #expect(model.asked == [room])
        let user = person.id
        try await within("they see it") { while try await hers.knocking().map(\.user) != [user] {} }
        try await hers.answerKnock(user: user, letIn: true)
        try await until("the invitation") { list.rows.contains { $0.id == room && $0.membership == .invited } }
    }
}
