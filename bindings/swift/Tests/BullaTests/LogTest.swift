import Bulla
import Foundation
import Testing

/// What the library logs. Alone, since there is one sink.
@Suite(.alone, .ours)
struct LogTest {
    @Test func linesComeUntilTheyAreTurnedOff() async throws {
        let lines = Lines()
        setLogSink(sink: lines, level: .debug)
        defer { setLogLevel(level: .off) }
        let alice = try await Agent.on(0)
        try await alice.session.live()
        try await alice.session.pause()
        try await lines.wait(for: "paused")
        #expect(lines.all.allSatisfy { $0.target.hasPrefix("bulla") && $0.level != .off })

        setLogLevel(level: .off)
        try await alice.session.resume()
        try await alice.session.live()
        try await alice.session.pause()
        setLogLevel(level: .debug)
        try await alice.session.resume()
        try await lines.wait(for: "live", times: 2)
        #expect(lines.all.filter { $0.text.contains("paused") }.count == 1, "the second pause was not told")
    }

    @Test func noLineHoldsANameATextOrASecret() async throws {
        let lines = Lines()
        setLogSink(sink: lines, level: .debug)
        defer { setLogLevel(level: .off) }
        let proxy = try await Proxy.before(0)
        let (alice, bob) = (try await Agent.behind(proxy), try await Agent.on(1))
        let room = try await alice.meet(bob)
        let (hers, his) = (try await alice.conversation(room), try await bob.conversation(room))
        try await hers.sendText(markdown: "canary one")
        let first = try await his.text("canary one")
        try await his.reply(to: first.id, markdown: "canary two")
        try await hers.edit(item: hers.delivered("canary one").id, markdown: "canary three")
        #expect(try await his.react(item: his.text("canary three").id, key: "canary four"))
        try await his.redact(item: his.delivered("canary two").id, reason: "canary five")
        try await hers.event("the redaction") { $0.body == .redacted }
        let group = try await alice.session.createGroup(
            draft: GroupDraft(name: "canary six", topic: "canary seven", invite: [bob.user.userId]))
        try await bob.accept(group)
        try await proxy.set(.respond(403, #"{"errcode": "M_FORBIDDEN", "error": "canary eight"}"#, path: "/send/"))
        try await hers.sendText(markdown: "canary nine")
        try await hers.event("the refusal") { if case .failed = $0.sendState { true } else { false } }
        try await proxy.set(.refuse)
        alice.session.networkChanged(change: .available)
        let session = try await alice.restart()
        try await session.pause()
        try await lines.wait(for: "paused")

        let people = [alice, bob].flatMap {
            [$0.user.userId, $0.user.localpart, $0.user.password, $0.session.account().device]
        }
        let canaries = people + ["canary", room, group, String(room.prefix(12)), try #require(first.event.eventId)]
        let leaks = lines.all.filter { line in canaries.contains { line.text.contains($0) || line.target.contains($0) }
        }
        #expect(leaks == [])
    }
}

/// Keeps every line.
private final class Lines: LogSink, @unchecked Sendable {
    private let lock = NSLock()
    private var lines: [LogRecord] = []
    private let news: AsyncStream<Void>
    private let tell: AsyncStream<Void>.Continuation

    init() {
        (news, tell) = AsyncStream.makeStream()
    }

    var all: [LogRecord] { lock.withLock { lines } }

    func log(record: LogRecord) throws {
        lock.withLock { lines.append(record) }
        tell.yield()
    }

    /// Waits for a line.
    func wait(for text: String, times: Int = 1) async throws {
        try await within("a line with \(text)") { [self] in
            for await _ in news where all.filter({ $0.text.contains(text) }).count >= times { break }
        }
    }
}
