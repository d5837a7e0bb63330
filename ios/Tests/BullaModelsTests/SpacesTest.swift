import Bulla
import Testing

@testable import BullaModels

/// Spaces on the screens' models.
@MainActor
@Suite(.beside, .ours)
struct SpacesTest {
    @Test func makesASpaceAndFillsIt() async throws {
        let person = try await AppUser.on(0)
        let forum = try await person.session.createGroup(
            draft: GroupDraft(name: "Cantine", topic: nil, invite: [], kind: .forum))
        let list = try person.rooms
        person.app.beginSpace()
        let making = try #require(person.app.newConversation(.newGroup))
        #expect(making.kind == .space)
        making.groupName = "Direction"
        await making.createGroup()
        guard case .space(let space) = person.app.here else { throw Trouble("no space is open: \(person.app.here)") }
        try await until("conversations, and no space among them") {
            list.rows.contains { $0.id == forum } && !list.rows.contains { $0.id == space }
        }
        list.setFilter(.spaces)
        try await until("the space alone") { list.rows.map(\.id) == [space] }
        let model = try #require(person.app.space(space))
        try await until("it may be filled") { !model.loading && model.may(.changeChildren) }
        await model.chooseRooms()
        #expect(model.addable?.map(\.id) == [forum])
        await model.add([forum])
        #expect(model.addable == nil)
        try await shows(model, "it is in it") { $0.map(\.room.id) == [forum] }
        #expect(model.rooms.first?.room.membership == .joined)
        await model.chooseRooms()
        #expect(model.addable?.isEmpty == true, "what is in it already is not offered")
        model.stopChoosing()
        model.open(try #require(model.rooms.first).room)
        #expect(person.app.here == .conversation(forum))
        person.app.openSpace(space)
        let again = try #require(person.app.space(space))
        await again.remove(forum)
        try await shows(again, "it is out of it") { $0.isEmpty }
        #expect(again.problem == nil)
    }

    @Test func comesInFromASpaceOfAnotherServer() async throws {
        let person = try await AppUser.on(0)
        let bilal = try await Agent.on(1)
        let space = try await bilal.session.createGroup(
            draft: GroupDraft(name: "Préfecture", topic: nil, invite: [person.id], kind: .space))
        let forum = try await bilal.session.createGroup(draft: GroupDraft(name: "Cantine", topic: nil, invite: [], kind: .forum))
        let closed = try await bilal.session.createGroup(draft: GroupDraft(name: "Astreinte", topic: nil, invite: []))
        try await bilal.session.room(room: closed).setKnocking(on: true)
        let hers = try await bilal.session.room(room: space)
        for room in [forum, closed] { try await hers.addChild(child: room) }
        let list = try person.rooms
        try await until("the invitation") { list.invitations == 1 }
        await list.accept(space)
        person.app.openSpace(space)
        let model = try #require(person.app.space(space))
        try await shows(model, "what one may see of it") { Set($0.map(\.room.id)) == [forum, closed] }
        // Its levels come a moment after the space.
        try await until("why nothing may be added") { words(FrenchWords(), model).contains("Administrateur") }
        await model.knock(try #require(model.rooms.first { $0.room.id == closed }).room, "Pour l’astreinte")
        #expect(model.asked == [closed])
        await model.join(try #require(model.rooms.first { $0.room.id == forum }).room)
        #expect(person.app.here == .conversation(forum))
        try await until("it is in the list") { list.rows.contains { $0.id == forum && $0.membership == .joined } }
    }

    private func words(_ words: any Words, _ model: SpaceModel) -> String {
        words.whyNot(model.abilities[.changeChildren] ?? nil) ?? ""
    }

    private func shows(_ model: SpaceModel, _ what: String, _ wanted: @escaping @MainActor ([SpaceChild]) -> Bool) async throws {
        try await within(what) { @MainActor in while !wanted(model.rooms) { await model.again() } }
    }
}
