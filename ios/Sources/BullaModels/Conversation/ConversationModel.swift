import Bulla
import Observation

/// What the composer does when something is sent.
public enum Mode: Equatable, Sendable {
    case write
    case reply(ItemId, EventItem)
    case edit(ItemId, EventItem)
}

/// One conversation and its composer.
@MainActor
@Observable
public final class ConversationModel: ScreenModel {
    public private(set) var summary: RoomSummary?
    public private(set) var rows: [TimelineItem] = []
    public private(set) var typing: [UserId] = []
    /// Names of those who are typing, as they stand at what they said here.
    public private(set) var names: [UserId: String] = [:]
    public private(set) var draft = ""
    public private(set) var mode = Mode.write
    public private(set) var connection = SessionState.attaching
    /// Until the first batch.
    public private(set) var loading = true
    public private(set) var loadingOlder = false
    public private(set) var atStart = false
    /// Whether the newest row is on the screen.
    public private(set) var atNewest = true
    /// How many messages of others came while it was not.
    public private(set) var newBelow = 0
    /// The conversation itself cannot be shown.
    public private(set) var streamProblem: Problem?
    /// A command failed.
    public private(set) var problem: Problem?

    public let room: RoomId
    /// The user of this account.
    public let me: UserId

    @ObservationIgnored private let session: Session
    @ObservationIgnored private let kept: Draft
    @ObservationIgnored private var opening: Task<Opened, any Error>?
    @ObservationIgnored private var following: [Following] = []
    @ObservationIgnored private var toldTyping = false
    /// The events that were there when the newest one left the screen.
    @ObservationIgnored private var known: Set<ItemId> = []

    private struct Opened: Sendable {
        let room: Room
        let timeline: Timeline
    }

    init(_ session: Session, _ room: RoomId, draft: Draft) {
        (self.session, self.room, kept) = (session, room, draft)
        me = session.account().user
        self.draft = draft.text
        following = [
            Following({ [weak self] in try await self?.opened().timeline.rows }, failed: { [weak self] in self?.broken($0) }) {
                [weak self] in self?.show($0)
            },
            Following({ [weak self] in try await self?.opened().room.summaries }, failed: { [weak self] in self?.broken($0) }) {
                [weak self] in self?.summary = $0
            },
            Following({ session.stateUpdates }, failed: { _ in }) { [weak self] in self?.connection = $0 },
        ]
    }

    public var canSend: Bool { !draft.trimmed.isEmpty }

    public func setDraft(_ text: String) {
        draft = text
        if !isEditing { kept.text = text }
        tellTyping(canSend)
    }

    /// Sends, answers or changes, as the mode says. What is refused comes back into the composer.
    public func send() async {
        guard canSend else { return }
        let (asked, mode, text) = (draft, mode, draft.trimmed)
        clearComposer()
        await command { timeline in
            switch mode {
            case .write: try await timeline.sendText(markdown: text)
            case .reply(let item, _): try await timeline.reply(to: item, markdown: text)
            case .edit(let item, _): try await timeline.edit(item: item, markdown: text)
            }
        } failed: { problem in
            self.problem = problem
            if self.draft.isEmpty { self.draft = asked }
            self.mode = mode
        }
    }

    public func reply(_ item: ItemId) {
        guard let event = event(item) else { return }
        if isEditing { draft = kept.text }
        mode = .reply(item, event)
    }

    public func edit(_ item: ItemId) {
        guard let event = event(item), event.canEdit else { return }
        mode = .edit(item, event)
        draft = if case .text(_, let plain, _) = event.body { plain } else { "" }
    }

    /// Edits the last message of this person that can be changed.
    public func editLast() {
        if let last = rows.last(where: { $0.event.map { $0.mine && $0.canEdit } ?? false }) { edit(last.id) }
    }

    /// Back to writing; what was begun before is there again.
    public func stopReplyOrEdit() {
        if isEditing { draft = kept.text }
        mode = .write
    }

    public func retry(_ item: ItemId) async { await command { try await $0.retry(item: item) } }

    public func cancelSend(_ item: ItemId) async { await command { _ = try await $0.cancelSend(item: item) } }

    public func react(_ item: ItemId, _ key: String) async { await command { _ = try await $0.react(item: item, key: key) } }

    public func redact(_ item: ItemId) async { await command { try await $0.redact(item: item, reason: nil) } }

