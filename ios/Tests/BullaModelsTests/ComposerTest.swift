import Bulla
import Foundation
import Testing

@testable import BullaModels

/// What a composer does beside sending at once: later, a place, commands; and what is new in threads.
@MainActor
@Suite(.beside, .ours)
struct ComposerTest {
    @Test func aMessageLeavesLater() async throws {
        let person = try await AppUser.on(0)
        let forum = try await person.session.createGroup(
            draft: GroupDraft(name: "Cantine", topic: nil, invite: [], kind: .forum))
        let model = try await person.open(forum)
        let scheduling = try #require(model.scheduling)
        await scheduling.look()
        #expect(scheduling.may)
        model.setDraft("le menu de demain")
        await model.sendLater(at: .now.addingTimeInterval(-60))
        #expect(scheduling.problem == .invalid(.date, .notAllowed) && model.draft == "le menu de demain")
        for text in ["le menu de demain", "jamais"] {
            model.setDraft(text)
            await model.sendLater(at: .now.addingTimeInterval(3_600))
        }
        #expect(model.draft.isEmpty && Set(scheduling.waiting.map(\.plain)) == ["le menu de demain", "jamais"])
        await scheduling.cancel(try #require(scheduling.waiting.first { $0.plain == "jamais" }).id)
        await scheduling.sendNow(try #require(scheduling.waiting.first).id)
        try await until("it has left") { model.says("le menu de demain") }
        try await within("nothing waits") { @MainActor in while !scheduling.waiting.isEmpty { await scheduling.look() } }
        let secret = try await person.group("Projet")
        let other = try #require(try await person.open(secret).scheduling)
        await other.look()
        #expect(other.problem == nil && other.refused == .encrypted)
        #expect(FrenchWords().noScheduling(.encrypted).contains("chiffrée"))
    }

    @Test func aPlaceIsShownAndSent() async throws {
        let here = Place(latitude: 48_856_600, longitude: 2_352_200, accuracy: 12)
        let person = try await AppUser.on(0, places: Spot(here))
        let model = try await person.open(try await person.group("Projet"))
        await model.beginPlace()
        let placing = try #require(model.placing)
        placing.setText("place Bercy")
        #expect(placing.problem == .invalid(.place, .malformed) && placing.place == nil)
        placing.setText("48,8400 ; 2,3783")
        #expect(placing.place == Place(latitude: 48_840_000, longitude: 2_378_300))
        await placing.locate()
        #expect(placing.place == here)
        placing.about = " La cour "
        await model.sendPlace()
        #expect(model.placing == nil)
        try await until("it is there") {
            model.rows.contains {
                if case .location(_, _, let place, let description) = $0.event?.body {
                    place?.latitude == here.latitude && description == "La cour"
                } else {
                    false
                }
            }
        }
    }

    @Test func commandsAreDoneRefusedAndAskedAbout() async throws {
        let person = try await AppUser.on(0)
        let bilal = try await Agent.on(1)
        let room = try await person.group("Projet")
        let model = try await person.open(room)
        try await until("what one may") { model.may(.invite) }
        model.setDraft("/inv")
        #expect(model.commands.hints.map(\.typed) == ["/invite"])
        model.put(try #require(model.commands.hints.first))
        #expect(model.draft == "/invite ")
        await model.send()
        #expect(model.commands.answer == .wrong(.invite, .user, .empty))
        model.setDraft("/invite \(bilal.user.userId)")
        await model.send()
        #expect(model.draft.isEmpty && model.problem == nil)
        try await bilal.invitation(to: room)
        model.setDraft("/topik x")
        await model.send()
        #expect(model.commands.answer == .unknown("topik"))
        #expect(EnglishWords().answer(.unknown("topik"))?.contains("topik") == true)
        await model.sendAsMessage()
        try await until("it is said") { model.says("/topik x") }
        model.setDraft("/help")
        await model.send()
        #expect(model.commands.answer == .help)
        model.commands.answerSeen()
        // They may not, and are told before anything is asked of a server.
        let his = try await bilal.session.createGroup(draft: GroupDraft(name: "Autre", topic: nil, invite: [person.id]))
        let list = try person.rooms
        try await until("the invitation") { list.invitations == 1 }
        await list.accept(his)
        let other = try await person.open(his)
        try await until("what one may not") { (other.abilities[.changeTopic] ?? nil) != nil }
        other.setDraft("/topic x")
        await other.send()
        guard case .refused = other.commands.answer else { throw Trouble("it was not refused") }
        #expect(other.draft == "/topic x")
        other.commands.answerSeen()
        other.setDraft("/leave")
        await other.send()
        #expect(person.app.here == .rooms)
    }

    @Test func threadsTellWhatIsNew() async throws {
        let person = try await AppUser.on(0)
        let bilal = try await Agent.on(1)
        let room = try await person.group("Projet", inviting: [bilal.user.userId])
        try await bilal.accept(room)
        let model = try await person.open(room)
        model.setDraft("Quel ordre du jour ?")
        await model.send()
        let said = try await bilal.conversation(room).delivered("Quel ordre du jour ?")
        let root = try #require(said.event.eventId)
        let hisRoom = try await bilal.session.room(room: room)
        try await hisRoom.thread(root: root).sendText(markdown: "Le budget, \(person.id) ?")
        try await until("the answer") { model.rows.contains { $0.event?.threadSummary?.replies == 1 } }
        let new = ThreadReading(unread: 1, mentions: 1)
        #expect(await model.threadReading(root) == new)
        #expect(FrenchWords().unread(new)?.contains("mentionne") == true)
        person.app.go(.threads(room))
        let threads = try #require(person.app.threads(room))
        try await until("it is new") { threads.rows.first?.reading == new }
        await threads.markRead(root)
        try await until("it is read") { threads.rows.first?.reading == ThreadReading(unread: 0, mentions: 0) }
        #expect(threads.problem == nil)
    }
}

/// In the place of the system's location.
@MainActor
private final class Spot: PlacePort {
    private let place: Place

    init(_ place: Place) { self.place = place }

    func here() async -> Place? { place }
}

extension ConversationModel {
    fileprivate func says(_ wanted: String) -> Bool {
        rows.contains { if case .text(_, let plain, _) = $0.event?.body { plain == wanted } else { false } }
    }
}
