import Bulla
import Testing

@testable import BullaModels

@MainActor
@Suite(.beside, .ours)
struct ConversationModelTest {
    @Test func sendsAndShowsItsState() async throws {
        let (person, bilal, room) = try await acquainted()
        let model = try await person.open(room)
        model.setDraft("Bonjour Bilal")
        await model.send()
        #expect(model.draft == "")
        let sent = try await model.said("it is delivered") { $0.text == "Bonjour Bilal" && $0.sendState == .delivered }
        #expect(sent.event.mine)
        let his = try await bilal.conversation(room)
        try await his.text("Bonjour Bilal")
        try await his.markRead()
        let reader = bilal.user.userId
        try await model.said("he has read it") { $0.eventId == sent.event.eventId && $0.readBy.contains { $0.user == reader } }
    }

    @Test func repliesAndEdits() async throws {
        let (person, bilal, room) = try await acquainted()
        let model = try await person.open(room)
        let his = try await bilal.conversation(room)
        try await his.sendText(markdown: "À quelle heure ?")
        let asked = try await model.said("his question") { $0.text == "À quelle heure ?" }.id
        model.setDraft("À 16 h")
        model.reply(asked)
        #expect(model.draft == "À 16 h")
        await model.send()
        #expect(model.mode == .write)
        let answer = try await model.said("the answer") {
            $0.text == "À 16 h" && $0.replyTo != nil && $0.sendState == .delivered
        }
        model.setDraft("begun")
        model.edit(answer.id)
        #expect(model.draft == "À 16 h")
        model.stopReplyOrEdit()
        #expect(model.draft == "begun" && model.mode == .write)
        model.editLast()
        model.setDraft("À 17 h")
        await model.send()
        #expect(model.draft == "begun")
        try await model.said("the change") { $0.text == "À 17 h" && $0.edited }
        try await his.event("the change") { $0.text == "À 17 h" && $0.edited }
    }

    @Test func reactsAndRedacts() async throws {
        let (person, bilal, room) = try await acquainted()
        let model = try await person.open(room)
        let his = try await bilal.conversation(room)
        try await his.sendText(markdown: "Bravo")
        let bravo = try await model.said("bravo") { $0.text == "Bravo" }.id
        await model.react(bravo, "🎉")
        try await model.said("the reaction") { $0.reactions.contains { $0.key == "🎉" && $0.mine } }
        try await his.event("the reaction") { $0.reactions.contains { $0.key == "🎉" } }
        await model.react(bravo, "🎉")
        try await model.said("no reaction") { $0.text == "Bravo" && $0.reactions.isEmpty }
        model.setDraft("Faux")
        await model.send()
        await model.redact(try await model.said("it is sent") { $0.text == "Faux" && $0.sendState == .delivered }.id)
        try await his.event("it is deleted") { $0.body == .redacted }
        #expect(model.problem == nil)
    }

