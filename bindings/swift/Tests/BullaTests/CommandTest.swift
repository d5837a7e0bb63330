import Bulla
import Testing

/// Lines that begin with a slash, places that are typed, and what is unread in a thread.
@Suite(.beside, .ours)
struct CommandTest {
    @Test func aLineIsReadBeforeItIsDone() {
        #expect(readLine(text: "/me boit un café") == .message)
        #expect(readLine(text: "/topic Le budget") == .command(command: .topic(topic: "Le budget"), needs: .changeTopic))
        #expect(readLine(text: "/invite anne") == .wrong(name: .invite, argument: .user, why: .malformed))
        #expect(readLine(text: "/topik x") == .unknown(name: "topik"))
        #expect(commandHints(begun: "/un").map(\.typed) == ["/unban"])
    }

    @Test func aPlaceIsReadBeforeItIsSent() async throws {
        #expect(try readPlace(text: "48,8566 ; 2,3522") == Place(latitude: 48_856_600, longitude: 2_352_200))
        #expect(throws: Failure.Invalid(field: .place, why: .malformed)) { try readPlace(text: "place Bercy") }
        let alice = try await Agent.on(0)
        try alice.session.maySendPlace()
    }

    @Test func aLineIsDone() async throws {
        let alice = try await Agent.on(0)
        let room = try await alice.session.createGroup(draft: GroupDraft(name: "Projet", topic: nil, invite: []))
        let hers = try await alice.session.room(room: room)
        #expect(try await hers.run(wanted: .topic(topic: "Le budget")) == .done)
        try await alice.session.row("its topic") { $0.id == room && $0.topic == "Le budget" }
        #expect(try await hers.run(wanted: .leave) == .left)
    }

    @Test func whatIsUnreadInAThreadIsCounted() async throws {
        let (alice, bob, room) = try await Agent.two()
        let (herRoom, hisRoom) = (try await alice.session.room(room: room), try await bob.session.room(room: room))
        let (hers, his) = (try await alice.conversation(room), try await bob.conversation(room))
        try await hers.sendText(markdown: "Quel ordre du jour ?")
        let root = try #require(try await his.delivered("Quel ordre du jour ?").event.eventId)
        try await hisRoom.thread(root: root).sendText(markdown: "Le budget, \(alice.user.userId) ?")
        try await hers.event("the summary") { $0.threadSummary?.replies == 1 && $0.eventId == root }
        let new = ThreadReading(unread: 1, mentions: 1)
        _ = try await herRoom.threads().rows.wait(for: "it is new") { $0.contains { $0.root == root && $0.reading == new } ? $0 : nil }
        try await herRoom.markThreadRead(root: root)
        let read = ThreadReading(unread: 0, mentions: 0)
        try await within("it is read") { while try await herRoom.threadReading(root: root) != read {} }
    }
}
