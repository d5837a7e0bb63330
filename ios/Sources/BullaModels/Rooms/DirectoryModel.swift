import Bulla
import Observation

/// Rooms that one is not in: those that servers list, or the one that a link names. `opened` gets the one that one is in then.
@MainActor
@Observable
public final class DirectoryModel: ScreenModel {
    public private(set) var search = ""
    /// Whose directories may be looked into; none but one's own where the deployment names no others.
    public let servers: [String]
    /// Whose is; nil for one's own.
    public private(set) var server: String?
    public private(set) var rooms: [RoomOffer] = []
    public private(set) var next: String?
    public private(set) var loading = true
    public private(set) var busy = false
    /// Rooms that this person has asked to come into from here.
    public private(set) var asked: Set<RoomId> = []
    public private(set) var problem: Problem?

    @ObservationIgnored private let session: Session
    @ObservationIgnored private let link: Link?
    @ObservationIgnored private let opened: @MainActor (RoomId) -> Void
    @ObservationIgnored private var asking: Task<Void, Never>?

    init(_ session: Session, servers: [String], link: Link?, opened: @escaping @MainActor (RoomId) -> Void) {
        (self.session, self.servers, self.link, self.opened) = (session, servers, link, opened)
        again()
    }

    public func setSearch(_ search: String) {
        self.search = search
        ask(after: .milliseconds(300))
    }

    public func setServer(_ server: String?) {
        self.server = server
        ask()
    }

    /// Asks again for what could not be had.
    public func again() { ask() }

    /// Loads the next page.
    public func more() async {
        guard let after = next else { return }
        let (text, server) = (search.trimmed, server)
        let page = await attempt(failed) { try await session.directory(text: text, server: server, after: after) }
        guard let page, next == after else { return }
        (rooms, next) = (rooms + page.rooms, page.next)
    }

    /// Comes in.
    public func join(_ offer: RoomOffer) async {
        await work {
            try await session.joinThrough(room: offer.id, via: offer.via)
            opened(offer.id)
        }
    }

    public func open(_ room: RoomId) { opened(room) }

    /// Asks those who are in it to be let in.
    public func knock(_ offer: RoomOffer, _ reason: String) async {
        let reason = reason.trimmed.isEmpty ? nil : reason.trimmed
        await work {
            try await session.knock(room: offer.id, via: offer.via, reason: reason)
            asked.insert(offer.id)
        }
    }

    public func close() { asking?.cancel() }

    private func ask(after pause: Duration = .zero) {
        asking?.cancel()
        (loading, problem) = (true, nil)
        asking = Task { [weak self] in
            if pause > .zero, (try? await Task.sleep(for: pause)) == nil { return }
            await self?.load()
        }
    }

    private func load() async {
        let (text, server) = (search.trimmed, server)
        if let link {
            if let offer = await attempt(failed, { try await session.lookAt(link: link) }) { (rooms, loading) = ([offer], false) }
        } else if let page = await attempt(failed, { try await session.directory(text: text, server: server, after: nil) }) {
            (rooms, next, loading) = (page.rooms, page.next, false)
        }
    }

    private func work(_ command: () async throws -> Void) async {
        (busy, problem) = (true, nil)
        _ = await attempt(failed, command)
        busy = false
    }

    private func failed(_ problem: Problem) { (self.problem, loading) = (problem, false) }
}
