import Bulla
import Foundation
import Observation

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

    /// Whether what is sent asks for a confirmation that it was read.
    public private(set) var announcing = false
    /// How long what is sent next lives; nil where it lives as the conversation has it.
    public private(set) var lifetime: Lifetime?
    /// People who may be meant by the `@…` at the end of the draft.
    public private(set) var suggestions: [Member] = []
    /// Emoji that may be meant by the `:…` at the end of the draft.
    public private(set) var emoji: [Emoji] = []
    /// Why each action is refused, `.some(nil)` where it is allowed; empty until it is known.
    public private(set) var abilities: [RoomAction: Refusal?] = [:]
    /// What a message that was edited said before, while somebody looks at it.
    public private(set) var versions: [MessageVersion]?
    /// Who has read a message, while somebody looks at it.
    public private(set) var readers: [Reader]?
    /// What an event is on the wire, while somebody looks at it.
    public private(set) var source: String?
    /// In a thread: whether this account follows it; nil until it is known.
    public private(set) var follows: Bool?
    /// Where the message that is being forwarded may go.
    public private(set) var forwarding: Forwarding?
    /// Around a moment: whether what was said last is reached.
    public private(set) var atEnd = false

    /// None for the conversation itself.
    public let part: Part?
    public let room: RoomId
    /// The user of this account.
    public let me: UserId
    /// Files, pictures and voice.
    @ObservationIgnored public private(set) var media: ConversationMedia! = nil
    /// Where this person is, as it changes.
    @ObservationIgnored public private(set) var sharing: PlaceSharing! = nil

    /// What is to leave later; nil in parts of a conversation.
    public let scheduling: Scheduling?
    public let commands = Commands()
    /// A place that is about to be sent, while somebody chooses it.
    public private(set) var placing: Placing?

    @ObservationIgnored private let places: (any PlacePort)?
    @ObservationIgnored private let went: @MainActor (CommandOutcome) -> Void
    @ObservationIgnored private let session: Session
    @ObservationIgnored private let kept: Draft
    @ObservationIgnored private var opening: Task<Opened, any Error>?
    @ObservationIgnored private var following: [Following] = []
    @ObservationIgnored private var toldTyping = false
    @ObservationIgnored private var mentions: [Mention] = []
    @ObservationIgnored private var asking: Task<Void, Never>?
    @ObservationIgnored private var keeping: Task<Void, Never>?
    @ObservationIgnored private let saves = AsyncStream.makeStream(of: SavedDraft?.self, bufferingPolicy: .bufferingNewest(1))
    /// The events that were there when the newest one left the screen.
    @ObservationIgnored private var known: Set<ItemId> = []

    private struct Opened: Sendable {
        let room: Room
        let timeline: Timeline
    }

    /// `went` is told when a command has led elsewhere: into a room, or out of this one.
    init(
        _ session: Session, _ room: RoomId, draft: Draft, part: Part? = nil, ports: MediaPorts = MediaPorts(),
        places: (any PlacePort)? = nil,
        went: @escaping @MainActor (CommandOutcome) -> Void = { _ in }
    ) {
        (self.session, self.room, kept, self.part, self.places, self.went) = (session, room, draft, part, places, went)
        scheduling = part == nil ? Scheduling(session, room) : nil
        mentions = draft.saved?.mentions ?? []
        me = session.account().user
        self.draft = draft.text
        media = ConversationMedia(
            session, room, part, ports,
            timeline: { [weak self] in
                guard let self else { throw CancellationError() }
                return try await opened().timeline
            },
            lifetime: { [weak self] in self?.lifetime }, sent: { [weak self] in self?.lifetime = nil },
            rows: { [weak self] in self?.rows ?? [] })
        sharing = PlaceSharing(
            places, failed: { [weak self] in self?.problem = $0 },
            room: { [weak self] in
                guard let self else { throw CancellationError() }
                return try await opened().room
            })
        following = [
            Following({ [weak self] in try await self?.opened().timeline.rows }, failed: { [weak self] in self?.broken($0) }) {
                [weak self] in self?.show($0)
            },
            Following({ [weak self] in try await self?.opened().room.summaries }, failed: { [weak self] in self?.broken($0) }) {
                [weak self] in self?.summary = $0
            },
            Following({ [weak self] in try await self?.opened().room.abilityUpdates }, failed: { _ in }) { [weak self] abilities in
                self?.abilities = Dictionary(uniqueKeysWithValues: abilities.map { ($0.action, $0.refused) })
            },
            Following({ session.stateUpdates }, failed: { _ in }) { [weak self] in self?.connection = $0 },
        ]
        if case .thread(let root) = part {
            asking = Task { [weak self] in
                guard let self else { return }
                follows = await attempt({ _ in }, { try await opened().room.followsThread(root: root) })
            }
        }
        if part == nil {
            let saved = saves.stream
            keeping = Task { [weak self] in
                await self?.takeUpDraft()
                for await draft in saved { await self?.keep(draft) }
            }
        }
    }

    public var canSend: Bool { !draft.trimmed.isEmpty }

    public func setDraft(_ text: String) {
        draft = text
        if !isEditing { begun(text) }
        tellTyping(canSend)
        suggest(text)
        if !isEditing { commands.suggest(text) }
    }

    /// Puts a command that was suggested in the place of what was typed of it.
    public func put(_ hint: CommandHint) { setDraft(hint.typed + (hint.arguments.isEmpty ? "" : " ")) }

    /// Puts the name of somebody who was suggested in the place of what was typed of it.
    public func mention(_ member: Member) {
        guard let at = draft.lastIndex(of: "@") else { return }
        let name = "@" + (member.name ?? String(member.user.dropFirst()))
        mentions.append(Mention(text: name, user: member.user))
        setDraft(draft[..<at] + name + " ")
    }

    /// Puts an emoji that was suggested in the place of what was typed of its name.
    public func put(_ emoji: Emoji) {
        guard let at = draft.lastIndex(of: ":") else { return }
        setDraft(draft[..<at] + emoji.text + " ")
    }

    /// `@room` stands in the draft and would mean nobody.
    public var mayNotMeanEverybody: Bool {
        draft.contains("@room") && (abilities[.mentionEverybody] ?? nil) != nil
    }

    public func setLifetime(_ lifetime: Lifetime?) { self.lifetime = lifetime }

    public func setAnnouncing(_ announcing: Bool) { self.announcing = announcing }

    public func may(_ action: RoomAction) -> Bool { abilities[action] == .some(nil) }

    /// Sends, answers or changes, as the mode says. What is refused comes back into the composer.
    public func send() async {
        guard canSend else { return }
        if !isEditing {
            switch commands.read(draft, abilities) {
            case .message: break
            case .run(let command): return await run(command)
            case .answered: return
            }
        }
        let (asked, mode, text, named, announcing) = (draft, mode, draft.trimmed, mentions, announcing)
        let lifetime = lifetime
        clearComposer()
        await command { timeline in
            switch mode {
            case .edit(let item, _): try await timeline.edit(item: item, markdown: text, mentions: named)
            case .reply(let item, _):
                try await timeline.send(
                    draft: MessageDraft(
                        markdown: text, mentions: named, replyTo: item, announcement: announcing, lifetime: lifetime))
            case .write:
                try await timeline.send(
                    draft: MessageDraft(markdown: text, mentions: named, announcement: announcing, lifetime: lifetime))
            }
        } failed: { problem in
            self.problem = problem
            self.mentions = named
            if self.draft.isEmpty { self.draft = asked }
            self.mode = mode
        }
    }

    /// Sends what looks like a command and is none.
    public func sendAsMessage() async {
        commands.answerSeen()
        // One slash more says that none is meant.
        draft = "/" + draft.trimmed
        await send()
    }

    private func run(_ command: Command) async {
        let asked = draft
        clearComposer()
        let done = await attempt({ self.problem = $0 }) { try await opened().room.run(wanted: command) }
        switch done {
        case nil: if draft.isEmpty { setDraft(asked) }
        case .help: commands.answer = .help
        case .done: break
        case let elsewhere?: went(elsewhere)
        }
    }

    /// Has the draft leave at a moment. It stays in the composer where that was refused.
    public func sendLater(at moment: Date) async {
        guard canSend, let scheduling else { return }
        if await scheduling.schedule(draft.trimmed, at: moment) { clearComposer() }
    }

    /// Begins to send a place, where one may.
    public func beginPlace() async {
        _ = await attempt({ self.problem = $0 }) {
            try session.maySendPlace()
            placing = Placing(places)
        }
    }

    public func sendPlace() async {
        guard let asked = placing, let place = asked.place else { return }
        placing = nil
        let about = asked.about.trimmed
        await command {
            try await $0.sendLocation(place: place, description: about.isEmpty ? nil : about)
        } failed: { problem in
            self.problem = problem
            self.placing = asked
        }
    }

    public func stopPlace() { placing = nil }

    /// What is unread in a thread, where it can be told.
    public func threadReading(_ root: EventId) async -> ThreadReading? {
        await attempt({ _ in }) { try await opened().room.threadReading(root: root) }
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

    /// Looks at what a message said before it was edited.
    public func showVersions(_ item: ItemId) async { await command { versions = try await $0.history(item: item) } }

    /// Looks at who has read a message.
    public func showReaders(_ item: ItemId) async { await command { readers = try await $0.readers(item: item) } }

    public func hideReaders() { readers = nil }

    /// Looks at what an event is on the wire.
    public func showSource(_ item: ItemId) async { await command { source = try await $0.source(item: item) } }

    public func hideSource() { source = nil }

    /// Follows the thread, or no longer.
    public func follow(_ follows: Bool) async {
        guard case .thread(let root) = part else { return }
        _ = await attempt({ self.problem = $0 }) {
            try await opened().room.setFollowsThread(root: root, follows: follows)
            self.follows = follows
        }
    }

    /// Goes on in the room that took this one's place; `opened` gets it.
    public func goOn(_ opened: @MainActor (RoomId) -> Void) async {
        if let room = await attempt({ self.problem = $0 }, { try await self.opened().room.follow() }) { opened(room) }
    }

    /// Goes to the room whose place this one took, as far as this person was in it.
    public func goBack(_ opened: @MainActor (RoomId) -> Void) async {
        guard let before = summary?.predecessor else { return }
        _ = await attempt({ self.problem = $0 }) {
            guard try await session.room(room: before).summary().membership == .joined else { throw Failure.NotFound(what: .room) }
            opened(before)
        }
    }

    public func hideVersions() { versions = nil }

    /// Asks where a message is to go.
    public func chooseForward(_ item: ItemId) async {
        _ = await attempt({ self.problem = $0 }) {
            var rooms: [RoomSummary] = []
            for try await list in try session.roomList() {
                rooms = list.rows.filter { $0.membership == .joined && $0.id != room }
                break
            }
            forwarding = Forwarding(item: item, rooms: rooms)
        }
    }

    public func forward(_ rooms: [RoomId]) async {
        guard let asked = forwarding else { return }
        await command {
            let failed = try await $0.forward(item: asked.item, rooms: rooms).count { $0.failure != nil }
            forwarding = failed == 0 ? nil : Forwarding(item: asked.item, rooms: asked.rooms, failed: failed)
        }
    }

    public func stopForward() { forwarding = nil }

    /// Loads newer messages, where the conversation is shown around a moment.
    public func newer() async {
        guard case .around = part, !atEnd, !loading else { return }
        await command { if try await $0.paginateForward(count: 40) { atEnd = true } }
    }

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

    public func markRead() async {
        switch part {
        case .around, .pinned: return
        case .thread, nil: break
        }
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
        media.end()
        sharing.end()
        keeping?.cancel()
        asking?.cancel()
        for stream in following { stream.end() }
        opening = nil
    }

    private var isEditing: Bool { if case .edit = mode { true } else { false } }

    /// The room and its conversation, opened once, whoever asks first; again after it failed.
    private func opened() async throws -> Opened {
        let task =
            opening
            ?? Task { [session, room, part] in
                let room = try await session.room(room: room)
                let timeline =
                    switch part {
                    case nil: try await room.timeline()
                    case .thread(let root): try await room.thread(root: root)
                    case .around(let event): try await room.around(event: event)
                    case .pinned: try await room.pinned()
                    }
                return Opened(room: room, timeline: timeline)
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
            mentions = []
            begun("")
            draft = ""
        }
        (mode, announcing, lifetime, suggestions, emoji) = (.write, false, nil, [], [])
        commands.suggest("")
        tellTyping(false)
    }

    /// Takes up what was begun before the last start.
    private func takeUpDraft() async {
        guard kept.saved == nil, draft.isEmpty else { return }
        guard let found = await attempt({ _ in }, { try await opened().room.draft() }), let saved = found else { return }
        guard draft.isEmpty else { return }
        (mentions, draft, kept.saved) = (saved.mentions, saved.text, saved)
    }

    private func keep(_ draft: SavedDraft?) async {
        _ = await attempt({ _ in }) { try await opened().room.setDraft(draft: draft) }
    }

    private func begun(_ text: String) {
        let named = mentions.filter { text.contains($0.text) }
        kept.saved = text.isEmpty ? nil : SavedDraft(text: text, mentions: named, purpose: .write)
        saves.continuation.yield(kept.saved)
    }

    /// Who is meant by an `@` and letters after it at the end of `text`, and which emoji by a `:`.
    private func suggest(_ text: String) {
        let named = text.firstMatch(of: /(?:^|\s):([\w+-]{2,30})$/).map { suggestEmoji(begun: String($0.1), limit: 8) } ?? []
        if named != emoji { emoji = named }
        guard let begun = text.firstMatch(of: /(?:^|\s)@([\p{L}\p{N}._-]{0,30})$/) else {
            suggestions = []
            return
        }
        let sought = String(begun.1)
        Task { [weak self] in
            guard let self else { return }
            let found = await attempt({ _ in }) { try await opened().room.suggestPeople(begun: sought, limit: 5) }
            if let found, draft == text { suggestions = found }
        }
    }

    private func tellTyping(_ now: Bool) {
        if toldTyping == now { return }
        toldTyping = now
        // Nobody waits for it, and nothing is lost when it fails.
        Task { [weak self] in _ = await attempt({ _ in }) { try await self?.opened().room.setTyping(typing: now) } }
    }

    func event(_ item: ItemId) -> EventItem? { rows.first { $0.id == item }?.event }

    func command(_ work: (Timeline) async throws -> Void, failed: ((Problem) -> Void)? = nil) async {
        _ = await attempt(failed ?? { self.problem = $0 }) { try await work(opened().timeline) }
    }

    private func broken(_ problem: Problem) { (loading, streamProblem) = (false, problem) }
}
