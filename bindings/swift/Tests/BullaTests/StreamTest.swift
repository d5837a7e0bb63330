import Bulla
import Testing

/// Streams begin whole, end when told, and leave nothing behind.
/// Alone, since live objects are counted in the whole process.
@Suite(.alone, .ours)
struct StreamTest {
    @Test func tenThousandStreamsLeaveNothingBehind() async throws {
        let (alice, timeline) = try await someone()
        let before = liveObjects()
        try await within("10,000 streams") {
            for number in 0..<10_000 {
                switch number % 3 {
                case 0: for try await _ in alice.session.stateUpdates { break }
                case 1: for try await _ in try alice.session.roomList() { break }
                default: for try await _ in timeline.rows { break }
                }
            }
        }
        try await left(before)
    }

    @Test func cancellingEndsAPendingStreamAtOnce() async throws {
        let (alice, timeline) = try await someone()
        let before = liveObjects()
        for _ in 0..<100 {
            try await endsWhenCancelled(alice.session.stateUpdates)
            try await endsWhenCancelled(alice.session.roomChanges())
            try await endsWhenCancelled(alice.session.roomList())
            try await endsWhenCancelled(timeline.changes)
            try await endsWhenCancelled(timeline.rows)
        }
        try await left(before)
    }

    @Test func aStreamThatIsPulledByHandEndsWhenCancelled() async throws {
        let (alice, timeline) = try await someone()
        try await alice.session.live()
        let states = alice.session.states()
        #expect(try await StateStream.next(states)() == .live)
        try await ends(states, StateStream.next) { StateStream.cancel(states)() }

        let rooms = try alice.session.rooms(filter: .all, page: 1)
        guard case .reset(let items, 1) = try #require(await RoomListStream.next(rooms)()?.first) else {
            throw Trouble("not whole")
        }
        #expect(items.count == 1)
        rooms.setFilter(filter: .invitations)
        let other = try await within("the other filter") { try await rooms.next()?.first }
        #expect(other == .reset(items: [], total: 0))
        RoomListStream.more(rooms)()
        try await ends(rooms, RoomListStream.next) { RoomListStream.cancel(rooms)() }

        let room = try await alice.session.room(room: items[0].id)
        let summaries = try Room.changes(room)()
        #expect(try await RoomStream.next(summaries)()?.id == items[0].id)
        try await ends(summaries, RoomStream.next) { RoomStream.cancel(summaries)() }

        let abilities = try Room.abilities(room)()
        #expect(try await AbilityStream.next(abilities)()?.isEmpty == false)
        AbilityStream.cancel(abilities)()
        #expect(try await AbilityStream.next(abilities)() == nil)

        let (members, me) = (try Room.memberChanges(room)(), alice.user.userId)
        #expect(try await MemberStream.next(members)()?.contains { $0.user == me } == true)
        MemberStream.cancel(members)()
        #expect(try await MemberStream.next(members)() == nil)

