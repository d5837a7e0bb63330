import Bulla
import Foundation
import Observation

/// A conversation's details and members; `left` is called when this person has left it.
@MainActor
@Observable
public final class RoomDetailsModel: ScreenModel {
    public private(set) var summary: RoomSummary?
    public private(set) var members: [Member] = []
    /// Why each action is refused, `.some(nil)` where it is allowed; empty until it is known.
    public private(set) var abilities: [RoomAction: Refusal?] = [:]
    /// Nobody could manage it any more once this person has left.
    public private(set) var lastAdministrator = false
    /// Who asks to come in.
    public private(set) var asking: [Member] = []
    /// Whether one may, as far as this screen has set it.
    public private(set) var knocking = false
    /// Who was sent a mail and has not come yet.
    public private(set) var mailed: [EmailInvitation] = []
    /// Whether people may be invited by their e-mail address.
    public let invitesByEmail: Bool
    public private(set) var loading = true
    public private(set) var busy = false
    public private(set) var problem: Problem?

    /// The user of this account.
    public let me: UserId
    /// Writing it out, where the shell has a place for that.
    public let export: Exporting?

    @ObservationIgnored private let session: Session
    @ObservationIgnored private let id: RoomId
    @ObservationIgnored private let pictures: (any PicturePort)?
    @ObservationIgnored private let left: @MainActor () -> Void
    @ObservationIgnored private var room: Room?
    @ObservationIgnored private var following: [Following] = []
    @ObservationIgnored private var looking: Task<Void, Never>?

    init(
        _ session: Session, _ room: RoomId, _ pictures: (any PicturePort)?, _ exports: (any ExportPort)?,
        left: @escaping @MainActor () -> Void
    ) {
        (self.session, id, self.pictures, self.left) = (session, room, pictures, left)
        me = session.account().user
        invitesByEmail = (try? session.mayInviteByEmail()) != nil
        export = exports.map { Exporting(session, room, $0) }
        let failed: @MainActor (Problem) -> Void = { [weak self] in self?.failed($0) }
        following = [
            Following({ [weak self] in try await self?.opened().summaries }, failed: failed) { [weak self] summary in
                self?.summary = summary
            },
            Following({ [weak self] in try await self?.opened().memberUpdates }, failed: failed) { [weak self] members in
                self?.show(members)
            },
            Following({ [weak self] in try await self?.opened().abilityUpdates }, failed: failed) { [weak self] abilities in
                self?.abilities = Dictionary(uniqueKeysWithValues: abilities.map { ($0.action, $0.refused) })
                Task { [weak self] in await self?.lookWhoWasMailed() }
            },
        ]
    }

    /// Who may be named to manage it before this person, the last who does, leaves: none where somebody else does.
    public var successors: [Member] {
        lastAdministrator ? members.filter { $0.user != me && $0.membership == .joined && !$0.guest } : []
    }

    public func may(_ action: RoomAction) -> Bool { abilities[action] == .some(nil) }

    /// This person among the members: what their role allows is the screen's to offer.
    public var mine: Member? { members.first { $0.user == me } }

    /// Whether this person may do something with the place of `member`.
    public func manages(_ member: Member) -> Bool {
        member.below && (!roles(for: member).isEmpty || may(.remove) || may(.ban))
    }

    /// The roles that `member` may be given.
    public func roles(for member: Member) -> [MemberRole] {
        guard member.below, may(.changeRoles), member.membership == .joined, !member.guest else { return [] }
        return [.administrator, .moderator, .participant].filter { $0 != member.role }
    }

    public func rename(_ name: String) async { await change { try await $0.setName(name: name.trimmed) } }

    public func setTopic(_ topic: String) async { await change { try await $0.setTopic(topic: topic.trimmed) } }

    /// The address that is typed, where somebody may be invited by theirs.
    public func email(in typed: String) -> String? { invitesByEmail ? emailAddress(text: typed) : nil }

    /// Invites somebody by their id, or by their e-mail address.
    public func invite(_ typed: String) async {
        guard let email = email(in: typed) else {
            await change { try await $0.invite(user: typed.trimmed) }
            return
        }
        await change {
            if let failure = try await $0.inviteEmails(emails: [email]).first?.failure { throw failure }
        }
        await lookWhoWasMailed()
    }

