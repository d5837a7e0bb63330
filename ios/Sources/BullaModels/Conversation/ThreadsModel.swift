import Bulla
import Observation

/// The threads of a conversation.
@MainActor
@Observable
public final class ThreadsModel: ScreenModel {
    public private(set) var rows: [ThreadRow] = []
    public private(set) var loading = true
    public private(set) var hasMore = true
    public private(set) var problem: Problem?

    @ObservationIgnored private let session: Session
    @ObservationIgnored private let room: RoomId
    @ObservationIgnored private var list: ThreadList?
    @ObservationIgnored private var following: Following?

    init(_ session: Session, _ room: RoomId) {
        (self.session, self.room) = (session, room)
        following = Following({ [weak self] in try await self?.opened().rows }, failed: { [weak self] in self?.failed($0) }) {
            [weak self] rows in self?.show(rows)
        }
    }

    /// Loads the next page.
    public func more() async {
        guard hasMore, let list else { return }
        if let more = await attempt(failed, { try await list.more() }) { hasMore = more }
    }

    /// Marks a thread as read.
    public func markRead(_ root: EventId) async {
        _ = await attempt(failed) { try await session.room(room: room).markThreadRead(root: root) }
    }

    public func again() {
        (loading, problem) = (true, nil)
        following?.again()
    }

    public func close() {
        following?.end()
        list = nil
    }

    private func opened() async throws -> ThreadList {
        let opened = try await session.room(room: room).threads()
        list = opened
        return opened
    }

    private func show(_ rows: [ThreadRow]) { (self.rows, loading, problem) = (rows, false, nil) }

    private func failed(_ problem: Problem) { (self.problem, loading) = (problem, false) }
}
