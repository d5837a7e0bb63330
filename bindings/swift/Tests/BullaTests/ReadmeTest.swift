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
