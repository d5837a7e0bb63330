import Bulla
import Foundation
import Testing

/// Messages that end by themselves, what is read once, and how long a room keeps what is said.
@Suite(.beside)
struct EndingTest {
    private let shortest = Lifetime.fromSending(after: 30)

    @Test func aMessageEndsByItselfForBoth() async throws {
        let (alice, bob, room) = try await Agent.two()
        let (hers, his) = (try await alice.conversation(room), try await bob.conversation(room))
        let place = try await alice.session.room(room: room)
        #expect(try await place.ending() == nil)
        try await place.setEnding(lifetime: shortest)
        try await bob.session.row("the lifetime they agreed on") { $0.id == room && $0.ending == shortest }
        try await his.event("that she has set it") { $0.body == .state(kind: .ending, value: nil) }
        try await hers.sendText(markdown: "reste trente secondes")
        let said = try await his.event("it, with its time") {
            guard $0.text == "reste trente secondes", case .due = $0.ending?.state else { return false }
            return true
        }
        #expect(said.event.ending?.lifetime == shortest)
        await #expect(throws: Failure.Forbidden(why: .ending)) {
            try await his.forward(item: said.id, rooms: [room])
        }
        for conversation in [his, hers] {
            try await conversation.rows.wait(for: "it has gone") { rows in
                rows.texts.contains("reste trente secondes") ? nil : ()
            }
        }
        try await place.setEnding(lifetime: nil)
        await #expect(throws: Failure.Invalid(field: .lifetime, why: .tooShort)) {
            try await hers.send(draft: MessageDraft(markdown: "non", lifetime: .fromReading(after: 1)))
        }
    }

    @Test func whatCannotBePromisedIsToldOfEveryLifetime() {
        let lifetimes: [Lifetime] = [shortest, .fromReading(after: 30), .once]
        for lifetime in lifetimes {
            #expect(endingLimits(lifetime: lifetime) == [.otherClients, .pictures, .serverCopy])
        }
    }

    @Test func whatIsReadOnceOpensOnce() async throws {
        let (alice, bob, room) = try await Agent.two()
        let (hers, his) = (try await alice.conversation(room), try await bob.conversation(room))
        let him = bob.user.userId
        try await hers.send(draft: MessageDraft(markdown: "une seule fois", lifetime: .once))
        let covered = try await his.event("the cover") { $0.body == .covered(media: nil) && $0.sendState == .delivered }
        let once = try await his.openOnce(item: covered.id)
        guard case .text(_, let plain, _) = once.body() else { throw Trouble("no text") }
        #expect(plain == "une seule fois")
        #expect(OpenedMessage.media(once)() == nil)
        try await his.event("that it is gone") { $0.body == .opened }
        await #expect(throws: Failure.NotFound(what: .event)) { try await his.openOnce(item: covered.id) }
        try await hers.event("that he has opened it") { $0.body == .opened && $0.ending?.openedBy == [him] }

        let paper = try Folder().write("note.txt", Data(repeating: 7, count: 2_000))
        _ = try await hers.sendMedia(draft: MediaDraft(path: paper, kind: .file, lifetime: .once))
        let file = try await his.event("the cover of the file") { $0.body == .covered(media: .file) }
        await #expect(throws: Failure.NotFound(what: .media)) { try await Timeline.media(item:)(his)(file.id) }
        let opened = try await his.openOnce(item: file.id)
        let media = try #require(OpenedMessage.media(opened)())
        #expect(try await Media.open(media)().size() == 2_000)
    }

    @Test func aRoomKeepsWhatIsSaidForAWhile() async throws {
        let (alice, bob, room) = try await Agent.two()
        let place = try await alice.session.room(room: room)
        #expect(try await place.retention().effective == nil)
        await #expect(throws: Failure.Invalid(field: .lifetime, why: .tooShort)) {
            try await place.setRetention(maxLifetime: 3600)
        }
        let kept: TimeInterval = 90 * 24 * 3600
        try await place.setRetention(maxLifetime: kept)
        try await bob.session.row("his row says so") { $0.id == room && $0.retention == kept }
        #expect(try await bob.session.room(room: room).retention().effective == kept)
    }
}