    public func revoke(_ invitation: EmailInvitation) async {
        await change { try await $0.revokeEmailInvitation(id: invitation.id) }
        if problem == nil { mailed.removeAll { $0.id == invitation.id } }
    }

    private func lookWhoWasMailed() async {
        guard invitesByEmail, may(.invite) else { return }
        if let mailed = await attempt({ _ in }, { try await opened().emailInvitations() }) { self.mailed = mailed }
    }

    public func setRole(_ user: UserId, _ role: MemberRole) async {
        await change { try await $0.setRole(user: user, role: role) }
    }

    public func remove(_ user: UserId) async { await change { try await $0.remove(user: user, reason: nil) } }

    public func ban(_ user: UserId) async { await change { try await $0.ban(user: user, reason: nil) } }

    public func openToGuests() async { await change { try await $0.openToGuests() } }

    public func setLinkAccess(_ on: Bool) async { await change { _ = try await $0.setLinkAccess(on: on) } }

    public func setKnocking(_ on: Bool) async {
        await change { try await $0.setKnocking(on: on) }
        if problem == nil { knocking = on }
    }

    public func answerKnock(_ user: UserId, _ letIn: Bool) async {
        await change { try await $0.answerKnock(user: user, letIn: letIn) }
        if problem == nil { asking.removeAll { $0.user == user } }
    }

    /// Whether there is a way to choose a picture.
    public var choosesPictures: Bool { pictures != nil }

    public func chooseAvatar() async {
        await change { [pictures] room in
            if let picture = try await pictures?.picture() { try await room.setAvatar(picture: picture) }
        }
    }

    public func removeAvatar() async { await change { try await $0.setAvatar(picture: nil) } }

    public func favourite(_ favourite: Bool) async { await change { try await $0.setFavourite(favourite: favourite) } }

    public func mute(_ muted: Bool) async { await change { try await $0.setMuted(muted: muted) } }

    /// The first thing that was said at or after a moment.
    public func findDay(_ at: Date) async -> EventId? {
        var found: EventId?
        await change { found = try await $0.eventAt(at: at) }
        return found
    }

    public func report(_ reason: String) async { await change { try await $0.report(reason: reason) } }

    /// Shows nothing any more of the one this conversation is with, and leaves it.
    public func ignore(_ user: UserId) async {
        let (session, id) = (session, id)
        await change { _ in
            try await session.setIgnored(user: user, ignored: true)
            try await session.leave(room: id)
        }
        if problem == nil { left() }
    }

    public func markUnread() async {
        await change { try await $0.setMarkedUnread(unread: true) }
        if problem == nil { left() }
    }

    public func leave() async {
        let (session, id) = (session, id)
        await change { _ in try await session.leave(room: id) }
        if problem == nil { left() }
    }

    /// Names somebody who manages it from now on, and leaves. Whom naming fails for, stays.
    public func leave(to successor: UserId) async {
        let (session, id) = (session, id)
        await change {
            try await $0.setRole(user: successor, role: .administrator)
            try await session.leave(room: id)
        }
        if problem == nil { left() }
    }

    public func problemSeen() { problem = nil }

    public func close() {
        following.forEach { $0.end() }
        looking?.cancel()
        export?.stop()
        room = nil
    }

    private func opened() async throws -> Room {
        if let room { return room }
        let opened = try await session.room(room: id)
        room = opened
        return opened
    }

    private func show(_ members: [Member]) {
        (self.members, loading) = (members, false)
        looking?.cancel()
        looking = Task { [weak self] in await self?.lookWhoIsLast() }
    }

    private func lookWhoIsLast() async {
        guard let last = await attempt(failed, { try await opened().isLastAdministrator() }) else { return }
        lastAdministrator = last
        guard let asking = await attempt({ _ in }, { try await opened().knocking() }) else { return }
        self.asking = asking
        if !asking.isEmpty { knocking = true }
    }

    private func change(_ command: (Room) async throws -> Void) async {
        (busy, problem) = (true, nil)
        _ = await attempt(failed) { try await command(opened()) }
        busy = false
    }

    private func failed(_ problem: Problem) { (self.problem, loading) = (problem, false) }
}
