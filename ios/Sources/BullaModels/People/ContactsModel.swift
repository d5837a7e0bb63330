import Bulla
import Observation

/// Somebody one may write to.
public struct Contact: Equatable, Sendable {
    public let user: UserId
    public let name: String?
    public let avatar: MediaUri?
    public let guest: Bool
    public let room: RoomId?
}

/// The people this person talks to, and the organisation's directory; `opened` gets the conversation with the one who was chosen.
@MainActor
@Observable
public final class ContactsModel: ScreenModel {
    public private(set) var search = ""
    /// Those with whom there is a conversation, the newest first.
    public private(set) var talking: [Contact] = []
    /// Others of the organisation, found by the search.
    public private(set) var found: [Contact] = []
    public private(set) var loading = true
    public private(set) var searching = false
    public private(set) var busy = false
    public private(set) var problem: Problem?

    @ObservationIgnored private let session: Session
    @ObservationIgnored private let opened: @MainActor (RoomId) -> Void
    @ObservationIgnored private var list: RoomList?
    @ObservationIgnored private var following: Following?
    @ObservationIgnored private var finding: Task<Void, Never>?

    init(_ session: Session, opened: @escaping @MainActor (RoomId) -> Void) {
        (self.session, self.opened) = (session, opened)
        following = Following({ [weak self] in try self?.people() }, failed: { [weak self] in self?.failed($0) }) { [weak self] in
            self?.show($0.rows)
        }
    }

    public func setSearch(_ search: String) {
        let same = search.trimmed == self.search.trimmed
        self.search = search
        list?.setSearch(search)
        if same { return }
        finding?.cancel()
        finding = Task { [weak self] in await self?.find(search.trimmed) }
    }

    /// Goes to the conversation with somebody, or begins it.
    public func open(_ contact: Contact) async {
        if busy { return }
        (busy, problem) = (true, nil)
        let room: RoomId? =
            if let room = contact.room { room } else { await attempt(failed) { try await session.createDirect(user: contact.user) } }
        busy = false
        if let room { opened(room) }
    }

    public func problemSeen() { problem = nil }

    public func close() {
        following?.end()
        finding?.cancel()
    }

    private func people() throws -> RoomList {
        let list = try session.roomList(filter: .people, page: 1_000)
        if !search.isEmpty { list.setSearch(search) }
        self.list = list
        return list
    }

    private func show(_ rooms: [RoomSummary]) {
        var seen: Set<UserId> = []
        talking = rooms.compactMap(contact).filter { seen.insert($0.user).inserted }
        loading = false
    }

    private func find(_ text: String) async {
        (found, searching, problem) = ([], !text.isEmpty, nil)
        if text.isEmpty { return }
        // Whoever types is not done yet.
        try? await Task.sleep(for: .milliseconds(250))
        if Task.isCancelled { return }
        let people = await attempt(failed) { try await session.findPeople(text: text, limit: 30) } ?? []
        if Task.isCancelled { return }
        let known = Set(talking.map(\.user) + [session.account().user])
        found = people.filter { !known.contains($0.user) }.map {
            Contact(user: $0.user, name: $0.name, avatar: $0.avatar, guest: isGuest($0.user), room: nil)
        }
        searching = false
    }

    private func contact(_ room: RoomSummary) -> Contact? {
        guard let user = room.directWith else { return nil }
        let name: String? =
            switch room.title {
            case .named(let text): text
            case .people(let names, _): names.first
            case .empty(let former): former.first
            }
        return Contact(user: user, name: name, avatar: room.avatar, guest: isGuest(user), room: room.id)
    }

    private func isGuest(_ user: UserId) -> Bool { (try? session.isGuest(user: user)) ?? false }

    private func failed(_ problem: Problem) { (self.problem, loading) = (problem, false) }
}
