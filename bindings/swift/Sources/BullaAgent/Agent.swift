import Bulla
import Foundation

/// One person's app, without a screen.
actor Agent {
    private var bulla: Bulla?
    private var session: Session?
    private var timeline: Timeline?
    private var room: Room?

    /// Does what an order says. A message is named by its text.
    func obey(_ order: Order) async throws -> Answer {
        switch order.what {
        case "discover":
            let found = try await library(order).discover(email: order.need(\.email)).instance
            return Answer(server: found.server, baseUrl: found.baseUrl)
        case "wait_must_choose":
            try await signedIn.stateUpdates.first("a temporary password") { $0 == .mustChoosePassword ? $0 : nil }
        case "refuse_rooms":
            let (session, friend) = (try signedIn, try order.need(\.user))
            return try await refused { _ = try await session.createDirect(user: friend) }
        case "choose_password":
            try await signedIn.changePassword(old: order.need(\.password), new: order.need(\.new))
        case "delete_account": return try await delete(order)
        case "sign_in":
            let session = try await library(order).signIn(
                homeserver: order.need(\.homeserver), user: order.need(\.user), password: order.need(\.password))
            self.session = session
            return Answer(account: session.account().id, user: session.account().user)
        case "open": return try await open(order)
        case "wait_live": try await signedIn.stateUpdates.first("live") { $0 == .live ? $0 : nil }
        case "create_direct": return Answer(room: try await signedIn.createDirect(user: order.need(\.user)))
        case "create_private":
            return Answer(room: try await signedIn.createGroup(draft: GroupDraft(name: order.need(\.text))))
        case "invite": try await named(order).invite(user: order.need(\.user))
        case "refuse_invite":
            let (room, user) = (try await named(order), try order.need(\.user))
            return try await refused { try await room.invite(user: user) }
        case "open_to_guests": try await named(order).openToGuests()
        case "make_administrator": try await named(order).setRole(user: order.need(\.user), role: .administrator)
        case "refuse_role":
            let (room, user) = (try await named(order), try order.need(\.user))
            return try await refused { try await room.setRole(user: user, role: .moderator) }
        case "refuse_create":
            let session = try signedIn
            return try await refused { try session.mayCreate(kind: .private) }
        case "refuse_browse":
            let session = try signedIn
            return try await refused { try session.mayBrowse() }
        case "wait_may":
            try await named(order).abilityUpdates.first("the right to give roles") {
                $0.first { $0.action == .changeRoles && $0.refused == nil }
            }
        case "wait_refusals":
            return Answer(
                refused: try await named(order).abilityUpdates.first("what a guest may not do") {
                    let refused = $0.filter { $0.refused == .guest }.map { "\($0.action)" }
                    return refused.isEmpty ? nil : refused.joined(separator: " ")
                })
        case "wait_invitation":
            return Answer(
                room: try await signedIn.roomList(filter: .invitations).first("an invitation") { $0.rows.first?.id })
        case "join": try await signedIn.join(room: order.need(\.room))
        case "open_room":
            let room = try await signedIn.room(room: order.need(\.room))
            (self.room, timeline) = (room, try await room.timeline())
        case "send": try await shown.sendText(markdown: order.need(\.text))
        case "reply": try await shown.reply(to: message(order.need(\.to)).id, markdown: order.need(\.text))
        case "edit": try await shown.edit(item: message(order.need(\.of)).id, markdown: order.need(\.text))
        case "react": _ = try await shown.react(item: message(order.need(\.to)).id, key: order.need(\.key))
        case "redact": try await shown.redact(item: message(order.need(\.of)).id, reason: nil)
        case "mark_read": try await shown.markRead()
        case "announce":
            try await shown.send(draft: MessageDraft(markdown: order.need(\.text), announcement: true))
        case "confirm": _ = try await shown.confirm(item: message(order.need(\.of)).id)
        case "wait_confirmed":
            let (text, reader) = (try order.need(\.text), try order.need(\.user))
            return try await seen(order) { $0.text == text && $0.announcement?.confirmed.contains(reader) == true }
        case "answer_in_thread": try await answerInThread(order.need(\.of), order.need(\.text))
        case "wait_thread":
            let text = try order.need(\.of)
            return try await seen(order) { $0.text == text && $0.threadSummary?.replies == 1 }
        case "poll":
            let days = try order.need(\.of).split(separator: "|").map(String.init)
            try await shown.sendPoll(draft: PollDraft(question: order.need(\.text), answers: days))
        case "vote": try await vote(order.need(\.of), order.need(\.key))
        case "wait_vote":
            let (question, answer) = (try order.need(\.of), try order.need(\.key))
            return try await seen(order) { $0.answers(to: question).contains { $0.text == answer && $0.votes == 1 } }
        case "send_ending":
            let draft = MessageDraft(markdown: try order.need(\.text), lifetime: .fromSending(after: 30))
            try await shown.send(draft: draft)
        case "wait_due":
            let text = try order.need(\.text)
            return try await seen(order) { $0.text == text && $0.isDue }
        case "wait_gone":
            let text = try order.need(\.text)
            try await shown.rows.first("\(text) is gone") { rows in
                rows.events.isEmpty || rows.events.contains { $0.event.text == text } ? nil : rows
            }
        case "send_once":
            try await shown.send(draft: MessageDraft(markdown: order.need(\.text), lifetime: .once))
        case "open_once":
            let item = try await shown.rows.first("a cover") { rows in rows.events.last { $0.event.isCovered }?.id }
            guard case .text(_, let plain, _) = try await shown.openOnce(item: item).body() else { throw Trouble("no text") }
            return Answer(text: plain)
        case "refuse_once":
            let (timeline, item) = (
                try shown,
                try await shown.rows.first("what was opened") { rows in
                    rows.events.last { !$0.event.mine && $0.event.isOpened }?.id
                }
            )
            return try await refused { _ = try await timeline.openOnce(item: item) }
        case "wait_opened":
            let reader = try order.need(\.user)
            return try await seen(order) { $0.mine && $0.ending?.openedBy.contains(reader) == true }
        case "send_file":
            try await shown.sendMedia(draft: MediaDraft(path: order.need(\.text), kind: .file))
            try await signedIn.uploadList.first("nothing left to send") { $0.isEmpty ? $0 : nil }
        case "open_file": return Answer(bytes: try await media(order.need(\.text)).open().size())
        case "refuse_file":
            let media = try await media(order.need(\.text))
            return try await refused { _ = try await media.open() }
        case "wait_text":
            let text = try order.need(\.text)
            return try await seen(order) { $0.text == text }
        case "wait_edited":
            let text = try order.need(\.text)
            return try await seen(order) { $0.text == text && $0.edited }
        case "wait_reply":
            let text = try order.need(\.text)
            return try await seen(order) { $0.text == text && $0.replyTo != nil }
        case "wait_reaction":
            let (text, key) = (try order.need(\.on), try order.need(\.key))
            return try await seen(order) { $0.text == text && $0.reactions.contains { $0.key == key } }
        case "wait_redacted": return try await seen(order) { $0.body == .redacted }
        case "wait_read_by":
            let reader = try order.need(\.user)
            return try await seen(order) { $0.mine && $0.readBy.contains { $0.user == reader } }
        case "pause": try await signedIn.pause()
        case "resume": try await signedIn.resume()
        case "show": return Answer(lines: try await shown.rows.first("the conversation") { $0.events.map(\.line) })
        case "shutdown":
            try await signedIn.shutdown()
            (session, timeline, room) = (nil, nil, nil)
        case "quit": break
        default: throw Trouble("\(order.what): not understood")
        }
        return Answer()
    }

    private func open(_ order: Order) async throws -> Answer {
        let clock = ContinuousClock()
        let begun = clock.now
        let session = try await library(order).open(account: order.need(\.account))
        let rooms = try await session.roomList().first("the list") { $0.rows.count }
        let time = clock.now - begun
        self.session = session
        let state = try await session.stateUpdates.first("a state") { $0 }
        let ms = Int(time.components.seconds) * 1_000 + Int(time.components.attoseconds / 1_000_000_000_000_000)
        return Answer(state: state.name, roomsFromStore: rooms, ms: ms)
    }

    private func delete(_ order: Order) async throws -> Answer {
        let session = try signedIn
        (timeline, room) = (nil, nil)
        try await session.deactivate(password: order.need(\.password), erase: true)
        self.session = nil
        return Answer(accountsLeft: try await bulla?.accounts().count)
    }

    private func named(_ order: Order) async throws -> Room {
        try await signedIn.room(room: order.need(\.room))
    }

    private func answerInThread(_ of: String, _ text: String) async throws {
        guard let room, let root = try await message(of).event.eventId else { throw Trouble("no conversation is open") }
        try await room.thread(root: root).sendText(markdown: text)
    }

    private func vote(_ question: String, _ answer: String) async throws {
        let poll = try await shown.rows.first(question) {
            $0.events.last { $0.event.eventId != nil && !$0.event.answers(to: question).isEmpty }
        }
        let chosen = poll.event.answers(to: question).filter { $0.text == answer }.map(\.id)
        try await shown.vote(item: poll.id, answers: chosen)
    }

    /// Succeeds where `work` is refused, and says why.
    private func refused(_ work: () async throws -> Void) async throws -> Answer {
        do {
            try await work()
        } catch let failure as Failure {
            return Answer(refused: "\(failure)")
        }
        throw Trouble("it was not refused")
    }

    private func library(_ order: Order) throws -> Bulla {
        if let bulla { return bulla }
        let folder = URL(fileURLWithPath: try order.need(\.folder))
        let keys = try KeyFiles(
            folder: folder.deletingLastPathComponent().appendingPathComponent("keys-\(folder.lastPathComponent)"))
        let trust = try order.manifest.map { Trust(keys: [try order.need(\.signedBy)], manifest: $0) }
        let config = Config(folder: folder.path, deviceName: "Bulla on Swift", trust: trust)
        let bulla = try Bulla(config: config, keys: keys)
        self.bulla = bulla
        return bulla
    }

    private var signedIn: Session {
        get throws {
            guard let session else { throw Trouble("not signed in") }
            return session
        }
    }

    private var shown: Timeline {
        get throws {
            guard let timeline else { throw Trouble("no conversation is open") }
            return timeline
        }
    }

    /// The message with this text, once the server has it.
    private func message(_ text: String) async throws -> Shown {
        try await shown.rows.first(text) {
            $0.events.last { $0.event.text == text && $0.event.sendState == .delivered }
        }
    }

    /// The file of this name, once it is there.
    private func media(_ name: String) async throws -> Media {
        let row = try await shown.rows.first(name) {
            $0.events.last { $0.event.eventId != nil && $0.event.fileName == name }
        }
        return try await shown.media(item: row.id)
    }

    private func seen(_ order: Order, _ wanted: @escaping @Sendable (EventItem) -> Bool) async throws -> Answer {
        let found = try await shown.rows.first(order.what) { $0.events.last { wanted($0.event) } }
        return Answer(from: found.event.sender, item: found.id)
    }
}

