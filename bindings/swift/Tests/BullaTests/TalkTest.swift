import Bulla
import Testing

/// Two people on two servers talk.
@Suite(.beside)
struct TalkTest {
    @Test func aWholeConversation() async throws {
        let (alice, bob, room) = try await Agent.two()
        let row = try await bob.session.row("a direct, encrypted room") {
            $0.id == room && $0.membership == .joined && $0.encrypted && $0.kind == .direct
        }
        #expect(row.directWith == alice.user.userId)
        let hers = try await alice.conversation(room)
        let his = try await bob.conversation(room)

        try await hers.sendText(markdown: "Réunion **urgente** à 15h")
        let read = try await his.text("Réunion **urgente** à 15h")
        #expect(read.event.sender == alice.user.userId && !read.event.mine)
        #expect(read.event.shield == nil, "encrypted, and signed by its owner")
        guard case .text(.said, _, let html?) = read.event.body else { throw Trouble("not a formatted text") }
        #expect(html.contains("<strong>urgente</strong>"))

        try await his.reply(to: read.id, markdown: "J'arrive")
        let reply = try await hers.text("J'arrive")
        #expect(reply.event.replyTo?.eventId == read.event.eventId)

        let mine = try await hers.delivered("Réunion **urgente** à 15h")
        try await hers.edit(item: mine.id, markdown: "Réunion à 16h")
        let edited = try await his.text("Réunion à 16h")
        #expect(edited.event.edited)

        #expect(try await his.react(item: edited.id, key: "👍"))
        try await hers.event("the reaction") { $0.reactions.contains { $0.key == "👍" && $0.count == 1 && !$0.mine } }
        #expect(try await !his.react(item: edited.id, key: "👍"))
        try await hers.event("no reaction any more") { $0.text == "Réunion à 16h" && $0.reactions.isEmpty }

        let answer = try await his.delivered("J'arrive")
        try await his.redact(item: answer.id, reason: "too soon")
        try await hers.event("the redaction") { !$0.mine && $0.body == .redacted }

        try await hers.sendText(markdown: "À demain")
        try await his.text("À demain")
        try await his.markRead()
        let reader = bob.user.userId
        try await hers.event("his receipt") { $0.text == "À demain" && $0.readBy.contains { $0.user == reader } }

        if Deployment.isOurs {
            #expect(try await Deployment.search("Réunion", "J'arrive", "À demain") == [], "the servers saw it")
        }
    }

    @Test(.ours) func typing() async throws {
        let (alice, bob, room) = try await Agent.two()
        let his = try await bob.conversation(room)
        let typist = alice.user.userId
        let hers = try await alice.session.room(room: room)
        // She begins when he looks, and stops when he has seen it.
        async let begun: Void = his.rows.wait(for: "her typing") { $0.typing == [typist] ? () : nil }
        try await hers.setTyping(typing: true)
        try await begun
        async let ended: Void = his.rows.wait(for: "her stopping") { $0.typing.isEmpty ? () : nil }
        try await hers.setTyping(typing: false)
        try await ended
    }

    @Test(.ours) func backToTheStart() async throws {
        let (alice, bob, room) = try await Agent.two()
        let hers = try await alice.conversation(room)
        try await bob.session.pause()
        let said = (1...30).map { "message \($0)" }
        for text in said {
            try await hers.sendText(markdown: text)
        }
        try await hers.delivered("message 30")
        try await bob.session.resume()

        let his = try await bob.conversation(room)
        try await his.text("message 30")
        while try await !his.paginateBack(count: 10) {}
        try await his.rows.wait(for: "the start, and all that was said") {
            $0.rows.first?.content == .start && $0.texts == said ? () : nil
        }
    }
}