    @Test func failedMessageIsRetriedOrTakenBack() async throws {
        let proxy = try await Proxy.before(0)
        let person = try await AppUser.on(0, behind: proxy)
        let model = try await person.open(try await person.group("Cellule"))
        try await proxy.set(.respond(403, #"{"errcode": "M_FORBIDDEN", "error": "no"}"#, path: "/send/"))
        for text in ["un", "deux"] {
            model.setDraft(text)
            await model.send()
        }
        let first = try await model.said("it failed") {
            if case .failed(_, retrying: false) = $0.sendState { $0.text == "un" } else { false }
        }
        let second = try await model.said("the other waits") { $0.text == "deux" && $0.sendState != .delivered }
        await model.cancelSend(second.id)
        try await until("it is gone") { !model.rows.contains { $0.event?.text == "deux" } }
        try await proxy.heal()
        await model.retry(first.id)
        try await model.said("it is delivered") { $0.text == "un" && $0.sendState == .delivered }
    }

    @Test func asksVotesAndClosesAPoll() async throws {
        let (person, bilal, room) = try await acquainted()
        let model = try await person.open(room)
        await model.sendPoll(PollDraft(question: "Quel jour ?", answers: ["lundi", "mardi"]))
        /// What a poll shows: whose votes are this person's, how many have voted, whether it is closed.
        let poll = { (event: EventItem) -> (mine: [Bool], voters: UInt32, ended: Bool)? in
            guard event.eventId != nil, case .poll(_, let answers, _, _, let voters, let ended) = event.body else { return nil }
            return (answers.map(\.mine), voters, ended)
        }
        let item = try await model.said("the poll") { poll($0)?.voters == 0 }.id
        await model.vote(item, "1")
        try await model.said("her vote") { poll($0)?.mine == [true, false] }
        await model.vote(item, "2")
        try await model.said("her other vote") { poll($0)?.mine == [false, true] }
        await model.vote(item, "2")
        try await model.said("no vote") { poll($0)?.voters == 0 }
        await model.closePoll(item)
        try await model.said("its end") { poll($0)?.ended == true }
        try await bilal.conversation(room).event("the end at his") { event in
            if case .poll(_, _, _, _, _, ended: true) = event.body { true } else { false }
        }
        #expect(model.problem == nil)
    }

    @Test func showsWhoTypes() async throws {
        let (person, bilal, room) = try await acquainted()
        let model = try await person.open(room)
        try await bilal.session.setDisplayName(name: "Bilal B.")
        try await bilal.conversation(room).sendText(markdown: "Attendez")
        try await model.said("his message under his name") { $0.text == "Attendez" && $0.senderName == "Bilal B." }
        let his = try await bilal.session.room(room: room)
        try await his.setTyping(typing: true)
        let typing = bilal.user.userId
        try await until("he types") { model.typing == [typing] && model.names == [typing: "Bilal B."] }
        try await his.setTyping(typing: false)
        try await until("he stopped") { model.typing == [] }
    }

    @Test func marksRead() async throws {
        let (person, bilal, room) = try await acquainted()
        let model = try await person.open(room)
        let list = try person.rooms
        try await bilal.conversation(room).sendText(markdown: "Lisez-moi")
        try await model.said("his message") { $0.text == "Lisez-moi" }
        try await until("unread") { list.rows.contains { $0.id == room && $0.unread == 1 } }
        await model.markRead()
        try await until("read") { list.rows.contains { $0.id == room && $0.unread == 0 } }
        try await until("the summary follows") { model.summary?.unread == 0 }
    }

    @Test func loadsOlderUntilTheStart() async throws {
        let person = try await AppUser.on(0)
        let model = try await person.open(try await person.group("Longue"))
        for number in 1...20 {
            model.setDraft("message \(number)")
            await model.send()
        }
        try await model.said("the last") { $0.text == "message 20" && $0.sendState == .delivered }
        try await within("the start") { @MainActor in
            while !model.atStart { await model.older() }
        }
        try await until("the start and the first") {
            model.rows.first?.content == .start && model.rows.contains { $0.event?.text == "message 1" }
        }
        let count = model.rows.count
        await model.older()
        #expect(model.rows.count == count && model.problem == nil)
    }

    @Test func keepsTheDraftPerConversation() async throws {
        let person = try await AppUser.on(0)
        let (one, other) = (try await person.group("Une"), try await person.group("Autre"))
        try await person.open(one).setDraft("begun in one")
        try await person.open(other).setDraft("begun in the other")
        #expect(try await person.open(one).draft == "begun in one")
        #expect(try await person.open(other).draft == "begun in the other")
        person.app.home()
        await (try await person.open(one)).send()
        person.app.home()
        #expect(try await person.open(one).draft == "")
        #expect(try await person.open(other).draft == "begun in the other")
    }

    @Test func countsWhatComesBelow() async throws {
        let (person, bilal, room) = try await acquainted()
        let model = try await person.open(room)
        let his = try await bilal.conversation(room)
        try await his.sendText(markdown: "un")
        try await model.said("the first") { $0.text == "un" }
        model.setAtNewest(false)
        try await his.sendText(markdown: "deux")
        try await his.sendText(markdown: "trois")
        try await until("two below", seeing: { [model.newBelow as Any, model.atNewest, model.shown] }) {
            model.newBelow == 2 && !model.atNewest
        }
        model.jumpToNewest()
        #expect(model.newBelow == 0 && model.atNewest)
    }

    @Test func whatIsRefusedComesBackIntoTheComposer() async throws {
        let person = try await AppUser.on(0)
        let model = try await person.open(try await person.group("Cellule"))
        let long = String(repeating: "a", count: 40_000)
        model.setDraft(long)
        await model.send()
        #expect(model.draft == long)
        #expect(model.problem == .invalid(.text, .tooLong))
        model.problemSeen()
        #expect(model.problem == nil)
        model.setDraft("   ")
        #expect(!model.canSend)
    }
}

/// Somebody with the app, and a colleague on another server, in a direct conversation.
@MainActor
func acquainted() async throws -> (AppUser, Agent, RoomId) {
    let bilal = try await Agent.on(1)
    let person = try await AppUser.on(0)
    return (person, bilal, try await person.meet(bilal))
}

extension ConversationModel {
    /// What is on the screen, for whoever reads that a wait was in vain.
    var shown: String {
        "\(rows.map { "\($0.id) \($0.event?.text ?? "\($0.content)".prefix(20).description)" }), problems \([problem, streamProblem])"
    }

    /// Waits for a row with an event like this.
    @discardableResult
    func said(_ what: String, _ wanted: @escaping @MainActor (EventItem) -> Bool) async throws -> Shown {
        var found: Shown?
        try await until(what, seeing: { shown }) { [self] in
            found = rows.last { $0.event.map(wanted) ?? false }.flatMap { row in row.event.map { Shown(id: row.id, event: $0) } }
            return found != nil
        }
        return try #require(found)
    }
}
