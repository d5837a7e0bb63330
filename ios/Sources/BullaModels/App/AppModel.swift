import Bulla
import Foundation
import Observation

/// The whole app: who is signed in, where the person is, what was set.
///
/// Sessions of several accounts stay open side by side, so that each keeps receiving; one is current.
@MainActor
@Observable
public final class AppModel {
    /// False until `start` has looked for accounts.
    public private(set) var started = false
    public private(set) var accounts: [AccountSummary] = []
    public private(set) var current: AccountSummary?
    public private(set) var route: [Route] = [.welcome]
    /// What holds the current account up.
    public private(set) var hold: Hold?
    /// Who belongs to the deployment, and what it asks for; nil until it is known.
    public private(set) var deployment: DeploymentStatus?
    /// Whether this version of the app may still be used; nil until it is known, and once the person has seen what is only news.
    public private(set) var gate: Gate?
    /// How the lock of the app stands; nil until it is known.
    public private(set) var stands: AppLockState?
    /// A link that waits for someone to sign in.
    public private(set) var pendingLink: Link?
    public internal(set) var problem: Problem?
    public private(set) var settings: Settings

    @ObservationIgnored let bulla: Bulla
    @ObservationIgnored private let store: any SettingsStore
    @ObservationIgnored let browser: (any BrowserPort)?
    @ObservationIgnored let camera: (any CameraPort)?
    @ObservationIgnored private let version: String
    @ObservationIgnored let owner: (any OwnerCheck)?
    @ObservationIgnored let pictures: (any PicturePort)?
    @ObservationIgnored let exports: (any ExportPort)?
    @ObservationIgnored let places: (any PlacePort)?
    @ObservationIgnored let files: (any FilePort)?
    @ObservationIgnored let sound: (any SoundPort)?
    @ObservationIgnored private var sessions: [AccountId: Session] = [:]
    @ObservationIgnored private let turns = Turns()
    @ObservationIgnored let models = ScreenModels<ModelKey>()
    @ObservationIgnored let drafts = Drafts()
    @ObservationIgnored let lock: AppLock
    @ObservationIgnored private var locking: Following?
    @ObservationIgnored private var watching: Following?
    /// What the person has seen of the version's end, or put off. It comes again with the next start.
    @ObservationIgnored private var seen: Gate?
    /// The address that the next new group begins with.
    @ObservationIgnored var handedOver: String?
    /// Where the person was when the app was locked.
    @ObservationIgnored private var left: (account: AccountId, way: [Route])?

    /// `version` is what this app is called to the manifest's minimum versions.
    public init(
        bulla: Bulla, settings store: any SettingsStore, browser: (any BrowserPort)? = nil, camera: (any CameraPort)? = nil,
        version: String = libraryVersion(), owner: (any OwnerCheck)? = nil, pictures: (any PicturePort)? = nil,
        exports: (any ExportPort)? = nil, files: (any FilePort)? = nil, sound: (any SoundPort)? = nil,
        places: (any PlacePort)? = nil
    ) {
        (self.files, self.sound) = (files, sound)
        (self.bulla, self.store, self.browser, self.camera) = (bulla, store, browser, camera)
        (self.version, self.owner, self.pictures, self.exports) = (version, owner, pictures, exports)
        self.places = places
        settings = store.load()
        lock = bulla.appLock()
    }

    /// Nothing may be shown before the lock is dealt with.
    public var lockedOut: Bool {
        switch stands {
        case .locked?, .wiped?, .off(required: true)?: true
        default: false
        }
    }

    /// Where the deployment says how its service fares, for whoever gets no answer from it.
    public var servicePage: ServicePage? { deployment?.manifest.flatMap(ServicePage.init(of:)) }

    /// Whether `codeSignIn` is to be offered: there is something to read a code with, or a server to show one for.
    public func offersCode(server: String) -> Bool { browser != nil && (camera != nil || !server.trimmed.isEmpty) }

    /// Where the person is.
    public var here: Route { route.last ?? .welcome }

    /// The conversation on the way, which two columns show beside the list.
    public var room: RoomId? {
        route.lazy.compactMap { if case .conversation(let room) = $0 { room } else { nil } }.first
    }

    /// The session of the current account, if one is open.
    public var session: Session? { current.flatMap { sessions[$0.id] } }

