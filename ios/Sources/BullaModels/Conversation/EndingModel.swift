import Bulla
import Foundation
import Observation

/// How long the messages of a conversation stay: what is usual for them, and when they go for their age.
@MainActor
@Observable
public final class EndingModel: ScreenModel {
    /// What messages of the conversation have that say nothing else; nil where they stay.
    public private(set) var lifetime: Lifetime?
    public private(set) var retention: Retention?
    public private(set) var mayChange = false
    public private(set) var mayChangeRetention = false
    public private(set) var loading = true
    public private(set) var busy = false
    public private(set) var problem: Problem?

    /// What may be chosen for a message, in seconds.
    public static let lives: [TimeInterval] = [30, 300, 3_600, 86_400, 7 * 86_400, 30 * 86_400, 365 * 86_400]
    /// What may be chosen for a conversation, in seconds.
    public static let ages: [TimeInterval] = [30, 90, 365, 1_095].map { $0 * 86_400 }

    public let room: RoomId
    @ObservationIgnored private let session: Session
    @ObservationIgnored private var opening: Task<Room, any Error>?
    @ObservationIgnored private var reading: Task<Void, Never>?
    @ObservationIgnored private var following: Following?

    init(_ session: Session, _ room: RoomId) {
        (self.session, self.room) = (session, room)
        reading = Task { [weak self] in
            await self?.whileBusy { _ in }
            self?.loading = false
        }
        following = Following({ [weak self] in try await self?.opened().abilityUpdates }, failed: { _ in }) { [weak self] abilities in
            self?.mayChange = abilities.contains { $0.action == .changeEnding && $0.refused == nil }
            self?.mayChangeRetention = abilities.contains { $0.action == .changeRetention && $0.refused == nil }
        }
    }

    public func setLifetime(_ lifetime: Lifetime?) async { await whileBusy { try await $0.setEnding(lifetime: lifetime) } }

    public func setRetention(_ longest: TimeInterval?) async {
        await whileBusy { try await $0.setRetention(maxLifetime: longest) }
    }

    public func problemSeen() { problem = nil }

    public func close() {
        reading?.cancel()
        following?.end()
        opening = nil
    }

    private func opened() async throws -> Room {
        let task = opening ?? Task { [session, room] in try await session.room(room: room) }
        opening = task
        do {
            return try await task.value
        } catch {
            if opening == task { opening = nil }
            throw error
        }
    }

    private func whileBusy(_ command: (Room) async throws -> Void) async {
        (busy, problem) = (true, nil)
        defer { busy = false }
        _ = await attempt({ self.problem = $0 }) {
            let room = try await opened()
            try await command(room)
            (lifetime, retention) = (try await room.ending(), try await room.retention())
        }
    }
}
