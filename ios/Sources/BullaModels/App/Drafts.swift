import Bulla

/// What was begun and not sent, by conversation. In memory: the library does not keep drafts yet, and no other place is
/// encrypted.
@MainActor
final class Drafts {
    private struct Place: Hashable {
        let account: AccountId
        let room: RoomId
    }

    private var texts: [Place: String] = [:]

    func of(_ account: AccountId, _ room: RoomId) -> Draft {
        let place = Place(account: account, room: room)
        return Draft(
            read: { [weak self] in self?.texts[place] ?? "" },
            write: { [weak self] in self?.texts[place] = $0.isEmpty ? nil : $0 }
        )
    }

    func forget(_ account: AccountId) {
        texts = texts.filter { $0.key.account != account }
    }
}

/// What was begun in one conversation.
@MainActor
struct Draft {
    let read: () -> String
    let write: (String) -> Void

    var text: String {
        get { read() }
        nonmutating set { write(newValue) }
    }
}
