import Bulla
import Observation

/// A space: the rooms that it holds, a page at a time. `openRoom` and `openSpace` get what one goes to from here.
@MainActor
@Observable
public final class SpaceModel: ScreenModel {
    public private(set) var summary: RoomSummary?
    /// What it holds, as far as this account may see it and it is loaded.
    public private(set) var rooms: [SpaceChild] = []
    public private(set) var next: String?
    public private(set) var loading = true
    public private(set) var busy = false
    /// Rooms that this person has asked to come into from here.
    public private(set) var asked: Set<RoomId> = []
    /// Why each action is refused, `.some(nil)` where it is allowed; empty until it is known.
    public private(set) var abilities: [RoomAction: Refusal?] = [:]
    /// What may be put into it, while somebody chooses.
    public private(set) var addable: [RoomSummary]?
    /// How many of those that were chosen last could not be put into it.
    public private(set) var notAdded = 0
    public private(set) var problem: Problem?

    @ObservationIgnored private let session: Session
    @ObservationIgnored private let id: RoomId
    @ObservationIgnored private let openRoom: @MainActor (RoomId) -> Void
    @ObservationIgnored private let openSpace: @MainActor (RoomId) -> Void
    @ObservationIgnored private var space: Room?
    @ObservationIgnored private var following: [Following] = []
    @ObservationIgnored private var looking: Task<Void, Never>?

    init(
        _ session: Session, _ room: RoomId, openRoom: @escaping @MainActor (RoomId) -> Void,
        openSpace: @escaping @MainActor (RoomId) -> Void
    ) {
        (self.session, id, self.openRoom, self.openSpace) = (session, room, openRoom, openSpace)
        let failed: @MainActor (Problem) -> Void = { [weak self] in self?.failed($0) }
        following = [
            Following({ [weak self] in try await self?.opened().summaries }, failed: failed) { [weak self] in self?.summary = $0 },
            Following({ [weak self] in try await self?.opened().abilityUpdates }, failed: failed) { [weak self] abilities in
                self?.abilities = Dictionary(uniqueKeysWithValues: abilities.map { ($0.action, $0.refused) })
            },
        ]
        looking = Task { [weak self] in await self?.again() }
    }

    public func may(_ action: RoomAction) -> Bool { abilities[action] == .some(nil) }

    /// Looks again at what it holds.
    public func again() async {
        (loading, problem) = (true, nil)
        _ = await attempt(failed) { try await load() }
    }

    /// Loads the next page.
    public func more() async {
        guard let after = next else { return }
        let page = await attempt(failed) { try await opened().children(after: after) }
        guard let page, next == after else { return }
        (rooms, next) = (rooms + page.rooms, page.next)
    }

    /// Comes in.
    public func join(_ offer: RoomOffer) async {
        await work {
            try await session.joinThrough(room: offer.id, via: offer.via)
            open(offer)
        }
    }

    public func open(_ offer: RoomOffer) { offer.space ? openSpace(offer.id) : openRoom(offer.id) }

    /// Asks those who are in it to be let in.
    public func knock(_ offer: RoomOffer, _ reason: String) async {
        let reason = reason.trimmed.isEmpty ? nil : reason.trimmed
        await work {
            try await session.knock(room: offer.id, via: offer.via, reason: reason)
            asked.insert(offer.id)
        }
    }

    /// Asks what is to be put into it: rooms and spaces that this person is in, and that are not in it yet.
    public func chooseRooms() async {
        await work {
            let there = Set(rooms.map(\.room.id) + [id])
            let mine = try await session.shown(.rooms) + session.shown(.spaces)
            (addable, notAdded) = (mine.filter { !there.contains($0.id) && $0.kind != .direct }, 0)
        }
    }

    public func stopChoosing() { (addable, notAdded) = (nil, 0) }

    /// Puts rooms into it. One that fails stops no other.
    public func add(_ rooms: [RoomId]) async {
        await work {
            var failed: [RoomId] = []
            var last: Problem?
            for room in rooms {
                let added: Void? = await attempt({ last = $0 }) { try await opened().addChild(child: room) }
                if added == nil { failed.append(room) }
            }
            addable = failed.isEmpty ? nil : addable?.filter { failed.contains($0.id) || !rooms.contains($0.id) }
            (notAdded, problem) = (failed.count, last)
            try await load()
        }
    }

    /// Takes a room out of it.
    public func remove(_ room: RoomId) async {
        await work {
            try await opened().removeChild(child: room)
            try await load()
        }
    }

    public func problemSeen() { problem = nil }

    public func close() {
        looking?.cancel()
        following.forEach { $0.end() }
        space = nil
    }

    private func load() async throws {
        let page = try await opened().children(after: nil)
        (rooms, next, loading) = (page.rooms, page.next, false)
    }

    private func opened() async throws -> Room {
        if let space { return space }
        let opened = try await session.room(room: id)
        space = opened
        return opened
    }

    private func work(_ command: () async throws -> Void) async {
        (busy, problem) = (true, nil)
        _ = await attempt(failed, command)
        busy = false
    }

    private func failed(_ problem: Problem) { (self.problem, loading) = (problem, false) }
}

extension Session {
    /// The rooms that a filter admits, as they are now.
    fileprivate func shown(_ filter: RoomFilter) async throws -> [RoomSummary] {
        for try await list in try roomList(filter: filter, page: 500) { return list.rows }
        return []
    }
}
