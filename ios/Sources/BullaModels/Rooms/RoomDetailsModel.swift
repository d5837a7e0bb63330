import Bulla
import Observation

/// A conversation's details and members; `left` is called when this person has left it.
@MainActor
@Observable
public final class RoomDetailsModel: ScreenModel {
    public private(set) var summary: RoomSummary?
    public private(set) var members: [Member] = []
    public private(set) var loading = true
    public private(set) var busy = false
    public private(set) var problem: Problem?

    /// The user of this account.
    public let me: UserId

    @ObservationIgnored private let session: Session
    @ObservationIgnored private let id: RoomId
    @ObservationIgnored private let left: @MainActor () -> Void
    @ObservationIgnored private var room: Room?
    @ObservationIgnored private var following: Following?
    @ObservationIgnored private var refreshing: Task<Void, Never>?

    init(_ session: Session, _ room: RoomId, left: @escaping @MainActor () -> Void) {
        (self.session, id, self.left) = (session, room, left)
        me = session.account().user
        following = Following(
            { [weak self] in try await self?.opened().summaries }, failed: { [weak self] in self?.failed($0) }
        ) { [weak self] summary in
            self?.summary = summary
            self?.refreshLater()
        }
    }

    /// This person among the members: what their role allows is the screen's to offer.
    public var mine: Member? { members.first { $0.user == me } }

    public func rename(_ name: String) async { await change { try await $0.setName(name: name.trimmed) } }

    public func setTopic(_ topic: String) async { await change { try await $0.setTopic(topic: topic.trimmed) } }

    public func invite(_ user: UserId) async {
        await change { try await $0.invite(user: user.trimmed) }
        await refresh()
    }

    public func favourite(_ favourite: Bool) async { await change { try await $0.setFavourite(favourite: favourite) } }

    public func mute(_ muted: Bool) async { await change { try await $0.setMuted(muted: muted) } }

    public func leave() async {
        let (session, id) = (session, id)
        await change { _ in try await session.leave(room: id) }
        if problem == nil { left() }
    }

    public func problemSeen() { problem = nil }

    public func close() {
        following?.end()
        refreshing?.cancel()
        room = nil
    }

    private func opened() async throws -> Room {
        if let room { return room }
        let opened = try await session.room(room: id)
        room = opened
        return opened
    }

    private func refreshLater() {
        refreshing?.cancel()
        refreshing = Task { [weak self] in await self?.refresh() }
    }

    private func refresh() async {
        guard let found = await attempt(failed, { try await opened().members() }) else { return }
        (members, loading) = (found, false)
    }

    private func change(_ command: (Room) async throws -> Void) async {
        (busy, problem) = (true, nil)
        _ = await attempt(failed) { try await command(opened()) }
        busy = false
    }

    private func failed(_ problem: Problem) { (self.problem, loading) = (problem, false) }
}