    /// Loads older messages, one page at a time.
    public func older() async {
        if loadingOlder || atStart || loading { return }
        loadingOlder = true
        let start = await attempt({ if $0 != .offline { self.problem = $0 } }) {
            try await opened().timeline.paginateBack(count: 40)
        }
        if start == true { atStart = true }
        loadingOlder = false
    }

    /// Begins a poll.
    public func sendPoll(_ draft: PollDraft) async { await command { try await $0.sendPoll(draft: draft) } }

    /// Chooses an answer, or takes it back where it was chosen. Where one alone may be chosen, it takes the place of the other.
    public func vote(_ item: ItemId, _ answer: String) async {
        guard case .poll(_, let answers, let maxChoices, _, _, _) = event(item)?.body else { return }
        let before = answers.filter(\.mine).map(\.id)
        let chosen =
            if before.contains(answer) { before.filter { $0 != answer } } else if maxChoices > 1 { before + [answer] } else {
                [answer]
            }
        await command { try await $0.vote(item: item, answers: chosen) }
    }

    public func closePoll(_ item: ItemId) async { await command { try await $0.closePoll(item: item) } }

    public func markRead() async {
        await command {
            try await $0.markRead()
        } failed: { _ in
        }
    }

    /// The newest row came onto the screen, or left it.
    public func setAtNewest(_ atNewest: Bool) {
        if self.atNewest, !atNewest { known = Set(rows.filter { $0.event != nil }.map(\.id)) }
        self.atNewest = atNewest
        if atNewest { newBelow = 0 }
    }

    public func jumpToNewest() { setAtNewest(true) }

    public func problemSeen() { problem = nil }

    /// Asks for the conversation again after it could not be shown.
    public func retryStream() {
        (loading, streamProblem) = (rows.isEmpty, nil)
        opening = nil
        for stream in following { stream.again() }
    }

    public func close() {
        for stream in following { stream.end() }
        opening = nil
    }

    private var isEditing: Bool { if case .edit = mode { true } else { false } }

    /// The room and its conversation, opened once, whoever asks first; again after it failed.
    private func opened() async throws -> Opened {
        let task =
            opening
            ?? Task { [session, room] in
                let room = try await session.room(room: room)
                return Opened(room: room, timeline: try await room.timeline())
            }
        opening = task
        do {
            return try await task.value
        } catch {
            if opening == task { opening = nil }
            throw error
        }
    }

    private func show(_ shown: TimelineRows) {
        if !atNewest { newBelow = shown.rows.countOfOthers(below: known) }
        if typing != shown.typing { names = shown.rows.names(of: shown.typing) }
        (rows, typing) = (shown.rows, shown.typing)
        if rows.first?.content == .start { atStart = true }
        (loading, streamProblem) = (false, nil)
    }

    private func clearComposer() {
        if isEditing {
            draft = kept.text
        } else {
            kept.text = ""
            draft = ""
        }
        mode = .write
        tellTyping(false)
    }

    private func tellTyping(_ now: Bool) {
        if toldTyping == now { return }
        toldTyping = now
        // Nobody waits for it, and nothing is lost when it fails.
        Task { [weak self] in _ = await attempt({ _ in }) { try await self?.opened().room.setTyping(typing: now) } }
    }

    private func event(_ item: ItemId) -> EventItem? { rows.first { $0.id == item }?.event }

    private func command(_ work: (Timeline) async throws -> Void, failed: ((Problem) -> Void)? = nil) async {
        _ = await attempt(failed ?? { self.problem = $0 }) { try await work(opened().timeline) }
    }

    private func broken(_ problem: Problem) { (loading, streamProblem) = (false, problem) }
}

extension TimelineItem {
    /// What someone said or did, if the row is about that.
    public var event: EventItem? { if case .event(let event) = content { event } else { nil } }
}

extension [TimelineItem] {
    fileprivate func names(of users: [UserId]) -> [UserId: String] {
        users.reduce(into: [:]) { names, user in names[user] = last { $0.event?.sender == user }?.event?.senderName }
    }

    /// How many messages of others stand below the last of those that were `known`; none where all are others.
    fileprivate func countOfOthers(below known: Set<ItemId>) -> Int {
        guard let at = lastIndex(where: { known.contains($0.id) }) else { return 0 }
        return self[(at + 1)...].count { $0.event?.mine == false }
    }
}