    /// Looks for accounts and opens the first.
    public func start() async {
        await readDeployment { try await $0.deployment() }
        stands =
            await attempt(failed) {
                for try await now in lock.stateUpdates { return now }
                return nil
            } ?? nil
        if !lockedOut { await enter() }
        started = true
        locking = Following({ [lock] in lock.stateUpdates }, failed: { [weak self] in self?.failed($0) }) { [weak self] in
            self?.lockStands($0)
        }
    }

    /// Opens the account that was current, or the first, where the person was.
    private func enter() async {
        guard let found = await attempt(failed, { try await bulla.accounts() }) else { return }
        accounts = found
        let before = left
        left = nil
        guard let next = found.first(where: { $0.id == before?.account }) ?? found.first else { return }
        await open(next.id)
        if let before, before.account == next.id { go(before.way) }
    }

    private func lockStands(_ now: AppLockState) {
        let out = lockedOut
        stands = now
        switch now {
        case .locked, .wiped: if !out { leaveLocked() }
        default: if out, !lockedOut { Task { await enter() } }
        }
    }

    /// The core has closed every session: nothing of them stays.
    private func leaveLocked() {
        left = current.map { ($0.id, route) }
        watching?.end()
        models.keep { $0.route == .appLock }
        sessions = [:]
        (accounts, current, hold, problem) = ([], nil, nil, nil)
        route = [.welcome]
    }

    /// Everything was erased after too many wrong PINs: back to the start.
    public func leaveWiped() {
        left = nil
        stands = .off(required: deployment?.rules.appLock.on == true)
        // Its key opens nothing any more.
        if let owner, owner.kept {
            Task { _ = await attempt(failed) { try await lock.forbidPlatform(platform: owner) } }
        }
    }

    /// What the device's management says of this app: it narrows what the deployment allows.
    public func setManaged(_ map: [String: String]) async {
        await readDeployment { try await $0.setManaged(map: map) }
    }

    /// Makes an account current.
    public func open(_ account: AccountId) async {
        await turns.take { [self] in
            _ = await attempt(failed) { await show(try await opened(account).account()) }
        }
    }

    /// Someone has signed in.
    public func signedIn(_ session: Session) async {
        let account = session.account()
        sessions[account.id] = session
        accounts = await attempt(failed) { try await bulla.accounts() } ?? (accounts + [account])
        await show(account)
    }

    /// Shows the way to one more account.
    public func addAccount() { go(.signIn) }

    /// Signs an account out and forgets it. `evenOffline` erases it here although the server cannot be told. What went wrong
    /// is the problem afterwards.
    public func signOut(_ account: AccountId, evenOffline: Bool = false) async {
        await turns.take { [self] in
            _ = await attempt(failed) {
                try await opened(account).signOut(evenOffline: evenOffline)
                try await forget(account)
            }
        }
    }

    /// Leaves the current account, of which nothing is left here.
    public func leaveErased() async {
        await turns.take { [self] in
            guard let account = current?.id else { return }
            _ = await attempt(failed) { try await forget(account) }
        }
    }

    /// The current account is in order again, or the person looks at what is there although it is not.
    public func goOn() {
        guard let before = hold else { return }
        hold = nil
        // What they asked for was refused.
        if before == .choosePassword { models.keep { [current] in $0.account != current?.id } }
    }

    /// Back to how an expired account is renewed.
    public func renew() { hold = .expired }

    /// Opens a link that came from elsewhere.
    public func openLink(_ text: String) async {
        _ = await attempt(failed) { try await follow(parseLink(text: text)) }
    }

    /// Goes a step back; false when there is none.
    @discardableResult
    public func back() -> Bool {
        if route.count < 2 { return false }
        go(Array(route.dropLast()))
        return true
    }

    /// Goes one step on.
    public func go(_ step: Route) { go(route + [step]) }

    /// Shows a conversation, with the list as the step before.
    public func openRoom(_ room: RoomId) { go([.rooms, .conversation(room)]) }

    /// Shows a space, one step on where another is shown: one goes back to the space that it is in.
    public func openSpace(_ room: RoomId) {
        if case .space = here { go(.space(room)) } else { go([.rooms, .space(room)]) }
    }

    /// Where a group is made, as a space.
    public func beginSpace() {
        go(.newGroup)
        newConversation(.newGroup)?.kind = .space
    }

    /// Back to the list.
    public func home() { go([current == nil ? .welcome : .rooms]) }

