import Bulla

/// What the composer does when something is sent.
public enum Mode: Equatable, Sendable {
    case write
    case reply(ItemId, EventItem)
    case edit(ItemId, EventItem)
}

/// A message on its way to other conversations.
public struct Forwarding: Sendable {
    public let item: ItemId
    public let rooms: [RoomSummary]
    /// How many of them it did not leave for, once it was sent.
    public var failed: Int?
}

extension TimelineItem {
    /// What someone said or did, if the row is about that.
    public var event: EventItem? { if case .event(let event) = content { event } else { nil } }
}

extension [TimelineItem] {
    func names(of users: [UserId]) -> [UserId: String] {
        users.reduce(into: [:]) { names, user in names[user] = last { $0.event?.sender == user }?.event?.senderName }
    }

    /// How many messages of others stand below the last of those that were `known`; none where all are others.
    func countOfOthers(below known: Set<ItemId>) -> Int {
        guard let at = lastIndex(where: { known.contains($0.id) }) else { return 0 }
        return self[(at + 1)...].count { $0.event?.mine == false }
    }
}
