import Bulla
import Testing

/// How a session stands with its server, and what waits to be sent.
@Suite(.beside, .ours)
struct StateTest {
    @Test func aSessionAttachesAndIsLive() async throws {
        let alice = try await Agent.on(0)
        let session = try await alice.restart()
        let states = try await within("live") {
            var states: [SessionState] = []
            for try await state in session.stateUpdates {
                states.append(state)
                if state == .live { break }
            }
            return states
        }
        #expect(states == [.attaching, .live])
    }

    @Test func aNetworkThatGoesAndComesBackIsSeen() async throws {
        let proxy = try await Proxy.before(0)
        let alice = try await Agent.behind(proxy)
        try await alice.session.live()
        try await proxy.set(.refuse)
        alice.session.networkChanged(change: .lost)
        try await alice.session.offline()
        try await proxy.heal()
        alice.session.networkChanged(change: .available)
        try await alice.session.live()
    }

    @Test func aPauseLeavesNoConnectionOpen() async throws {
        let proxy = try await Proxy.before(0)
        let (alice, bob) = (try await Agent.behind(proxy), try await Agent.on(1))
        let room = try await alice.meet(bob)
        try await alice.session.pause()
        try await alice.session.wait("paused") { $0 == .paused }
        try await within("no connection is open") { while try await proxy.stats().open > 0 { await Task.yield() } }
        let before = try await proxy.stats().requests(with: "/sync")
        let his = try await bob.conversation(room)
        try await his.sendText(markdown: "while you were away")
        try await his.delivered("while you were away")
        #expect(try await proxy.stats().requests(with: "/sync") == before)
        try await alice.session.resume()
        try await alice.session.live()
        try await alice.conversation(room).text("while you were away")
    }

    @Test func aMessageWrittenOfflineLeavesOnce() async throws {
        let proxy = try await Proxy.before(0)
        let (alice, bob) = (try await Agent.behind(proxy), try await Agent.on(1))
        let room = try await alice.meet(bob)
        let (hers, his) = (try await alice.conversation(room), try await bob.conversation(room))
        try await proxy.set(.refuse)
        alice.session.networkChanged(change: .lost)
        try await alice.session.offline()
        try await hers.sendText(markdown: "from the tunnel")
        try await hers.event("it waits") { $0.text == "from the tunnel" && $0.sendState.waits }

        try await proxy.heal()
        alice.session.networkChanged(change: .available)
        try await hers.delivered("from the tunnel")
        try await hers.sendText(markdown: "and after")
        let shown = try await his.rows.wait(for: "both") { $0.texts.contains("and after") ? $0.texts : nil }
        #expect(shown == ["from the tunnel", "and after"])
    }

    @Test func aMessageThatTheServerRefusesIsRetriedOrTakenBack() async throws {
        let proxy = try await Proxy.before(0)
        let (alice, bob) = (try await Agent.behind(proxy), try await Agent.on(1))
        let room = try await alice.meet(bob)
        let (hers, his) = (try await alice.conversation(room), try await bob.conversation(room))
        let refusal = Fault.respond(403, #"{"errcode": "M_FORBIDDEN", "error": "no"}"#, path: "/send/")
        let refused = SendState.failed(why: .rejected(code: "M_FORBIDDEN"), retrying: false)

        try await proxy.set(refusal)
        try await hers.sendText(markdown: "first")
        let first = try await hers.event("refused") { $0.text == "first" && $0.sendState == refused }
        try await proxy.heal()
        try await hers.retry(item: first.id)
        try await his.text("first")
        #expect(try await !hers.cancelSend(item: hers.delivered("first").id), "it has left")

        try await proxy.set(refusal)
        try await hers.sendText(markdown: "second")
        let second = try await hers.event("refused") { $0.text == "second" && $0.sendState == refused }
        #expect(try await hers.cancelSend(item: second.id))
        try await hers.rows.wait(for: "it is taken back") { $0.texts.contains("second") ? nil : () }
        try await proxy.heal()
        try await hers.sendText(markdown: "third")
        let shown = try await his.rows.wait(for: "the third") { $0.texts.contains("third") ? $0.texts : nil }
        #expect(shown == ["first", "third"])
    }
}

extension SendState {
    /// On its way, or stopped by what passes.
    fileprivate var waits: Bool {
        switch self {
        case .sending, .failed(_, retrying: true): true
        default: false
        }
    }
}
