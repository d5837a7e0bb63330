import Bulla
import Foundation
import Testing

/// What the README shows is compiled and run.
@Suite(.beside, .ours)
struct ReadmeTest {
    @Test func theSnippetOfTheReadmeRuns() async throws {
        let (device, me, bob) = (try Device(), try await Deployment.newUser(on: 0), try await Agent.on(1))
        let screen = Screen()
        let running = Task { try await snippet(device.folder.path, device.keys, me, bob.user.userId, screen) }
        let friend = bob.user.userId
        try await screen.wait(for: "the conversation in the list") { rooms, _ in
            rooms.contains { $0.directWith == friend }
        }
        try await screen.wait(for: "the message") { _, messages in messages.texts == ["Hello **there**"] }
        running.cancel()
        try await within("the snippet's end") { try await running.value }
        try await bob.session.row("the invitation") { $0.invitedBy == me.userId }
    }

    @Test func anAddressLeadsIn() async throws {
        let (office, user) = (try await Office.before(0), try await Deployment.newUser(on: 0))
        let email = try await Deployment.giveEmail(user)
        try await Deployment.makeTemporary(user)
        try await office.list(email, at: office.server)
        let device = try Device(trust: office.trust)
        let app = OauthApp(
            name: "Bulla", website: "https://bulla.example.org/", callback: "org.example.bulla:/callback")
        let session = try await signIn(device.bulla, email, app, Someone(user: user))
        #expect(session.account().user == user.userId)
        try await session.shutdown()
    }
}

private func snippet(_ folder: String, _ keys: KeyStore, _ me: User, _ friend: UserId, _ screen: Screen) async throws {
    // snippet:swift
    let bulla = try Bulla(config: Config(folder: folder, deviceName: "My laptop"), keys: keys)
    let session = try await bulla.signIn(homeserver: me.homeserver, user: me.userId, password: me.password)

    // The rooms: what is known at once, then whenever the list changes, until the task is cancelled.
    async let list: Void = {
        for try await list in try session.roomList() { screen.show(list.rows) }
    }()

    // A conversation: found or made, written to, and shown.
    let room = try await session.room(room: session.createDirect(user: friend))
    let conversation = try await room.timeline()
    try await conversation.sendText(markdown: "Hello **there**")
    for try await messages in conversation.rows { screen.show(messages) }
    // end
    try await list
}

private func signIn(_ bulla: Bulla, _ email: String, _ app: OauthApp, _ person: Someone) async throws -> Session {
    // snippet:sign-in
    let found = try await bulla.discover(email: email)
    let server = found.instance.baseUrl
    let session: Session
    if found.instance.signIn.contains(.oauth) {
        let attempt = try await bulla.beginSignIn(homeserver: server, app: app, start: OauthStart(hint: found.email))
        // The address that the system's browser comes back to.
        let callback = try await person.browses(attempt.url())
        session = try await attempt.finish(callbackUrl: callback)
    } else {
        session = try await bulla.signIn(homeserver: server, user: found.email, password: person.password())
    }
    // An account whose password is temporary opens nothing before it has one of its own.
    for try await state in session.stateUpdates where state == .mustChoosePassword || state == .live {
        if state == .live { break }
        try await session.changePassword(old: person.password(), new: person.newPassword())
    }
    // end
    return session
}

/// Who sits before the app.
private struct Someone {
    let user: User

    func browses(_ url: String) async throws -> String { throw Trouble("nobody has a browser here: \(url)") }

    func password() -> String { user.password }

    func newPassword() -> String { "girafe velours tambour 8" }
}

private final class Screen: @unchecked Sendable {
    private let lock = NSLock()
    private var rooms: [RoomSummary] = []
    private var messages = TimelineRows()
    private let (news, tell) = AsyncStream.makeStream(of: Void.self)

    func show(_ rows: [RoomSummary]) {
        lock.withLock { rooms = rows }
        tell.yield()
    }

    func show(_ rows: TimelineRows) {
        lock.withLock { messages = rows }
        tell.yield()
    }

    func wait(for what: String, _ shown: @escaping @Sendable ([RoomSummary], TimelineRows) -> Bool) async throws {
        try await within(what) { [self] in
            repeat {
                if lock.withLock({ shown(rooms, messages) }) { return }
            } while await news.first { true } != nil
        }
    }
}
