import Bulla
import Foundation
import Testing

@testable import BullaModels

/// What a conversation holds besides texts, who has read it, and what leaves the app, on the screens' models.
@MainActor
@Suite(.beside, .ours)
struct ItemsTest {
    @Test func tellsPlacesInWordsAndTheirSource() async throws {
        let (person, bilal, room) = try await acquainted()
        let model = try await person.open(room)
        let there = Place(latitude: 48_856_600, longitude: 2_352_200, accuracy: 12)
        try await bilal.conversation(room).sendLocation(place: there, description: nil)
        let said = try await model.said("the place") { if case .location = $0.body { true } else { false } }
        let line = { (words: Words) in words.line(said.event.body, said.event.sender, nil) }
        #expect(line(FrenchWords()) == "Position\u{00A0}: 48.85660, 2.35220, à 12 mètres près")
        #expect(line(EnglishWords()) == "Location: 48.85660, 2.35220, within 12 metres")
        await model.showSource(said.id)
        #expect(model.source?.contains("geo:48.856600,2.352200;u=12") == true)
        model.hideSource()
        #expect(model.source == nil)
    }

    @Test func sharesAPlaceAsItChanges() async throws {
        let first = Place(latitude: 48_856_600, longitude: 2_352_200, accuracy: 12)
        let second = Place(latitude: 48_840_000, longitude: 2_378_300, accuracy: 12)
        let person = try await AppUser.on(0, places: Walk(first, second))
        let bilal = try await Agent.on(1)
        let room = try await person.meet(bilal)
        let his = try await bilal.conversation(room)
        let model = try await person.open(room)
        await model.beginPlace()
        await model.sharePlace(PlaceSharing.durations[0])
        #expect(model.placing == nil)
        try await his.event("the second place") {
            if case .liveLocation(_, _, _, second, _, _) = $0.body { true } else { false }
        }
        await model.sharing.stop()
        try await his.event("the end") {
            if case .liveLocation(_, _, _, _, _, true) = $0.body { true } else { false }
        }
        #expect(model.problem == nil)
    }

    @Test func tellsWhoHasRead() async throws {
        let (person, bilal, room) = try await acquainted()
        let model = try await person.open(room)
        model.setDraft("vu ?")
        await model.send()
        let item = try await model.said("it is sent") { $0.text == "vu ?" && $0.sendState == .delivered }.id
        let his = try await bilal.conversation(room)
        try await his.text("vu ?")
        try await his.markRead()
        let him = bilal.user.userId
        try await model.said("his receipt") { event in event.text == "vu ?" && event.readBy.contains { $0.user == him } }
        await model.showReaders(item)
        #expect(model.readers?.map(\.user) == [him])
        model.hideReaders()
        #expect(model.readers == nil)
    }

    @Test func suggestsEmojiAndPutsThem() async throws {
        let (person, bilal, room) = try await acquainted()
        let model = try await person.open(room)
        model.setDraft("Bravo :tad")
        let first = try #require(model.emoji.first)
        #expect(first.text == "🎉")
        model.put(first)
        #expect(model.draft == "Bravo 🎉 " && model.emoji.isEmpty)
        await model.send()
        try await bilal.conversation(room).text("Bravo 🎉")
    }

    @Test func followsAThread() async throws {
        let (person, bilal, room) = try await acquainted()
        let his = try await bilal.conversation(room)
        try await his.sendText(markdown: "Quel ordre du jour ?")
        let model = try await person.open(room)
        let root = try #require(try await model.said("the question") { $0.text == "Quel ordre du jour ?" }.event.eventId)
        try await bilal.session.room(room: room).thread(root: root).sendText(markdown: "Le budget")
        try await model.said("the answer") { $0.threadSummary != nil }
        person.app.go(.part(room, .thread(root: root)))
        let thread = try #require(person.app.part(room, .thread(root: root)))
        try await until("it is known") { thread.follows == false }
        await thread.follow(true)
        #expect(thread.follows == true)
        let here = try await person.session.room(room: room)
        #expect(try await here.followsThread(root: root))
    }

    @Test func marksEverythingAsRead() async throws {
        let (person, bilal, room) = try await acquainted()
        try await bilal.conversation(room).sendText(markdown: "un")
        let list = try person.rooms
        try await until("unread") { list.rows.contains { $0.id == room && $0.unread == 1 } }
        await list.markAllRead()
        #expect(list.marking?.done == 1 && list.marking?.total == 1)
        try await until("read") { list.rows.contains { $0.id == room && $0.unread == 0 } }
        list.markingSeen()
        #expect(list.marking == nil)
    }

    @Test func keepsToItselfWhatWasRead() async throws {
        let (person, _, _) = try await acquainted()
        person.app.go(.settings)
        let settings = try #require(person.app.settingsModel())
        try await until("it is known") { settings.privateReceipts == false }
        await settings.setPrivateReceipts(true)
        #expect(settings.privateReceipts == true)
        let session = try person.session
        try await within("it is kept") { while try await !session.privateReceipts() {} }
    }

    @Test func writesAConversationOut() async throws {
        let folder = ExportFolder()
        defer { folder.remove() }
        let person = try await AppUser.on(0, exports: folder)
        let room = try await person.group("Cellule")
        let model = try await person.open(room)
        model.setDraft("Compte <rendu>")
        await model.send()
        try await model.said("it is sent") { $0.text == "Compte <rendu>" && $0.sendState == .delivered }
        person.app.go(.details(room))
        let export = try #require(person.app.details(room)?.export)
        let words = ExportWords(
            title: "Cellule", deleted: "Supprimé", unreadable: "Illisible", edited: "modifié", file: "Fichier", utcOffset: 60)
        await export.begin(.html, words)
        #expect(!export.running && export.problem == nil && export.events > 5)
        let file = try #require(export.file)
        #expect(try String(contentsOfFile: file, encoding: .utf8).contains("<p>Compte &lt;rendu&gt;</p>"))
        await export.begin(.html, words, files: true)
        #expect(export.problem == nil && export.file?.hasSuffix("conversation.zip") == true)
        _ = try await person.app.bulla.setManaged(map: ["no_export": "true"])
        await export.begin(.json, words)
        #expect(export.problem == .forbidden(.noExport))
        #expect(folder.files.sorted() == ["conversation.html", "conversation.zip"])
    }
}

/// In the place of a phone's documents.
@MainActor
private final class ExportFolder: ExportPort {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bulla-export-\(UUID().uuidString)")

    init() { try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    var files: [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] }

    func file(_ name: String) async -> String? { folder.appendingPathComponent(name).path }

    func remove() { try? FileManager.default.removeItem(at: folder) }
}

/// In the place of the system's location: it tells one place after the other, and stays at the last.
@MainActor
private final class Walk: PlacePort {
    let pace = Duration.milliseconds(100)
    private var ahead: [Place]

    init(_ places: Place...) { ahead = places }

    func here() async -> Place? { ahead.count > 1 ? ahead.removeFirst() : ahead.first }
}
