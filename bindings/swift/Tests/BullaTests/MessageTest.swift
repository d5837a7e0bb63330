import Bulla
import Foundation
import Testing

/// What a message may have, and what may be done with one.
@Suite(.beside, .ours)
struct MessageTest {
    @Test func aThreadIsApartAndListed() async throws {
        let (alice, bob, room) = try await Agent.two()
        let (hers, his) = (try await alice.conversation(room), try await bob.conversation(room))
        let (herRoom, hisRoom) = (try await alice.session.room(room: room), try await bob.session.room(room: room))
        try await hers.sendText(markdown: "Quel ordre du jour ?")
        let root = try #require(try await his.delivered("Quel ordre du jour ?").event.eventId)
        let thread = try await hisRoom.thread(root: root)
        try await thread.sendText(markdown: "Le budget")
        try await hers.event("the summary") { $0.threadSummary?.replies == 1 && $0.eventId == root }
        let listed = try await herRoom.threads().rows.wait(for: "the list") { $0.isEmpty ? nil : $0 }
        #expect(listed.map(\.root) == [root])
        let threads = try herRoom.threads()
        #expect(try await ThreadList.next(threads)() != nil)
        #expect(try await !ThreadList.more(threads)())
        ThreadList.cancel(threads)()
        #expect(try await threads.next() == nil)
        let said = try await herRoom.thread(root: root).delivered("Le budget")
        #expect(said.event.thread == root)
    }

    @Test func whoeverIsNamedHearsOfIt() async throws {
        let (alice, bob, room) = try await Agent.two()
        let (hers, his) = (try await alice.conversation(room), try await bob.conversation(room))
        let bilal = Mention(text: "@Bilal", user: bob.user.userId)
        try await hers.send(draft: MessageDraft(markdown: "Merci @Bilal", mentions: [bilal]))
        let said = try await his.event("a highlight") { $0.highlighted && $0.text == "Merci @Bilal" }
        try await his.send(draft: MessageDraft(markdown: "De rien", replyTo: said.id))
        let event = said.event.eventId
        try await hers.event("the answer") { $0.text == "De rien" && $0.replyTo?.eventId == event }
    }

    @Test func anAnnouncementTellsWhoHasReadIt() async throws {
        let (alice, bob, room) = try await Agent.two()
        let (hers, his) = (try await alice.conversation(room), try await bob.conversation(room))
        try await hers.send(draft: MessageDraft(markdown: "Exercice à 15 h", announcement: true))
        let asked = try await his.event("the announcement") { $0.announcement != nil }
        #expect(try await Timeline.confirm(item:)(his)(asked.id))
        let reader = bob.user.userId
        try await hers.event("his confirmation") { $0.announcement?.confirmed == [reader] }
    }

    @Test func pinnedLinkedEditedForwardedAndFoundByItsDate() async throws {
        let (alice, bob, room) = try await Agent.two()
        let (hers, his) = (try await alice.conversation(room), try await bob.conversation(room))
        let hisRoom = try await bob.session.room(room: room)
        try await hers.sendText(markdown: "à 14 h")
        let said = try await hers.delivered("à 14 h")
        try await hers.setPinned(item: said.id, pinned: true)
        try await his.event("the pin") { $0.pinned }
        try await hisRoom.pinned().text("à 14 h")
        try await hers.edit(item: said.id, markdown: "à 15 h")
        let edited = try await his.text("à 15 h")
        let versions = try await his.history(item: edited.id)
        guard case .text(_, let first, _)? = versions.first?.body else { throw Trouble("no first version") }
        #expect(first == "à 14 h")
        guard case .room(let linked, let event?, _) = try await parseLink(text: hers.link(item: said.id)) else {
            throw Trouble("no link to a message")
        }
        #expect(linked == room && event == said.event.eventId)
        let there = try await hisRoom.around(event: event)
        try await there.text("à 15 h")
        try await within("the newest") { while try await !there.paginateForward(count: 50) {} }
        await #expect(throws: Failure.NotFound(what: .event)) { try await hisRoom.around(event: "$gone") }
        _ = try await hisRoom.eventAt(at: Date.now.addingTimeInterval(-3_600))
        let forwarded = try await his.forward(item: edited.id, rooms: ["!nowhere:example.org", room])
        #expect(forwarded.map(\.failure) == [Failure.NotFound(what: .room), nil])
    }

    @Test func aDraftSurvivesARestart() async throws {
        let (alice, _, room) = try await Agent.two()
        let typed = SavedDraft(text: "à finir", purpose: .write)
        try await alice.session.room(room: room).setDraft(draft: typed)
        let again = try await alice.restart()
        let here = try await again.room(room: room)
        #expect(try await here.draft() == typed)
        try await here.setDraft(draft: nil)
        #expect(try await here.draft() == nil)
    }

    @Test func oneHearsNoMoreOfWhomOneIgnoresAndCanTellOfThem() async throws {
        let (alice, bob, room) = try await Agent.two()
        let (hers, his) = (try await alice.conversation(room), try await bob.conversation(room))
        let herRoom = try await alice.session.room(room: room)
        let (session, him) = (alice.session, bob.user.userId)
        try await his.sendText(markdown: "avant")
        let said = try await hers.delivered("avant")
        try await Timeline.report(item:reason:)(hers)(said.id, "Propos déplacés")
        try await herRoom.report(reason: "Propos déplacés")
        try await session.reportUser(user: him, reason: "Propos déplacés")
        await #expect(throws: Failure.Invalid(field: .reason, why: .empty)) {
            try await session.reportUser(user: him, reason: " ")
        }
        try await session.setIgnored(user: him, ignored: true)
        _ = try await hers.rows.wait(for: "nothing of his") { $0.events.contains { $0.event.text != nil } ? nil : true }
        try await within("the list of the ignored") { while try await session.ignored() != [him] {} }
        try await session.setIgnored(user: him, ignored: false)
        try await herRoom.setMarkedUnread(unread: true)
        try await session.row("marked") { $0.id == room && $0.markedUnread }
    }
}