/// Keys that outlive the process, in files that only their owner can read. For a demo: an app keeps them where the
/// platform keeps secrets.
private final class KeyFiles: KeyStore {
    private let folder: URL

    init(folder: URL) throws {
        self.folder = folder
        let owners = [FileAttributeKey.posixPermissions: 0o700]
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: owners)
    }

    func load(name: String) throws -> Data? {
        let file = folder.appendingPathComponent(name).path
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        return FileManager.default.contents(atPath: file)
    }

    func save(name: String, key: Data) throws {
        let owners = [FileAttributeKey.posixPermissions: 0o600]
        guard
            FileManager.default.createFile(
                atPath: folder.appendingPathComponent(name).path, contents: key, attributes: owners)
        else {
            throw Failure.Storage(trouble: .unavailable)
        }
    }

    func erase(name: String) throws {
        let file = folder.appendingPathComponent(name)
        if FileManager.default.fileExists(atPath: file.path) { try FileManager.default.removeItem(at: file) }
    }
}

extension AsyncSequence {
    /// The first thing that `found` finds in an element.
    @discardableResult
    fileprivate func first<Found>(_ what: String, _ found: (Element) -> Found?) async throws -> Found {
        for try await element in self {
            if let found = found(element) { return found }
        }
        throw Trouble("\(what): the stream ended")
    }
}

