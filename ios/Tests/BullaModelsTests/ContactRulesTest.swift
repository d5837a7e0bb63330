import Bulla
import Testing

@testable import BullaModels

/// Who may contact a person.
@MainActor
@Suite(.beside, .ours)
struct ContactRulesTest {
    @Test func letsNobodyButThoseNamed() async throws {
        let (bilal, person) = (try await Agent.on(1), try await AppUser.on(0))
        let his = bilal.user.userId
        person.app.go(.contactRules)
        let model = try #require(person.app.contactRules())
        try await until("everybody at first") { model.rules?.everybody == true && !model.busy }
        await model.setEverybody(false)
        let room = try await bilal.session.createGroup(draft: GroupDraft(name: "Projet"))
        let hisRoom = try await bilal.session.room(room: room)
        let her = person.id
        await #expect(throws: Failure.Rejected(code: "M_INVITE_BLOCKED")) { try await hisRoom.invite(user: her) }
        await model.add(" \(his) ")
        await model.add(his)
        await model.add("*.gouv.fr")
        #expect(model.exceptions == [his, "*.gouv.fr"])
        await model.add("not a server")
        #expect(model.problem == .invalid(.homeserver, .malformed))
        await model.remove("*.gouv.fr")
        #expect(model.exceptions == [his])
        await model.setEverybody(true)
        #expect(model.exceptions.isEmpty && model.problem == nil && model.rules?.everybody == true)
        let list = try person.rooms
        try await hisRoom.invite(user: her)
        try await until("the invitation") { list.rows.contains { $0.id == room && $0.membership == .invited } }
    }
}
