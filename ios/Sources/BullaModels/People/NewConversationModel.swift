import Bulla
import Observation

/// Finds people and begins a conversation with one, a group or a space; `created` gets the room and what it is.
@MainActor
@Observable
public final class NewConversationModel: ScreenModel {
    public private(set) var search = ""
    /// What `found` was found for; none until the first answer.
    public private(set) var searched: String?
    public private(set) var found: [Person] = []
    public private(set) var searching = false
    public private(set) var chosen: [Person] = []
    /// The address that is typed, where people may be invited by theirs.
    public private(set) var email: String?
    /// Whoever is to be invited by address.
    public private(set) var emails: [String] = []
    /// The group that is there already, though not everybody could be invited to it.
    public private(set) var made: RoomId?
    /// Whether one may look through the forums.
    public let mayBrowse: Bool
    public var groupName = "" { didSet { problem = nil } }
    public var topic = "" { didSet { problem = nil } }
    /// What a group may be: the first is what is proposed.
    public let kinds: [RoomKind]
    public var kind = RoomKind.private { didSet { problem = nil } }
    public private(set) var busy = false
    public private(set) var problem: Problem?

    @ObservationIgnored private let session: Session
    @ObservationIgnored private let created: @MainActor (RoomId, RoomKind) -> Void
    @ObservationIgnored private let invitesByEmail: Bool
    @ObservationIgnored private var finding: Task<Void, Never>?

    init(_ session: Session, with user: UserId?, created: @escaping @MainActor (RoomId, RoomKind) -> Void) {
        (self.session, self.created) = (session, created)
        let kinds: [RoomKind] = [.private, .privateWithGuests, .privateUnencrypted, .forum, .space]
        self.kinds = kinds.filter { (try? session.mayCreate(kind: $0)) != nil }
        mayBrowse = (try? session.mayBrowse()) != nil
        invitesByEmail = (try? session.mayInviteByEmail()) != nil
        if let user { setSearch(user) }
    }

    public var nobody: Bool { !searching && !search.trimmed.isEmpty && searched == search && found.isEmpty }

    public func setSearch(_ search: String) {
        let same = search.trimmed == self.search.trimmed
        self.search = search
        email = invitesByEmail ? emailAddress(text: search) : nil
        if same { return }
        finding?.cancel()
        finding = Task { [weak self] in await self?.find(search.trimmed) }
    }

    public func choose(_ person: Person) {
        if chosen.contains(where: { $0.user == person.user }) { return }
        chosen.append(person)
        setSearch("")
    }

    /// Has the address that is typed be invited with the others.
    public func chooseEmail(_ email: String) {
        if !emails.contains(email) { emails.append(email) }
        setSearch("")
    }

    /// The same with one that was typed on the screen before.
    func takingOver(_ email: inout String?) -> NewConversationModel {
        if let email { chooseEmail(email) }
        email = nil
        return self
    }

    public func removeEmail(_ email: String) { emails.removeAll { $0 == email } }

    public func remove(_ user: UserId) { chosen.removeAll { $0.user == user } }

    public func createDirect(_ user: UserId) async {
        await create(.direct) { try await $0.createDirect(user: user) }
    }

    public func createGroup() async {
        let topic = topic.trimmed
        let draft = GroupDraft(
            name: groupName.trimmed, topic: topic.isEmpty ? nil : topic, invite: chosen.map(\.user), kind: kind)
        await create(kind) { [weak self] in
            let room: RoomId
            if let made = self?.made { room = made } else { room = try await $0.createGroup(draft: draft) }
            self?.made = room
            try await self?.inviteByEmail(room)
            return room
        }
    }

    /// Whoever could not be invited stays to be tried again.
    private func inviteByEmail(_ room: RoomId) async throws {
        if emails.isEmpty { return }
        let invited = try await session.room(room: room).inviteEmails(emails: emails)
        emails = invited.filter { $0.failure != nil }.map(\.email)
        if let failure = invited.compactMap(\.failure).first { throw failure }
    }

    public func problemSeen() { problem = nil }

    public func close() { finding?.cancel() }

    private func find(_ text: String) async {
        if text.isEmpty {
            (found, searching, searched) = ([], false, nil)
            return
        }
        searching = true
        // Whoever types is not done yet.
        try? await Task.sleep(for: .milliseconds(250))
        if Task.isCancelled { return }
        let answer = await attempt(failed) { try await session.findPeople(text: text, limit: 30) }
        if Task.isCancelled { return }
        (found, searching, searched) = (answer ?? [], false, search)
    }

    private func create(_ kind: RoomKind, _ make: (Session) async throws -> RoomId) async {
        if busy { return }
        (busy, problem) = (true, nil)
        if let room = await attempt(failed, { try await make(session) }) {
            await session.shows(room, of: kind, within: .seconds(15))
            created(room, kind)
        }
        busy = false
    }

    private func failed(_ problem: Problem) { self.problem = problem }
}

extension AppModel {
    /// Begins a group with whoever has this address.
    public func newGroup(with email: String) {
        handedOver = email
        go(.newGroup)
    }
}

extension Session {
    /// Waits for a room that was just made: it may not have come by sync yet. It is opened even so when it takes too long.
    fileprivate func shows(_ room: RoomId, of kind: RoomKind, within patience: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                guard let list = try? self.roomList(filter: kind == .space ? .spaces : .all, page: 100) else { return }
                do {
                    for try await shown in list where shown.rows.contains(where: { $0.id == room }) { return }
                } catch {
                    // What is wrong with the list is said where the list is shown.
                }
            }
            group.addTask { try? await Task.sleep(for: patience) }
            await group.next()
            group.cancelAll()
        }
    }
}