extension SessionState {
    fileprivate var name: String {
        switch self {
        case .attaching: "Attaching"
        case .live: "Live"
        case .mustChoosePassword: "MustChoosePassword"
        case .expired: "Expired"
        case .erased: "Erased"
        case .offline: "Offline"
        case .paused: "Paused"
        case .signedOut: "SignedOut"
        case .failed: "Failed"
        }
    }
}

/// Something that someone said or did, and its row's name.
private struct Shown {
    let id: ItemId
    let event: EventItem

    /// As a line of a transcript: `10:02 alice: the text`.
    var line: String {
        let time = event.at.formatted(
            .verbatim(
                "\(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits)",
                locale: .current, timeZone: .current, calendar: .current))
        let who = event.senderName ?? String(event.sender.dropFirst().prefix { $0 != ":" })
        let answered = event.replyTo.map { _ in "↩ " } ?? ""
        let edited = event.edited ? " (edited)" : ""
        let reactions = event.reactions.map { " \($0.key)\($0.count > 1 ? "\($0.count)" : "")" }.joined()
        let sending = event.sendState == .delivered ? "" : " …"
        let thread = event.threadSummary.map { " (\($0.replies) in a thread)" } ?? ""
        let read = event.announcement.map { " (announcement, \($0.confirmed.count) confirmed)" } ?? ""
        return "\(time) \(who): \(answered)\(event.said)\(edited)\(read)\(thread)\(reactions)\(sending)"
    }
}

