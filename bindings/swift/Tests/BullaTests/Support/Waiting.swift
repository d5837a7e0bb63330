import Bulla
import Foundation

/// No test waits longer for anything.
let deadline = Duration.seconds(60)

/// Does `work`, or throws when it is not done in time.
func within<Result: Sendable>(
    _ what: String, _ limit: Duration = deadline, seen: Seen = Seen(),
    _ work: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result.self) { group in
        group.addTask(operation: work)
        group.addTask {
            try await Task.sleep(for: limit)
            throw Trouble("\(what): not in time\(seen)")
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw CancellationError() }
        return first
    }
}

extension AsyncSequence where Self: Sendable, Element: Sendable {
    /// The first thing that `found` finds in an element. A stream that ends first is a failure.
    func wait<Found: Sendable>(for what: String, _ found: @escaping @Sendable (Element) throws -> Found?) async throws
        -> Found
    {
        let seen = Seen()
        return try await within(what, seen: seen) {
            for try await element in self {
                if let found = try found(element) { return found }
                seen.see(element)
            }
            throw Trouble("\(what): the stream ended\(seen)")
        }
    }
}

/// What a wait saw last, for whoever reads that it was in vain.
final class Seen: CustomStringConvertible, @unchecked Sendable {
    private let lock = NSLock()
    private var last: Any?

    func see(_ element: Any) {
        lock.withLock { last = element }
    }

    var description: String {
        switch lock.withLock({ last }) {
        case nil: ""
        case let shown as TimelineRows:
            ", but \(shown.events.map { "\($0.event.body) \($0.event.sendState)" }), typing \(shown.typing)"
        case let other?: ", but \(other)"
        }
    }
}

extension Session {
    /// Waits for a state.
    @discardableResult
    func wait(_ what: String, _ wanted: @escaping @Sendable (SessionState) -> Bool) async throws -> SessionState {
        try await stateUpdates.wait(for: what) { wanted($0) ? $0 : nil }
    }

    /// Waits until it is up to date and listening.
    func live() async throws {
        try await wait("live") { $0 == .live }
    }

    /// Waits until it says that it is offline.
    func offline() async throws {
        try await wait("offline") { if case .offline = $0 { true } else { false } }
    }

    /// Waits for a room in the list of everything.
    @discardableResult
    func row(_ what: String, _ wanted: @escaping @Sendable (RoomSummary) -> Bool) async throws -> RoomSummary {
        try await roomList(filter: .all, page: 100).wait(for: what) { $0.rows.first(where: wanted) }
    }
}

/// Something that someone said or did, and its row's name.
struct Shown: Sendable {
    let id: ItemId
    let event: EventItem
}

extension TimelineRows {
    var events: [Shown] {
        rows.compactMap { if case .event(let event) = $0.content { Shown(id: $0.id, event: event) } else { nil } }
    }

    /// The texts, in order.
    var texts: [String] { events.compactMap(\.event.text) }
}

extension EventItem {
    var text: String? {
        if case .text(_, let plain, _) = body { plain } else { nil }
    }
}

extension Timeline {
    /// Waits for an event.
    @discardableResult
    func event(_ what: String, _ wanted: @escaping @Sendable (EventItem) -> Bool) async throws -> Shown {
        try await rows.wait(for: what) { $0.events.first { wanted($0.event) } }
    }

    /// Waits for a message with this text.
    @discardableResult
    func text(_ text: String) async throws -> Shown {
        try await event(text) { $0.text == text }
    }

    /// Waits until the server has a message with this text, and its echo is back.
    @discardableResult
    func delivered(_ text: String) async throws -> Shown {
        try await event("\(text), delivered") { $0.text == text && $0.sendState == .delivered }
    }
}