        let rows = timeline.items()
        guard case .reset = try #require(await TimelineStream.next(rows)()?.first) else { throw Trouble("not whole") }
        try await ends(rows, TimelineStream.next) { TimelineStream.cancel(rows)() }
    }

    @Test func aSessionThatWasShutDownEndsItsStreamsAndRefusesCalls() async throws {
        let (alice, timeline) = try await someone()
        let session = alice.session
        try await session.live()
        let room = try await session.room(room: session.roomList().wait(for: "a room") { $0.rows.first?.id })
        let streams = [
            Pending(session.stateUpdates), Pending(try session.roomList()), Pending(timeline.rows),
        ]
        for stream in streams { try await stream.begun() }
        try await session.shutdown()
        for stream in streams { try await stream.ended() }

        #expect(try await session.states().next() == nil)
        #expect(throws: Failure.Closed) { try session.rooms(filter: .all, page: 10) }
        await #expect(throws: Failure.Closed) { try await session.room(room: room.id()) }
        await #expect(throws: Failure.Closed) { try await session.createGroup(draft: GroupDraft(name: "Too late")) }
        await #expect(throws: Failure.Closed) { try await session.pause() }
        await #expect(throws: Failure.Closed) { try await room.summary() }
        await #expect(throws: Failure.Closed) { try await room.timeline() }
        await #expect(throws: Failure.Closed) { try await timeline.sendText(markdown: "too late") }
        session.networkChanged(change: .available)
        try await session.shutdown()
        #expect(session.account().user == alice.user.userId)
    }

    @Test func cancellingAbortsAQueryAndNotACommand() async throws {
        let proxy = try await Proxy.before(0)
        let alice = try await Agent.behind(proxy)
        let group = try await alice.session.createGroup(draft: GroupDraft(name: "Group"))
        try await alice.session.live()
        let room = try await alice.session.room(room: group)

        // Nothing but what is asked for here is to be open at the proxy.
        alice.session.networkChanged(change: .lost)
        try await alice.session.offline()
        try await proxy.connections("are closed") { $0 == 0 }
        try await proxy.set(.stall)

        // A query: the request that it waits for is given up.
        let query = Task { try await room.members() }
        try await proxy.connections("ask for the members") { $0 > 0 }
        query.cancel()
        await #expect(throws: CancellationError.self) { try await within("the query's end") { try await query.value } }
        try await proxy.connections("are given up") { $0 == 0 }

        // A command: its caller goes, it does not.
        let command = Task { try await room.setName(name: "Renamed") }
        try await proxy.connections("ask for the name") { $0 > 0 }
        command.cancel()
        await #expect(throws: CancellationError.self) {
            try await within("the caller's end") { try await command.value }
        }
        try await proxy.heal()
        try await proxy.connections("are done") { $0 == 0 }
        #expect(try await proxy.stats().requests(with: "/state/m.room.name") == 1)
        alice.session.networkChanged(change: .available)
        try await alice.session.row("the new name") { $0.id == group && $0.title == .named(text: "Renamed") }

        // A command of a task that was cancelled before: it is begun, and so finished.
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await room.setName(name: "Renamed again")
        }
        await #expect(throws: CancellationError.self) { try await within("the caller's end") { try await late.value } }
        try await alice.session.row("the newest name") { $0.id == group && $0.title == .named(text: "Renamed again") }
    }

    @Test func aQueryThatIsCancelledLeavesNothingBehind() async throws {
        let (alice, timeline) = try await someone()
        let id = try await alice.session.roomList().wait(for: "a room") { $0.rows.first?.id }
        let before = liveObjects()
        for number in 0..<2_000 {
            let query = Task { try await alice.session.room(room: id).timeline() }
            for _ in 0..<number % 20 { await Task.yield() }
            query.cancel()
            _ = await query.result
        }
        try await left(before)
        withExtendedLifetime(timeline) {}
    }
}

/// Someone with a room, its conversation open.
private func someone() async throws -> (Agent, Timeline) {
    let alice = try await Agent.on(0)
    let room = try await alice.session.createGroup(draft: GroupDraft(name: "Group"))
    return (alice, try await alice.conversation(room))
}

extension Proxy {
    /// Waits for a number of open connections, for less time than any request has.
    fileprivate func connections(_ what: String, _ wanted: @escaping @Sendable (Int) -> Bool) async throws {
        try await within("the connections \(what)", .seconds(20)) {
            while try await !wanted(self.stats().open) { await Task.yield() }
        }
    }
}

/// Waits until no other objects are left: a task that has ended is freed, with its result, a moment later.
private func left(_ objects: LiveObjects) async throws {
    try await within("only \(objects) left, not \(liveObjects())", .seconds(10)) {
        while liveObjects() != objects { await Task.yield() }
    }
}

/// A loop in a task of its own.
private struct Pending: Sendable {
    let task: Task<Void, any Error>
    private let first: AsyncStream<Void>

    init<Elements: AsyncSequence & Sendable>(_ elements: Elements) {
        let (first, begun) = AsyncStream.makeStream(of: Void.self)
        self.first = first
        task = Task {
            for try await _ in elements { begun.yield() }
        }
    }

    func begun() async throws {
        let first = first
        try await within("the first element") { for await _ in first { break } }
    }

    func ended() async throws {
        let task = task
        try await within("the end") { try await task.value }
    }
}

/// A loop that was begun ends, without an error, when its task is cancelled.
private func endsWhenCancelled(_ elements: some AsyncSequence & Sendable) async throws {
    let pending = Pending(elements)
    try await pending.begun()
    pending.task.cancel()
    try await pending.ended()
}

/// A pending pull gives none when the stream is cancelled, and so does every later one.
private func ends<Stream: Sendable, Batch: Sendable & Equatable>(
    _ stream: Stream, _ next: @escaping @Sendable (Stream) -> () async throws -> Batch?, cancel: () -> Void
) async throws {
    let pending = Task { while try await next(stream)() != nil {} }
    cancel()
    try await within("the end") { try await pending.value }
    #expect(try await next(stream)() == nil)
}
