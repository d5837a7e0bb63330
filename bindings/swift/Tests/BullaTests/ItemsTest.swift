import Bulla
import Foundation
import Testing

/// What a conversation holds besides texts, who has read it, what leaves later, and what leaves the library.
@Suite(.beside, .ours)
struct ItemsTest {
    @Test func aPlaceIsSentAndAnEventsSourceIsRead() async throws {
        let (alice, bob, room) = try await Agent.two()
        let (hers, his) = (try await alice.conversation(room), try await bob.conversation(room))
        let there = Place(latitude: 48_856_600, longitude: 2_352_200, accuracy: 12)
        try await hers.sendLocation(place: there, description: "Le point de rassemblement")
        let said = try await his.event("the place") {
            guard case .location(_, _, let place, let description) = $0.body else { return false }
            return place == there && description == "Le point de rassemblement"
        }
        #expect(try await his.source(item: said.id).contains("geo:48.856600,2.352200;u=12"))
        await #expect(throws: Failure.Invalid(field: .place, why: .malformed)) {
            try await hers.sendLocation(place: Place(latitude: 100_000_000, longitude: 0), description: nil)
        }
    }

    @Test func aPlaceIsSharedAsItMoves() async throws {
        let (alice, bob, room) = try await Agent.two()
        let (hers, his) = (try await alice.session.room(room: room), try await bob.conversation(room))
        let there = Place(latitude: 48_856_600, longitude: 2_352_200, accuracy: 12)
        await #expect(throws: Failure.NotFound(what: .event)) { try await hers.tellPlace(place: there) }
        await #expect(throws: Failure.Invalid(field: .lifetime, why: .tooLong)) {
            try await hers.sharePlace(duration: 2 * 86_400, description: nil)
        }
        try await hers.sharePlace(duration: 900, description: nil)
        try await hers.tellPlace(place: there)
        try await his.event("the place") {
            guard case .liveLocation(_, _, _, let place, _, _) = $0.body else { return false }
            return place == there
        }
        try await hers.stopPlace()
        try await his.event("the end") {
            guard case .liveLocation(_, _, _, _, _, let ended) = $0.body else { return false }
            return ended
        }
        await #expect(throws: Failure.NotFound(what: .event)) { try await hers.tellPlace(place: there) }
    }

    @Test func peopleAndEmojiAreSuggestedAndNamesAreDoubted() async throws {
        let (alice, bob, room) = try await Agent.two()
        let begun = String(bob.user.userId.dropFirst().prefix(4))
        let suggested = try await alice.session.room(room: room).suggestPeople(begun: begun, limit: 5)
        #expect(suggested.map(\.user) == [bob.user.userId])
        #expect(suggestEmoji(begun: ":tada", limit: 3).first?.text == "🎉")
        #expect(emojiGroups().first { $0.kind == .flags }?.emoji.contains { $0.text == "🇫🇷" } == true)
        #expect(nameDoubt(name: "Direction Générаle") == .mixedAlphabets)
        #expect(nameDoubt(name: "Aïcha Benali [DGFiP]") == nil)
    }

    @Test func anEditStillMeansWhomItMeant() async throws {
        let (alice, bob, room) = try await Agent.two()
        let (hers, his) = (try await alice.conversation(room), try await bob.conversation(room))
        let (her, him) = (alice.user.userId, bob.user.userId)
        try await hers.send(
            draft: MessageDraft(markdown: "Merci @Bilal", mentions: [Mention(text: "@Bilal", user: him)]))
        let said = try await hers.delivered("Merci @Bilal")
        try await hers.edit(
            item: said.id, markdown: "Merci @Bilal et @Aïcha", mentions: [Mention(text: "@Aïcha", user: her)])
        let edited = try await his.event("the edit") { $0.edited }
        guard case .text(_, _, let html?) = edited.event.body else { throw Trouble("no formatted text") }
        for user in [her, him] { #expect(html.contains("https://matrix.to/#/\(user)")) }
    }

    @Test func whoHasReadIsToldUnlessTheyKeepItToThemselves() async throws {
        let (alice, bob, room) = try await Agent.two()
        let (hers, his) = (try await alice.conversation(room), try await bob.conversation(room))
        let (session, him) = (bob.session, bob.user.userId)
        #expect(try await !session.privateReceipts())
        try await hers.sendText(markdown: "vu ?")
        try await his.text("vu ?")
        try await his.markRead()
        let seen = try await hers.event("his receipt") { event in
            event.text == "vu ?" && event.readBy.contains { $0.user == him }
        }
        #expect(try await hers.readers(item: seen.id).map(\.user) == [him])
        try await session.setPrivateReceipts(private: true)
        try await within("the setting") { while try await !session.privateReceipts() {} }
    }

    @Test func everythingIsMarkedAsRead() async throws {
        let (alice, bob, room) = try await Agent.two()
        let session = alice.session
        try await bob.conversation(room).sendText(markdown: "un")
        try await session.row("unread") { $0.id == room && $0.unread == 1 }
        let marking = try session.markAllRead()
        #expect(try await MarkAllRead.next(marking)()?.total == 1)
        #expect(try await marking.next()?.done == 1)
        #expect(try await marking.next() == nil)
        try await session.row("read") { $0.id == room && $0.unread == 0 }
        let ended = try session.markAllRead()
        MarkAllRead.cancel(ended)()
        #expect(try await ended.next() == nil)
    }

    @Test func aConversationIsWrittenOutWhereThatIsAllowed() async throws {
        let (alice, bob, room) = try await Agent.two()
        let hers = try await alice.session.room(room: room)
        try await bob.conversation(room).sendText(markdown: "<b>Compte rendu</b>")
        try await hers.timeline().text("<b>Compte rendu</b>")
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bulla-export-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let words = ExportWords(
            title: "Cellule", deleted: "Supprimé", unreadable: "Illisible", edited: "modifié", file: "Fichier",
            utcOffset: 60)
        let page = folder.appendingPathComponent("c.html")
        let export = try hers.export(file: page.path, format: .html, words: words)
        try await within("the export") { while try await Export.next(export)()?.finished != true {} }
        #expect(try await export.next() == nil)
        #expect(try String(contentsOf: page, encoding: .utf8).contains("<p>&lt;b&gt;Compte rendu&lt;/b&gt;</p>"))
        let archive = folder.appendingPathComponent("c.zip")
        let withFiles = try hers.export(file: archive.path, format: .json, words: words, files: true)
        try await within("the archive") { while try await Export.next(withFiles)()?.finished != true {} }
        #expect(try Data(contentsOf: archive).starts(with: Data("PK".utf8)))
        let begun = try hers.export(file: folder.appendingPathComponent("d.json").path, format: .json, words: words)
        Export.cancel(begun)()
        #expect(try await begun.next() == nil)
        #expect(throws: Failure.Invalid(field: .folder, why: .malformed)) {
            try hers.export(file: "here.html", format: .html, words: words)
        }
        _ = try await alice.device.bulla.setManaged(map: ["no_export": "true"])
        #expect(throws: Failure.Forbidden(why: .noExport)) {
            try hers.export(file: page.path, format: .html, words: words)
        }
    }

    @Test func aMessageLeavesLaterAtOnceOrNever() async throws {
        let (alice, _, direct) = try await Agent.two()
        let forum = GroupDraft(name: "Avis", topic: nil, invite: [], kind: .forum)
        let here = try await alice.session.room(room: alice.session.createGroup(draft: forum))
        #expect(try await here.noScheduling() == nil)
        #expect(try await alice.session.room(room: direct).noScheduling() == .encrypted)
        let later = Date.now.addingTimeInterval(3_600)
        let never = try await here.schedule(markdown: "jamais", at: later.addingTimeInterval(60))
        let soon = try await here.schedule(markdown: "tout de suite", at: later)
        #expect(try await here.scheduled().map(\.id) == [soon, never])
        try await here.cancelScheduled(id: never)
        try await here.sendScheduled(id: soon)
        try await here.timeline().text("tout de suite")
        await #expect(throws: Failure.NotFound(what: .event)) { try await here.cancelScheduled(id: never) }
        await #expect(throws: Failure.Invalid(field: .date, why: .notAllowed)) {
            _ = try await here.schedule(markdown: "trop tard", at: Date.now.addingTimeInterval(-9))
        }
    }

    @Test func aThreadIsFollowedAndNoLonger() async throws {
        let (alice, _, room) = try await Agent.two()
        let (hers, here) = (try await alice.conversation(room), try await alice.session.room(room: room))
        try await hers.sendText(markdown: "Quel ordre du jour ?")
        let root = try #require(try await hers.delivered("Quel ordre du jour ?").event.eventId)
        try await here.thread(root: root).sendText(markdown: "Le budget")
        try await hers.event("the answer") { $0.threadSummary != nil }
        #expect(try await !here.followsThread(root: root))
        try await here.setFollowsThread(root: root, follows: true)
        #expect(try await here.followsThread(root: root))
        try await here.setFollowsThread(root: root, follows: false)
        #expect(try await !here.followsThread(root: root))
    }
}
