import Bulla
import Testing

/// Polls: asked, voted on, closed.
@Suite(.beside, .ours)
struct PollTest {
    @Test func aPollIsAskedVotedOnAndClosed() async throws {
        let (alice, bob, room) = try await Agent.two()
        let (hers, his) = (try await alice.conversation(room), try await bob.conversation(room))
        try await hers.sendPoll(draft: PollDraft(question: "Quel jour ?", answers: ["lundi", "mardi"]))
        let asked = try await his.poll("the poll") { $0.voters == 0 && $0.answers.map(\.text) == ["lundi", "mardi"] }
        try await his.vote(item: asked, answers: ["2"])
        let own = try await hers.poll("his vote") { $0.voters == 1 && $0.answers.map(\.votes) == [0, 1] }
        await #expect(throws: Failure.Invalid(field: .answer, why: .notAllowed)) {
            try await his.vote(item: asked, answers: ["9"])
        }
        try await hers.closePoll(item: own)
        _ = try await his.poll("its end") { $0.ended && $0.answers.filter(\.mine).map(\.id) == ["2"] }
        await #expect(throws: Failure.Invalid(field: .question, why: .empty)) {
            try await hers.sendPoll(draft: PollDraft(question: " ", answers: ["a", "b"]))
        }
    }
}

/// A poll as a test looks at it.
private struct Poll {
    let answers: [PollAnswer]
    let voters: UInt32
    let ended: Bool

    init?(_ body: MessageBody) {
        guard case .poll(_, let answers, _, _, let voters, let ended) = body else { return nil }
        (self.answers, self.voters, self.ended) = (answers, voters, ended)
    }
}

extension Timeline {
    /// Waits for a poll that the server has, like this.
    fileprivate func poll(_ what: String, _ wanted: @escaping @Sendable (Poll) -> Bool) async throws -> ItemId {
        try await event(what) { $0.eventId != nil && (Poll($0.body).map(wanted) ?? false) }.id
    }
}
