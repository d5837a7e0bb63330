// How a batch of changes applies to what a screen shows. An index out of range is ignored.

/// A list of rooms as it stands.
public struct RoomRows: Equatable, Sendable {
    /// The rows, newest first.
    public var rows: [RoomSummary]
    /// How many rooms the filter admits in all; more than `rows` where pages remain.
    public var total: UInt32

    /// An empty list, to which the first batch applies.
    public init() {
        (rows, total) = ([], 0)
    }

    /// Applies a batch.
    public mutating func apply(_ changes: [RoomListChange]) {
        for change in changes {
            switch change {
            case .reset(let items, let total): (rows, self.total) = (items, total)
            case .insert(let index, let item): rows.insert(item, ifInRange: index)
            case .set(let index, let item): rows.set(item, ifInRange: index)
            case .remove(let index): rows.remove(ifInRange: index)
            case .total(let total): self.total = total
            }
        }
    }
}

/// A conversation as it stands.
public struct TimelineRows: Equatable, Sendable {
    /// The rows, oldest first.
    public var rows: [TimelineItem]
    /// Who is typing, without this account.
    public var typing: [UserId]

    /// An empty conversation, to which the first batch applies.
    public init() {
        (rows, typing) = ([], [])
    }

    /// Applies a batch.
    public mutating func apply(_ changes: [TimelineChange]) {
        for change in changes {
            switch change {
            case .reset(let items): rows = items
            case .insert(let index, let item): rows.insert(item, ifInRange: index)
            case .set(let index, let item): rows.set(item, ifInRange: index)
            case .remove(let index): rows.remove(ifInRange: index)
            case .typing(let users): typing = users
            }
        }
    }
}

fileprivate extension Array {
    mutating func insert(_ row: Element, ifInRange index: UInt32) {
        if index <= count { insert(row, at: Int(index)) }
    }

    mutating func set(_ row: Element, ifInRange index: UInt32) {
        if index < count { self[Int(index)] = row }
    }

    mutating func remove(ifInRange index: UInt32) {
        if index < count { remove(at: Int(index)) }
    }
}
