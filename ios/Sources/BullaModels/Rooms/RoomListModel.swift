import Bulla
import Observation

/// The list of conversations.
@MainActor
@Observable
public final class RoomListModel: ScreenModel {
    public private(set) var filter = RoomFilter.all
    public private(set) var search = ""
    public private(set) var rows: [RoomSummary] = []
    /// How many rooms the filter and the search admit, shown or not.
    public private(set) var total = 0
    public private(set) var invitations = 0
    public private(set) var connection = SessionState.attaching
    /// Until the first batch.
    public private(set) var loading = true
    /// The session has ended softly, and the password brings it back.
    public private(set) var wantsPassword = false
    /// The browser is open to bring it back, and is waited for.
    public private(set) var browsing = false
    /// Rooms that a command is about.
    public private(set) var busy: Set<RoomId> = []
    /// How far marking everything as read is, while it runs and until the person has seen it.
    public private(set) var marking: MarkedRead?
    /// The list itself cannot be shown.
    public private(set) var listProblem: Problem?
    /// A command failed.
    public private(set) var problem: Problem?

    @ObservationIgnored private let session: Session
    @ObservationIgnored private let browser: (any BrowserPort)?
    @ObservationIgnored private var list: RoomList?
    @ObservationIgnored private var following: [Following] = []

    init(_ session: Session, _ browser: (any BrowserPort)? = nil) {
        (self.session, self.browser) = (session, browser)
        following = [
            Following({ [weak self] in try self?.opened() }, failed: { [weak self] in self?.broken($0) }) { [weak self] in
                self?.show($0)
            },
            Following({ try session.roomList(filter: .invitations, page: 1) }, failed: { _ in }) { [weak self] in
                self?.invitations = Int($0.total)
            },
            Following({ session.stateUpdates }, failed: { _ in }) { [weak self] in self?.connection = $0 },
        ]
    }

    public var empty: Bool { !loading && rows.isEmpty && listProblem == nil }

    public func setFilter(_ filter: RoomFilter) {
        self.filter = filter
        list?.setFilter(filter)
    }

    public func setSearch(_ search: String) {
        self.search = search
        list?.setSearch(search)
    }

    /// Shows one page more, where there is one.
    public func more() {
        if rows.count < total { list?.more() }
    }

    /// Asks for the list again after it could not be shown.
    public func retry() {
        (loading, listProblem) = (true, nil)
        following.first?.again()
    }

    public func accept(_ room: RoomId) async { await busy(room) { try await $0.join(room: room) } }

    public func decline(_ room: RoomId) async { await busy(room) { try await $0.decline(room: room) } }

    public func favourite(_ room: RoomId, _ favourite: Bool) async {
        await busy(room) { try await $0.room(room: room).setFavourite(favourite: favourite) }
    }

    public func mute(_ room: RoomId, _ muted: Bool) async {
        await busy(room) { try await $0.room(room: room).setMuted(muted: muted) }
    }

    public func leave(_ room: RoomId) async { await busy(room) { try await $0.leave(room: room) } }

    /// The session has ended softly: the browser brings it back where it signed this account in, and the password otherwise.
    public func comeBack() async {
        if browsing { return }
        problem = nil
        guard let browser else { return wantsPassword = true }
        browsing = true
        _ = await attempt({ $0 == .refused(code: "OAUTH_UNSUPPORTED") ? (wantsPassword = true) : failed($0) }) {
            try await session.comeBack(by: browser)
        }
        browsing = false
    }

    /// Not now.
    public func stayAway() { wantsPassword = false }

    public func signInAgain(_ password: Password) async {
        wantsPassword = false
        _ = await attempt(failed) { try await session.signInAgain(password: password) }
    }

    /// Marks every conversation as read.
    public func markAllRead() async {
        _ = await attempt({ self.problem = $0 }) {
            let all = try session.markAllRead()
            while let told = try await all.next() { marking = told }
        }
    }

    public func markingSeen() { marking = nil }

    public func problemSeen() { problem = nil }

    public func close() {
        for stream in following { stream.end() }
        list = nil
    }

    private func opened() throws -> RoomList {
        let list = try session.roomList(filter: filter)
        if !search.isEmpty { list.setSearch(search) }
        self.list = list
        return list
    }

    private func show(_ shown: RoomRows) {
        rows = shown.rows
        total = Int(shown.total)
        (loading, listProblem) = (false, nil)
    }

    private func busy(_ room: RoomId, _ command: (Session) async throws -> Void) async {
        busy.insert(room)
        _ = await attempt(failed) { try await command(session) }
        busy.remove(room)
    }

    private func failed(_ problem: Problem) { self.problem = problem }

    private func broken(_ problem: Problem) { (loading, listProblem) = (false, problem) }
}
