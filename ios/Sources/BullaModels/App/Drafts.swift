import Bulla

/// What was begun and not sent in the conversations that were open since the start. The library keeps it beyond that.
@MainActor
final class Drafts {
    private struct Place: Hashable {
        let account: AccountId
        let room: RoomId
    }

    private var drafts: [Place: SavedDraft] = [:]

    func of(_ account: AccountId, _ room: RoomId) -> Draft {
        let place = Place(account: account, room: room)
        return Draft(
            read: { [weak self] in self?.drafts[place] },
            write: { [weak self] in self?.drafts[place] = $0?.text.isEmpty == false ? $0 : nil }
        )
    }

    func forget(_ account: AccountId) {
        drafts = drafts.filter { $0.key.account != account }
    }
}

/// What was begun in one conversation.
@MainActor
struct Draft {
    let read: () -> SavedDraft?
    let write: (SavedDraft?) -> Void

    var saved: SavedDraft? {
        get { read() }
        nonmutating set { write(newValue) }
    }

    var text: String { saved?.text ?? "" }

    /// Of a part of a conversation: it lives as long as its screen.
    static func passing() -> Draft {
        let held = Held()
        return Draft(read: { held.draft }, write: { held.draft = $0 })
    }

    @MainActor
    private final class Held {
        var draft: SavedDraft?
    }
}
