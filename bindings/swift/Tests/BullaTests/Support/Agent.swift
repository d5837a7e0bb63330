import Bulla
import Foundation

/// One person's app: an account in a folder of its own.
final class Agent: Sendable {
    let user: User
    let device: Device
    let session: Session

    private init(user: User, device: Device, session: Session) {
        (self.user, self.device, self.session) = (user, device, session)
    }

    /// A new user of a server, signed in there.
    static func on(_ server: Int) async throws -> Agent {
        let user = try await Deployment.newUser(on: server)
        return try await at(user.homeserver, user)
    }

    /// A new user of a server, signed in through a proxy before it.
    static func behind(_ proxy: Proxy, on server: Int = 0) async throws -> Agent {
        try await at(proxy.url, Deployment.newUser(on: server))
    }

    /// A new user of a server of a deployment, signed in where its manifest says.
    static func on(_ server: Int, at url: String, trusting trust: Trust) async throws -> Agent {
        try await at(url, Deployment.newUser(on: server), trust)
    }

    private static func at(_ homeserver: String, _ user: User, _ trust: Trust? = nil) async throws -> Agent {
        let device = try Device(trust: trust)
        let session = try await device.bulla.signIn(homeserver: homeserver, user: user.userId, password: user.password)
        return Agent(user: user, device: device, session: session)
    }

    /// Two people on two servers, in an encrypted direct conversation.
    static func two() async throws -> (alice: Agent, bob: Agent, room: RoomId) {
        async let alice = on(0)
        async let bob = on(1)
        return try await (alice, bob, alice.meet(bob))
    }

    /// Invites `other` into a direct conversation, and they come in.
    func meet(_ other: Agent) async throws -> RoomId {
        try await session.live()
        try await other.session.live()
        let room = try await session.createDirect(user: other.user.userId)
        try await other.accept(room)
        try await session.row("both in the room") { $0.id == room && $0.members == 2 }
        return room
    }

    /// Accepts the invitation to `room` once it is there.
    func accept(_ room: RoomId) async throws {
        // Two given users of somebody else's server may have met before.
        try await session.row("the invitation") { $0.id == room && [.invited, .joined].contains($0.membership) }
        try await session.join(room: room)
    }

    /// Waits for the invitation to `room`.
    @discardableResult
    func invitation(to room: RoomId) async throws -> RoomSummary {
        try await session.row("the invitation") { $0.id == room && $0.membership == .invited }
    }

    /// Closes the session and opens the account again, as a new start of the app would.
    func restart() async throws -> Session {
        try await session.shutdown()
        return try await device.bulla.open(account: session.account().id)
    }

    /// The conversation in `room`.
    func conversation(_ room: RoomId) async throws -> Timeline {
        try await session.room(room: room).timeline()
    }
}

/// What an app has on a device: a folder, a key store, the library.
final class Device: Sendable {
    let folder: URL
    let keys = Keys()
    let bulla: Bulla

    init(trust: Trust?) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("bulla-\(UUID().uuidString)")
        bulla = try Bulla(config: Self.config(folder, trust), keys: keys)
    }

    convenience init(trusting manifest: String? = nil) throws {
        try self.init(trust: manifest.map(Self.trust))
    }

    func config(trusting manifest: String) -> Config {
        Self.config(folder, Self.trust(manifest))
    }

    private static func config(_ folder: URL, _ trust: Trust?) -> Config {
        Config(folder: folder.path, deviceName: "Bulla test", trust: trust)
    }

    private static func trust(_ manifest: String) -> Trust {
        Trust(keys: [Manifests.key, Manifests.strictKey], manifest: manifest)
    }

    /// Whether no account has left a file or a key on it.
    var isEmpty: Bool {
        keys.count == 0 && (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) == []
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }
}

/// Keys in memory.
final class Keys: KeyStore, @unchecked Sendable {
    private let lock = NSLock()
    private var keys: [String: Data] = [:]

    var all: [String: Data] { lock.withLock { keys } }
    var count: Int { all.count }

    func load(name: String) throws -> Data? {
        lock.withLock { keys[name] }
    }

    func save(name: String, key: Data) throws {
        lock.withLock { keys[name] = key }
    }

    func erase(name: String) throws {
        lock.withLock { keys[name] = nil }
    }
}
