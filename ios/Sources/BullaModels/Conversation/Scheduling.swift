import Bulla
import Foundation
import Observation

/// What is to leave later from one conversation: the server keeps it until then.
@MainActor
@Observable
public final class Scheduling {
    /// Why nothing can be scheduled here; nil where it can, or before `isKnown`.
    public private(set) var refused: NoScheduling?
    /// Whether that was asked.
    public private(set) var isKnown = false
    /// What waits, the earliest first.
    public private(set) var waiting: [ScheduledMessage] = []
    public private(set) var busy = false
    public private(set) var problem: Problem?

    @ObservationIgnored private let session: Session
    @ObservationIgnored private let room: RoomId

    init(_ session: Session, _ room: RoomId) { (self.session, self.room) = (session, room) }

    public var may: Bool { isKnown && refused == nil }

    /// Asks whether something can be scheduled here, and what waits.
    public func look() async { await work { try await load($0) } }

    /// Has a text leave at a moment; whether it will.
    func schedule(_ text: String, at: Date) async -> Bool {
        await work {
            _ = try await $0.schedule(markdown: text, at: at)
            try await load($0)
        }
        return problem == nil
    }

    public func sendNow(_ id: String) async {
        await work {
            try await $0.sendScheduled(id: id)
            try await load($0)
        }
    }

    public func cancel(_ id: String) async {
        await work {
            try await $0.cancelScheduled(id: id)
            try await load($0)
        }
    }

    public func problemSeen() { problem = nil }

    private func load(_ room: Room) async throws {
        refused = try await room.noScheduling()
        waiting = refused == nil ? try await room.scheduled() : []
        isKnown = true
    }

    private func work(_ command: (Room) async throws -> Void) async {
        (busy, problem) = (true, nil)
        _ = await attempt({ self.problem = $0 }) { try await command(session.room(room: room)) }
        busy = false
    }
}
