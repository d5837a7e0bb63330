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
        let cover = MessageBody.covered(media: nil)
        let mine = try await hers.item("covered to her as well") { $0.body == cover && $0.sendState == .delivered }
        await hers.media.once.open(mine)
        #expect(hers.media.once.problem == .forbidden(.ending) && hers.media.once.body == nil)
        hers.media.once.close()
        let his = try await bob.open(room)
        let item = try await his.item("covered") { $0.body == cover && !$0.mine }
        let once = his.media.once
        await once.open(item)
        if case .text(_, let plain, _) = once.body { #expect(plain == "Le code est 4821") } else { Issue.record("nothing was opened") }
        once.close()
        #expect(once.item == nil && once.body == nil)
        _ = try await his.item("gone") { $0.body == .opened }
        await once.open(item)
        #expect(once.problem == .notFound(.event) && once.body == nil)
        once.close()
        let him = bob.id
        _ = try await hers.item("gone from her as well") { $0.body == .opened && $0.ending?.openedBy == [him] }
    }

    @Test func aPictureIsReadOnceAndSeenNowhereElse() async throws {
        let desk = try Desk()
        let (alice, bob) = (try await AppUser.on(0, files: desk), try await AppUser.on(1))
        let room = try await alice.meets(bob)
        let hers = try await alice.open(room)
        try desk.lay("badge.png", "image/png", redSquare)
        await hers.media.attachments.choose(pictures: true)
        hers.setLifetime(.once)
        await hers.media.attachments.send()
        #expect(hers.lifetime == nil && hers.media.attachments.problem == nil)
        let his = try await bob.open(room)
        let cover = MessageBody.covered(media: .image)
        let item = try await his.item("covered") { $0.body == cover }
        let before = await his.media.files.thumbnail(item, side: 96)
        #expect(before == nil && his.rows.compactMap(FileRow.init).isEmpty)
        let once = his.media.once
        await once.open(item)
        #expect(once.item == item && once.problem == nil && once.picture?.isEmpty == false)
        if case .media(let kind, _, _, _, _) = once.body { #expect(kind == .image) } else { Issue.record("nothing was opened") }
        once.close()
        #expect(once.item == nil && once.body == nil && once.picture == nil)
        _ = try await his.item("gone") { $0.body == .opened }
        await once.open(item)
        #expect(once.problem == .notFound(.event) && once.picture == nil)
        once.close()
        let him = bob.id
        _ = try await hers.item("gone from her as well") { $0.body == .opened && $0.ending?.openedBy == [him] }
        #expect(hers.rows.compactMap(FileRow.init).isEmpty)
    }

    @Test func whatCannotBePromisedIsSaidOfEveryLifetime() {
        let words = FrenchWords()
        let said = [words.endingOtherApps, words.endingPictures, words.endingServer]
        let lifetimes: [Lifetime] = [.fromSending(after: 30), .fromReading(after: 30), .once]
        for lifetime in lifetimes { #expect(endingLimits(lifetime: lifetime).map(words.limit) == said) }
        #expect(Set(said).count == 3)
    }

    @Test func endsAreSaidInWords() {
        let words = FrenchWords()
        #expect(words.span(30) == words.secondsCount(count: 30) && words.span(61) == words.minutesCount(count: 2))
        #expect(words.span(86_400) == words.daysCount(count: 1) && words.span(-3) == words.secondsCount(count: 0))
        #expect(words.lifetime(nil) == words.endingNever && words.lifetime(.once) == words.endingOnce)
        #expect(words.covered(nil) == words.coverText && words.covered(.image) != words.coverText)
    }
}

extension ConversationModel {
    /// The row of an event, once it is there.
    fileprivate func item(_ what: String, _ wanted: @escaping @MainActor (EventItem) -> Bool) async throws -> ItemId {
        try await until(what, seeing: { self.rows.map(\.event?.body) }) { self.find(wanted) != nil }
        guard let found = find(wanted) else { throw Trouble("\(what): gone again") }
        return found
    }

    private func find(_ wanted: @MainActor (EventItem) -> Bool) -> ItemId? {
        for row in rows {
            if let event = row.event, wanted(event) { return row.id }
        }
        return nil
    }
}
