import Bulla
import Foundation
import Testing

@testable import BullaModels

/// What may be done with a message, on the screens' models.
@MainActor
@Suite(.beside, .ours)
struct MessagesTest {
    @Test func repliesInAThread() async throws {
        let (person, bilal, room) = try await acquainted()
        let model = try await person.open(room)
        try await bilal.conversation(room).sendText(markdown: "Quel ordre du jour ?")
        let question = try await model.said("the question") { $0.text == "Quel ordre du jour ?" }
        let root = try #require(question.event.eventId)
        person.app.go(.part(room, .thread(root: root)))
        let thread = try #require(person.app.part(room, .thread(root: root)))
        try await thread.said("what it began with") { $0.text == "Quel ordre du jour ?" }
        thread.setDraft("Le budget")
        await thread.send()
        try await thread.said("the answer") { $0.text == "Le budget" && $0.sendState == .delivered }
        try await model.said("the summary") { $0.threadSummary?.replies == 1 }
        #expect(model.draft == "")
        person.app.go(.threads(room))
        let threads = try #require(person.app.threads(room))
        try await until("the list") { threads.rows.map(\.root) == [root] }
    }

    @Test func suggestsAndMentions() async throws {
        let (person, bilal, room) = try await acquainted()
        try await bilal.session.setDisplayName(name: "Bilal Haddad")
        let model = try await person.open(room)
        let his = try await bilal.conversation(room)
        try await his.sendText(markdown: "Qui vient ?")
        try await model.said("his name") { $0.senderName == "Bilal Haddad" }
        model.setDraft("Toi, @bil")
        try await until("he is suggested") { !model.suggestions.isEmpty }
        #expect(model.suggestions.map(\.user) == [bilal.user.userId])
        model.mention(model.suggestions[0])
        #expect(model.draft == "Toi, @Bilal Haddad " && model.suggestions.isEmpty)
        await model.send()
        try await his.event("a highlight") { $0.highlighted && $0.text == "Toi, @Bilal Haddad" }
    }

    @Test func announcesAndConfirms() async throws {
        let (person, bilal, room) = try await acquainted()
        let model = try await person.open(room)
        model.setAnnouncing(true)
        model.setDraft("Exercice à 15 h")
        await model.send()
        #expect(!model.announcing)
        let his = try await bilal.conversation(room)
        let asked = try await his.event("the announcement") { $0.announcement != nil }
        _ = try await his.confirm(item: asked.id)
        let reader = bilal.user.userId
        try await model.said("his confirmation") { $0.announcement?.confirmed == [reader] }
        try await his.send(draft: MessageDraft(markdown: "Et celui-ci ?", announcement: true))
        let item = try await model.said("his own") { $0.text == "Et celui-ci ?" && $0.announcement != nil }.id
        await model.confirm(item)
        try await model.said("confirmed") { $0.text == "Et celui-ci ?" && $0.announcement?.mine == true }
    }

    @Test func pinsAndFindsWhatIsPinned() async throws {
        let (person, bilal, room) = try await acquainted()
        let model = try await person.open(room)
        try await bilal.conversation(room).sendText(markdown: "À garder")
        let item = try await model.said("his message") { $0.text == "À garder" }.id
        try await until("it may be pinned") { model.may(.pin) }
        await model.pin(item, true)
        try await model.said("the pin") { $0.pinned }
        person.app.go(.part(room, .pinned))
        let pinned = try #require(person.app.part(room, .pinned))
        try await pinned.said("it is there") { $0.text == "À garder" }
        await model.pin(item, false)
        try await until("nothing there") { !pinned.loading && pinned.rows.isEmpty }
    }

    @Test func forwardsLinksAndTellsWhatWasSaidBefore() async throws {
        let (person, _, room) = try await acquainted()
        let other = try await person.group("Autre")
        let model = try await person.open(room)
        model.setDraft("à 14 h")
        await model.send()
        let item = try await model.said("it is sent") { $0.text == "à 14 h" && $0.sendState == .delivered }.id
        model.edit(item)
        model.setDraft("à 15 h")
        await model.send()
        try await model.said("it is edited") { $0.edited }
        await model.showVersions(item)
        guard case .text(_, let first, _)? = model.versions?.first?.body else { throw Trouble("no first version") }
        #expect(first == "à 14 h")
        model.hideVersions()
        let link = try #require(await model.link(item))
        guard case .room(let linked, _, _) = try parseLink(text: link) else { throw Trouble("no link to a message") }
        #expect(linked == room)
        await model.chooseForward(item)
        #expect(model.forwarding?.rooms.map(\.id) == [other])
        await model.forward([other])
        #expect(model.forwarding == nil && model.problem == nil)
        await model.report(item, " ")
        #expect(model.problem != nil)
        try await person.open(other).said("the copy") { $0.text == "à 15 h" }
    }

    @Test func goesToADayAndToALink() async throws {
        let (person, bilal, room) = try await acquainted()
        let model = try await person.open(room)
        try await bilal.conversation(room).sendText(markdown: "Ce jour-là")
        let event = try #require(try await model.said("his message") { $0.text == "Ce jour-là" }.event.eventId)
        person.app.go(.details(room))
        let details = try #require(person.app.details(room))
        #expect(await details.findDay(Date.now.addingTimeInterval(-3_600)) != nil)
        await person.app.openLink("https://matrix.to/#/\(room)/\(event)?via=localhost")
        #expect(person.app.here == .part(room, .around(event)))
        let around = try #require(person.app.part(room, .around(event)))
        try await around.said("what was said then") { $0.text == "Ce jour-là" }
        try await within("the end") { while await !around.atEnd { await around.newer() } }
    }

    @Test func keepsTheDraftOverARestart() async throws {
        let (person, _, room) = try await acquainted()
        try await person.open(room).setDraft("à finir")
        let here = try await person.session.room(room: room)
        try await within("it is kept") { while try await here.draft()?.text != "à finir" {} }
        let next = try await person.restart()
        await next.app.start()
        let again = try await next.open(room)
        try await until("it is there again") { again.draft == "à finir" }
        again.setDraft("")
        let there = try await next.session.room(room: room)
        try await within("it is gone") { while try await there.draft() != nil {} }
    }

    @Test func ignoresAndMarksUnread() async throws {
        let (person, bilal, room) = try await acquainted()
        let list = try person.rooms
        person.app.go(.details(room))
        await (try #require(person.app.details(room))).markUnread()
        try await until("it is marked") { list.rows.contains { $0.id == room && $0.markedUnread } }
        person.app.go(.details(room))
        let again = try #require(person.app.details(room))
        await again.report("Propos déplacés")
        #expect(again.problem == nil)
        let (session, him) = (try person.session, bilal.user.userId)
        await again.ignore(him)
        try await within("he is ignored") { while try await session.ignored() != [him] {} }
    }
}