extension TimelineRows {
    fileprivate var events: [Shown] {
        rows.compactMap { if case .event(let event) = $0.content { Shown(id: $0.id, event: event) } else { nil } }
    }
}

extension EventItem {
    fileprivate var text: String? {
        if case .text(_, let plain, _) = body { plain } else { nil }
    }

    fileprivate var isCovered: Bool {
        if case .covered = body, !mine, eventId != nil { true } else { false }
    }

    fileprivate var isOpened: Bool { if case .opened = body { true } else { false } }

    fileprivate var isDue: Bool { if case .due = ending?.state { true } else { false } }

    fileprivate var fileName: String? {
        if case .media(_, let name, _, _, _) = body { name } else { nil }
    }

    /// The answers of the poll with this question; none of anything else.
    fileprivate func answers(to question: String) -> [PollAnswer] {
        if case .poll(question, let answers, _, _, _, _) = body { answers } else { [] }
    }

    fileprivate var said: String {
        switch body {
        case .poll(let question, let answers, _, _, _, _):
            "\(question) [\(answers.map { "\($0.text): \($0.votes.map(String.init) ?? "?")" }.joined(separator: ", "))]"
        case .text(_, let plain, _): plain
        case .redacted: "(deleted)"
        case .undecryptable(let why): "(cannot be read: \(why))"
        case .member(let user, _, let change, _): "(\(change): \(user))"
        case .state(let kind, let value): "(\(kind)\(value.map { ": \($0)" } ?? ""))"
        default: "(something else)"
        }
    }
}
