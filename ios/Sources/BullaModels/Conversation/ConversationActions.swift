import Bulla
import Foundation

/// What is done with a message that stands there.
extension ConversationModel {
    public func retry(_ item: ItemId) async { await command { try await $0.retry(item: item) } }

    public func cancelSend(_ item: ItemId) async { await command { _ = try await $0.cancelSend(item: item) } }

    public func react(_ item: ItemId, _ key: String) async { await command { _ = try await $0.react(item: item, key: key) } }

    public func redact(_ item: ItemId) async { await command { try await $0.redact(item: item, reason: nil) } }

    /// Confirms that an announcement was read, or takes it back.
    public func confirm(_ item: ItemId) async { await command { _ = try await $0.confirm(item: item) } }

    public func pin(_ item: ItemId, _ pinned: Bool) async {
        await command { try await $0.setPinned(item: item, pinned: pinned) }
    }

    public func report(_ item: ItemId, _ reason: String) async {
        await command { try await $0.report(item: item, reason: reason) }
    }

    /// A link to a message; none where it could not be made.
    public func link(_ item: ItemId) async -> String? {
        var link: String?
        await command { link = try await $0.link(item: item) }
        return link
    }

    /// Begins a poll.
    public func sendPoll(_ draft: PollDraft) async { await command { try await $0.sendPoll(draft: draft) } }

    /// Chooses an answer, or takes it back where it was chosen. Where one alone may be chosen, it takes the place of the other.
    public func vote(_ item: ItemId, _ answer: String) async {
        guard case .poll(_, let answers, let maxChoices, _, _, _) = event(item)?.body else { return }
        let before = answers.filter(\.mine).map(\.id)
        let chosen =
            if before.contains(answer) { before.filter { $0 != answer } } else if maxChoices > 1 { before + [answer] } else {
                [answer]
            }
        await command { try await $0.vote(item: item, answers: chosen) }
    }

    public func closePoll(_ item: ItemId) async { await command { try await $0.closePoll(item: item) } }

    /// Shares where this person is as it changes.
    public func sharePlace(_ duration: TimeInterval) async {
        let about = placing?.about.trimmed ?? ""
        stopPlace()
        await sharing.begin(duration, about: about.isEmpty ? nil : about)
    }
}