    public func problemSeen() { problem = nil }

    /// The person has seen that there is a newer version, or puts it off until the next start.
    public func gateSeen() {
        seen = gate
        gate = nil
    }

    /// Keeps what the person has set.
    public func set(_ settings: Settings) {
        store.save(settings)
        self.settings = settings
    }

    /// Nobody sees the app any more: it is locked before long, also where its sessions catch up now and then.
    public func hidden() async { _ = await attempt(failed) { try await lock.background() } }

    /// It is seen again.
    public func shown() async { _ = await attempt(failed) { try await lock.foreground() } }

    /// Its sessions rest.
    public func pause() async { await everySession { try await $0.pause() } }

    public func resume() async { await everySession { try await $0.resume() } }

    /// What the platform says of the network.
    public func networkChanged(_ change: NetworkChange) {
        for session in sessions.values { session.networkChanged(change: change) }
    }

    /// Closes every session. The accounts stay signed in.
    public func close() async {
        models.keep { _ in false }
        watching?.end()
        locking?.end()
        let open = sessions.values
        sessions = [:]
        for session in open { _ = await attempt({ _ in }) { try await session.shutdown() } }
    }

    private func go(_ way: [Route]) {
        route = way
        // Lists stay: coming back finds them where they were.
        models.keep { [lockedOut] key in
            key.route == .appLock && lockedOut || key.account != nil && key.hold == nil && key.route == .rooms
                || (key.account == nil || key.account == current?.id) && (key.hold != nil || way.contains(key.route))
        }
    }

    private func readDeployment(_ read: (Bulla) async throws -> DeploymentStatus) async {
        guard let read = await attempt(failed, { try await read(bulla) }) else { return }
        deployment = read
        let language =
            switch settings.language {
            case .system: Locale.current.language.languageCode?.identifier ?? ""
            case .french: "fr"
            case .english: "en"
            }
        let now = await attempt(failed) { try await bulla.gate(version: version, language: language) }
        gate = now == seen ? nil : now
    }

    /// A damaged store is mended once: nothing in it is the only copy.
    private func opened(_ account: AccountId) async throws -> Session {
        if let session = sessions[account] { return session }
        let session: Session
        do {
            session = try await bulla.open(account: account)
        } catch Failure.Storage(.corrupt) {
            _ = try await bulla.repair(account: account)
            session = try await bulla.open(account: account)
        }
        sessions[account] = session
        return session
    }

    private func show(_ account: AccountSummary) async {
        (current, hold, problem) = (account, nil, nil)
        watch()
        go([.rooms])
        guard let link = pendingLink else { return }
        pendingLink = nil
        _ = await attempt(failed) { try await follow(link) }
    }

    /// Follows what holds the current account up.
    private func watch() {
        watching?.end()
        watching = session.map { session in
            Following({ session.stateUpdates }, failed: { _ in }) { [weak self] state in
                guard let self, self.session === session else { return }
                if let now = Hold.after(state, hold) { hold = now } else { goOn() }
            }
        }
    }

    private func forget(_ account: AccountId) async throws {
        if current?.id == account { watching?.end() }
        sessions[account] = nil
        models.keep { $0.account != account }
        drafts.forget(account)
        accounts = try await bulla.accounts()
        if current?.id == account { (current, hold) = (nil, nil) }
        if current != nil {
            go([.rooms])
        } else if let next = accounts.first {
            await show(try await opened(next.id).account())
        } else {
            go([.welcome])
        }
    }

    private func follow(_ link: Link) async throws {
        guard let session else {
            pendingLink = link
            return
        }
        switch link {
        case .room(let room, let event, _):
            guard try await isMember(of: room, session) else { return go([.rooms, .offer(link)]) }
            openRoom(room)
            if let event { go(.part(room, .around(event))) }
        case .alias: go([.rooms, .offer(link)])
        case .person(let user): go([.rooms, .newConversation(with: user)])
        }
    }

    private func isMember(of room: RoomId, _ session: Session) async throws -> Bool {
        do {
            return try await session.room(room: room).summary().membership == .joined
        } catch Failure.NotFound {
            return false
        }
    }

    private func everySession(_ command: (Session) async throws -> Void) async {
        for session in sessions.values { _ = await attempt(failed) { try await command(session) } }
    }

    private func failed(_ problem: Problem) { self.problem = problem }
}
