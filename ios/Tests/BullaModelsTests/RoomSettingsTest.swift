import Bulla
import Testing

@testable import BullaModels

/// What is set for a conversation, and the one that took its place, on the screens' models.
@MainActor
@Suite(.beside, .ours)
struct RoomSettingsTest {
    @Test func setsAForumAsOneWantsIt() async throws {
        let person = try await AppUser.on(0)
        let forum = try await person.session.createGroup(
            draft: GroupDraft(name: "Cantine", topic: nil, invite: [], kind: .forum))
        person.app.go(.roomSettings(forum))
        let model = try #require(person.app.roomSettings(forum))
        try await until("one may") { model.may(.changeHistory) && model.may(.changeAlias) && model.summary?.membership == .joined }
        #expect(model.histories.contains(.anyone))
        await model.setNotifications(.mentions)
        await model.setLowPriority(true)
        await model.setHistory(.anyone)
        let address = "#cantine-\(person.id.dropFirst().prefix(11)):\(model.server)"
        await model.setAddress(" \(address) ")
        try await until("all of it") {
            guard let summary = model.summary else { return false }
            return summary.notifications == .mentions && summary.lowPriority && summary.history == .anyone
                && summary.alias == address
        }
        await model.setAddress("mal formée")
        #expect(model.problem == .invalid(.link, .malformed))
        await model.setNotifications(.nothing)
        await model.removeAddress()
        try await until("none of it") { model.summary?.muted == true && model.summary?.alias == nil }
        #expect(model.problem == nil)
    }

    @Test func saysBeforehandWhatIsRefused() async throws {
        let person = try await AppUser.on(0)
        let bilal = try await Agent.on(1)
        let room = try await bilal.session.createGroup(draft: GroupDraft(name: "Projet", topic: nil, invite: [person.id]))
        let list = try person.rooms
        try await until("the invitation") { list.invitations == 1 }
        await list.accept(room)
        person.app.go(.roomSettings(room))
        let model = try #require(person.app.roomSettings(room))
        try await until("what is refused") { FrenchWords().whyNot(model.abilities[.upgrade] ?? nil)?.contains("plus élevé") == true }
        #expect(model.abilities[.changeAlias] == .some(.kind))
        #expect(!model.histories.contains(.anyone))
        await model.setNotifications(.all)
        try await until("what is this person's own is so") { model.summary?.notifications == .all }
    }

    @Test func aConversationGoesOnInAnother() async throws {
        let person = try await AppUser.on(0)
        let bilal = try await Agent.on(1)
        let room = try await person.group("Projet", inviting: [bilal.user.userId])
        try await bilal.accept(room)
        let list = try person.rooms
        person.app.go(.roomSettings(room))
        let model = try #require(person.app.roomSettings(room))
        try await until("it may be moved") { model.may(.upgrade) && model.summary?.members == 2 }
        await model.upgrade()
        #expect(model.upgraded?.invited.map(\.failure) == [nil] && model.problem == nil)
        let next = try #require(person.app.room)
        #expect(next == model.upgraded?.successor)
        let after = try await person.open(next)
        try await until("where it comes from") { after.summary?.predecessor == room }
        try await until("one conversation") {
            list.rows.contains { $0.id == next } && !list.rows.contains { $0.id == room }
        }
        await after.goBack(person.app.openRoom)
        #expect(person.app.here == .conversation(room))
        let before = try await person.open(room)
        try await until("where it goes on") { before.summary?.successor == next }
        await before.goOn(person.app.openRoom)
        #expect(person.app.here == .conversation(next))
        #expect(before.problem == nil)
    }
}
