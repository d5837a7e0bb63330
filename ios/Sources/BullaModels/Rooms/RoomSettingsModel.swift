import Bulla
import Observation

/// What is set for a conversation, for everybody and for this person alone; `opened` gets the one that took its place.
@MainActor
@Observable
public final class RoomSettingsModel: ScreenModel {
    public private(set) var summary: RoomSummary?
    /// Why each action is refused, `.some(nil)` where it is allowed; empty until it is known.
    public private(set) var abilities: [RoomAction: Refusal?] = [:]
    /// The room that took this one's place from here, and who could not be invited into it.
    public private(set) var upgraded: UpgradedRoom?
    public private(set) var busy = false
    public private(set) var problem: Problem?

    /// What an address of this account's server ends in.
    public let server: String

    @ObservationIgnored private let session: Session
    @ObservationIgnored private let id: RoomId
    @ObservationIgnored private let opened: @MainActor (RoomId) -> Void
    @ObservationIgnored private var held: Room?
    @ObservationIgnored private var following: [Following] = []

    init(_ session: Session, _ room: RoomId, opened: @escaping @MainActor (RoomId) -> Void) {
        (self.session, id, self.opened) = (session, room, opened)
        server = session.account().user.split(separator: ":", maxSplits: 1).last.map(String.init) ?? ""
        let failed: @MainActor (Problem) -> Void = { [weak self] in self?.problem = $0 }
        following = [
            Following({ [weak self] in try await self?.room().summaries }, failed: failed) { [weak self] in self?.summary = $0 },
            Following({ [weak self] in try await self?.room().abilityUpdates }, failed: failed) { [weak self] abilities in
                self?.abilities = Dictionary(uniqueKeysWithValues: abilities.map { ($0.action, $0.refused) })
            },
        ]
    }

    public func may(_ action: RoomAction) -> Bool { abilities[action] == .some(nil) }

    public var notInvited: Int { upgraded?.invited.count { $0.failure != nil } ?? 0 }

    /// Who may read what was said before: what would be refused is not among it.
    public var histories: [HistoryAccess] {
        let all: [HistoryAccess] = [.joined, .invited, .shared, .anyone]
        return all.filter { $0 != .anyone || summary?.encrypted == false || summary?.history == $0 }
    }

    public func setNotifications(_ notifications: RoomNotifications) async {
        await change { try await $0.setNotifications(notifications: notifications) }
    }

    public func setLowPriority(_ low: Bool) async { await change { try await $0.setLowPriority(low: low) } }

    public func setHistory(_ history: HistoryAccess) async { await change { try await $0.setHistory(history: history) } }

    /// `name` is what stands between `#` and `:`; a whole address is taken, too.
    public func setAddress(_ name: String) async {
        var name = name.trimmed
        if name.hasPrefix("#") { name.removeFirst() }
        if name.hasSuffix(":" + server) { name.removeLast(server.count + 1) }
        let wanted = name
        await change { _ = try await $0.setAlias(name: wanted) }
    }

    public func removeAddress() async { await change { _ = try await $0.setAlias(name: nil) } }

    /// Moves everybody into a new room. Whoever could not be invited is told of before it is gone to.
    public func upgrade() async {
        await change { upgraded = try await $0.upgrade() }
        if let upgraded, notInvited == 0 { opened(upgraded.successor) }
    }

    /// Goes to the room that took this one's place.
    public func goOn() async { await change { opened(try await $0.follow()) } }

    public func problemSeen() { problem = nil }

    public func close() {
        following.forEach { $0.end() }
        held = nil
    }

    private func room() async throws -> Room {
        if let held { return held }
        let room = try await session.room(room: id)
        held = room
        return room
    }

    private func change(_ command: (Room) async throws -> Void) async {
        (busy, problem) = (true, nil)
        _ = await attempt({ self.problem = $0 }) { try await command(room()) }
        busy = false
    }
}
