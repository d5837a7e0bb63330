import Bulla
import Foundation
import Observation

/// What files take up on this device, and how long they stay.
@MainActor
@Observable
public final class StorageModel: ScreenModel {
    /// What files take up; nil until it is known.
    public private(set) var storage: MediaStorage?
    public private(set) var retention: MediaRetention?
    public private(set) var busy = false
    public private(set) var problem: Problem?

    /// What may be chosen, in bytes; what the core begins with is among them.
    public static let most: [UInt64] = [100_000_000, 500_000_000, 2_000_000_000, 8_000_000_000]
    /// What may be chosen, in days.
    public static let days = [7, 30, 90, 365]

    @ObservationIgnored private let session: Session
    @ObservationIgnored private var looking: Task<Void, Never>?

    init(_ session: Session) {
        self.session = session
        looking = Task { [weak self] in await self?.whileBusy {} }
    }

    /// Removes every file that nobody looks at.
    public func clear() async { await whileBusy { try await session.clearMedia() } }

    public func setMost(_ bytes: UInt64) async { await keep { MediaRetention(maxBytes: bytes, maxAge: $0.maxAge) } }

    public func setLongest(days: Int) async { await keep { MediaRetention(maxBytes: $0.maxBytes, maxAge: TimeInterval(days) * 86_400) } }

    public func problemSeen() { problem = nil }

    public func close() { looking?.cancel() }

    private func keep(_ change: (MediaRetention) -> MediaRetention) async {
        guard let before = retention else { return }
        let wanted = change(before)
        await whileBusy { try await session.setMediaRetention(retention: wanted) }
    }

    private func whileBusy(_ command: () async throws -> Void) async {
        (busy, problem) = (true, nil)
        defer { busy = false }
        _ = await attempt({ self.problem = $0 }) {
            try await command()
            (storage, retention) = (try await session.mediaStorage(), try await session.mediaRetention())
        }
    }
}
