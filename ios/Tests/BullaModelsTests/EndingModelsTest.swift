import Bulla
import Foundation
import Testing

@testable import BullaModels

/// Messages that end: by the conversation's choice, by their own, and read once.
@MainActor
@Suite(.beside)
struct EndingModelsTest {
    @Test func aConversationsMessagesEndAsThoseWhoManageItChoose() async throws {
        let (alice, bob) = (try await AppUser.on(0), try await AppUser.on(1))
        let room = try await alice.group("Astreinte", inviting: [bob.id])
        try await bob.session.join(room: room)
        alice.app.go(.ending(room))
        let hers = try #require(alice.app.ending(room))
        try await until("what she may") { !hers.loading && hers.mayChange && hers.mayChangeRetention }
        #expect(hers.lifetime == nil)
        await hers.setLifetime(.fromSending(after: 3_600))
        #expect(hers.lifetime == .fromSending(after: 3_600) && hers.problem == nil)
        let quarter: TimeInterval = 90 * 86_400
        await hers.setRetention(quarter)
        #expect(hers.retention?.effective == quarter)
        await hers.setLifetime(.fromSending(after: 1))
        #expect(hers.problem != nil && hers.lifetime == .fromSending(after: 3_600))

        bob.app.go(.ending(room))
        let his = try #require(bob.app.ending(room))
        try await until("the same to him") { !his.loading && his.lifetime == .fromSending(after: 3_600) && !his.mayChange }
        let model = try await alice.open(room)
        model.setLifetime(.fromReading(after: 300))
        model.setDraft("Le badge est au poste")
        await model.send()
        #expect(model.lifetime == nil)
        try await until("its own life") { model.rows.contains { $0.event?.ending?.lifetime == .fromReading(after: 300) } }
    }

    @Test func aTextIsReadOnce() async throws {
        let (alice, bob) = (try await AppUser.on(0), try await AppUser.on(1))
        let room = try await alice.meets(bob)
        let hers = try await alice.open(room)
        hers.setLifetime(.once)
        hers.setDraft("Le code est 4821")
        await hers.send()
        let his = try await bob.open(room)
        try await until("covered") { his.rows.contains { $0.event?.body == .covered(media: nil) } }
        let item = try #require(his.rows.first { $0.event?.body == .covered(media: nil) }?.id)
        let once = his.media.once
        await once.open(item)
        if case .text(_, let plain, _) = once.body { #expect(plain == "Le code est 4821") } else { Issue.record("nothing was opened") }
        once.close()
        #expect(once.item == nil && once.body == nil)
        try await until("gone") { his.rows.contains { $0.event?.body == .opened } }
        await once.open(item)
        #expect(once.problem == .notFound(.event) && once.body == nil)
        once.close()
    }

    @Test func endsAreSaidInWords() {
        let words = FrenchWords()
        #expect(words.span(30) == words.secondsCount(count: 30) && words.span(61) == words.minutesCount(count: 2))
        #expect(words.span(86_400) == words.daysCount(count: 1) && words.span(-3) == words.secondsCount(count: 0))
        #expect(words.lifetime(nil) == words.endingNever && words.lifetime(.once) == words.endingOnce)
        #expect(Set([EndingLimit.otherClients, .pictures, .serverCopy].map(words.limit)).count == 3)
        #expect(words.covered(nil) == words.coverText && words.covered(.image) != words.coverText)
    }
}
