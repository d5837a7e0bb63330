import Bulla
import Foundation
import Testing

/// What the app hands in may fail in any way: that is a failure, never a crash. Alone, since there is one log sink.
@Suite(.alone, .ours)
struct PanicTest {
    @Test func aKeyStoreThatThrowsIsAFailure() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bulla-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let keys = TroubledKeys()
        let bulla = try Bulla(config: Config(folder: folder.path, deviceName: "Bulla test"), keys: keys)
        let user = try await Deployment.newUser(on: 0)
        @Sendable func signIn() async throws -> Session {
            try await bulla.signIn(homeserver: user.homeserver, user: user.userId, password: user.password)
        }

        keys.trouble = Trouble("a text that may hold anything")
        await #expect(throws: Failure.Unexpected(reference: "port")) { try await signIn() }
        keys.trouble = Failure.Storage(trouble: .unavailable)
        await #expect(throws: Failure.Storage(trouble: .unavailable)) { try await signIn() }
        keys.trouble = nil
        let first = try await signIn()
        let account = first.account().id
        try await first.shutdown()
        keys.trouble = Trouble("a text that may hold anything")
        await #expect(throws: Failure.Unexpected(reference: "port")) { try await bulla.open(account: account) }
        keys.trouble = nil
        let session = try await bulla.open(account: account)
        try await session.live()
        keys.trouble = Trouble("a text that may hold anything")
        await #expect(throws: Failure.Unexpected(reference: "port")) { try await session.signOut(evenOffline: false) }
        try await session.shutdown()
        // It is signed out, and what could not be erased goes at the next start.
        await #expect(throws: Failure.NotFound(what: .account)) { try await bulla.open(account: account) }
        #expect(try await bulla.accounts() == [])

        keys.trouble = nil
        try await bulla.erase(account: account)
    }

    @Test func aLogSinkThatThrowsIsIgnored() async throws {
        let sink = ThrowingSink()
        setLogSink(sink: sink, level: .debug)
        defer { setLogLevel(level: .off) }
        let alice = try await Agent.on(0)
        try await alice.session.live()
        try await within("a line") { for await _ in sink.called { break } }
        try await alice.session.pause()
        try await alice.session.resume()
        try await alice.session.live()
    }
}

/// Keys in memory, until there is trouble.
private final class TroubledKeys: KeyStore, @unchecked Sendable {
    private let lock = NSLock()
    private let keys = Keys()
    private var now: (any Error)?

    var trouble: (any Error)? {
        get { lock.withLock { now } }
        set { lock.withLock { now = newValue } }
    }

    private func check() throws {
        if let trouble { throw trouble }
    }

    func load(name: String) throws -> Data? {
        try check()
        return try keys.load(name: name)
    }

    func save(name: String, key: Data) throws {
        try check()
        try keys.save(name: name, key: key)
    }

    func erase(name: String) throws {
        try check()
        try keys.erase(name: name)
    }
}

private final class ThrowingSink: LogSink {
    let called: AsyncStream<Void>
    private let tell: AsyncStream<Void>.Continuation

    init() {
        (called, tell) = AsyncStream.makeStream()
    }

    func log(record: LogRecord) throws {
        tell.yield()
        throw Trouble("a text that may hold anything")
    }
}
