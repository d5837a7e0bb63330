// The streams as `AsyncSequence`s. The first element is the whole state as the store has it, without waiting for the
// network; whoever is slow gets fewer, larger batches. A loop ends when its task is cancelled, when the session closes, or
// with the `Failure` that it throws; whichever it is, and also when the loop is left, the stream is freed.

extension Session {
    /// How the session stands with its server: first as it is now, then every change. Each loop sees them all.
    public var stateUpdates: StateUpdates { StateUpdates(session: self) }

    /// Where this account is signed in: the whole list, whenever it has changed. A loop throws where the server does not
    /// answer the first time. Each loop sees them all.
    public var deviceList: DeviceUpdates { DeviceUpdates(session: self) }

    /// The files on their way out, of all rooms: the whole list, whenever it has changed. Each loop sees them all.
    public var uploadList: UploadUpdates { UploadUpdates(session: self) }

    /// The changes of a list of rooms, `page` rows at first (1 to 1,000), a batch an element.
    public func roomChanges(filter: RoomFilter = .all, page: UInt32 = 50) throws -> RoomChanges {
        RoomChanges(stream: try rooms(filter: filter, page: page))
    }

    /// The same list, whole after each change: what a screen shows.
    public func roomList(filter: RoomFilter = .all, page: UInt32 = 50) throws -> RoomList {
        RoomList(changes: try roomChanges(filter: filter, page: page))
    }
}

extension ThreadList {
    /// The threads of a room: the first page, then every change, and what `more` adds. Cancelling the task of the loop ends the list.
    public var rows: ThreadRows { ThreadRows(list: self) }
}

extension Room {
    /// The room's row: first as it is, then every change. Each loop sees them all.
    public var summaries: RoomUpdates { RoomUpdates(room: self) }

    /// Who is in the room or invited, by role, then by name: first as it is known here, then every change. Each loop sees them all.
    public var memberUpdates: MemberUpdates { MemberUpdates(room: self) }

    /// What this account may do in the room, each action allowed or refused with a reason: first as it is, then every change. Each loop
    /// sees them all.
    public var abilityUpdates: AbilityUpdates { AbilityUpdates(room: self) }
}

extension AppLock {
    /// How the lock of the app stands: first as it is, then every change. Each loop sees them all.
    public var stateUpdates: AppLockUpdates { AppLockUpdates(lock: self) }
}

extension Media {
    /// Where the file stands: first as it is, then every change, also while it comes. Each loop sees them all.
    public var stateUpdates: MediaUpdates { MediaUpdates(media: self) }
}

extension Timeline {
    /// The changes of the conversation, a batch an element. Each loop sees them all.
    public var changes: TimelineChanges { TimelineChanges(timeline: self) }

    /// The same conversation, whole after each change: what a screen shows.
    public var rows: TimelineUpdates { TimelineUpdates(changes: changes) }
}

/// See ``Session/stateUpdates``.
public struct StateUpdates: AsyncSequence, Sendable {
    let session: Session

    /// Begins to watch.
    public func makeAsyncIterator() -> Iterator { Iterator(stream: session.states()) }

    /// One loop over the states.
    public struct Iterator: AsyncIteratorProtocol, Sendable {
        let stream: StateStream

        /// The next state, or none when there are no more.
        public func next() async throws -> SessionState? { try await stream.pull() }
    }
}

/// See ``Session/deviceList``.
public struct DeviceUpdates: AsyncSequence, Sendable {
    let session: Session

    /// Begins to watch. A loop over a session that was closed throws `Failure.Closed`.
    public func makeAsyncIterator() -> Iterator { Iterator(stream: Result { try session.devices() }) }

    /// One loop over the lists.
    public struct Iterator: AsyncIteratorProtocol, Sendable {
        let stream: Result<DeviceListStream, any Error>

        /// The next list, or none when there are no more.
        public func next() async throws -> [DeviceInfo]? { try await stream.get().pull() }
    }
}

/// See ``Session/uploadList``.
public struct UploadUpdates: AsyncSequence, Sendable {
    let session: Session

    /// Begins to watch. A loop over a session that was closed throws `Failure.Closed`.
    public func makeAsyncIterator() -> Iterator { Iterator(stream: Result { try session.uploads() }) }

    /// One loop over the lists.
    public struct Iterator: AsyncIteratorProtocol, Sendable {
        let stream: Result<UploadStream, any Error>

        /// The next list, or none when there are no more.
        public func next() async throws -> [Upload]? { try await stream.get().pull() }
    }
}

/// See ``Media/stateUpdates``.
public struct MediaUpdates: AsyncSequence, Sendable {
    let media: Media

    /// Begins to watch.
    public func makeAsyncIterator() -> Iterator { Iterator(stream: media.states()) }

    /// One loop over the states.
    public struct Iterator: AsyncIteratorProtocol, Sendable {
        let stream: MediaStream

        /// The next state, or none when there are no more.
        public func next() async throws -> MediaState? { try await stream.pull() }
    }
}

/// See ``Session/roomChanges(filter:page:)``.
///
/// One loop goes over it; meanwhile, anyone may ask it for more, or for other rooms. It is freed with its last copy.
public struct RoomChanges: AsyncSequence, Sendable {
    let stream: RoomListStream

    /// Shows one page more: the rows come as changes.
    public func more() { stream.more() }

    /// Shows other rooms, from the first page: the next batch is a reset.
    public func setFilter(_ filter: RoomFilter) { stream.setFilter(filter: filter) }

    /// Shows only rooms whose name, people or topic hold every word of `text`; all with an empty one.
    public func setSearch(_ text: String) { stream.setSearch(text: text) }

    /// Begins to pull.
    public func makeAsyncIterator() -> Iterator { Iterator(stream: stream) }

    /// The loop over the batches.
    public struct Iterator: AsyncIteratorProtocol, Sendable {
        let stream: RoomListStream

        /// The next batch, or none when there are no more.
        public func next() async throws -> [RoomListChange]? { try await stream.pull() }
    }
}

/// See ``Session/roomList(filter:page:)``.
///
/// One loop goes over it; meanwhile, anyone may ask it for more, or for other rooms. It is freed with its last copy.
public struct RoomList: AsyncSequence, Sendable {
    let changes: RoomChanges

    /// Shows one page more.
    public func more() { changes.more() }

    /// Shows other rooms, from the first page.
    public func setFilter(_ filter: RoomFilter) { changes.setFilter(filter) }

    /// Shows only rooms whose name, people or topic hold every word of `text`; all with an empty one.
    public func setSearch(_ text: String) { changes.setSearch(text) }

    /// Begins to pull.
    public func makeAsyncIterator() -> Iterator { Iterator(changes: changes.makeAsyncIterator()) }

    /// The loop over the list.
    public struct Iterator: AsyncIteratorProtocol, Sendable {
        let changes: RoomChanges.Iterator
        var list = RoomRows()

        /// The list after its next change, or none when there are no more.
        public mutating func next() async throws -> RoomRows? {
            guard let batch = try await changes.next() else { return nil }
            list.apply(batch)
            return list
        }
    }
}

/// See ``Room/summaries``.
public struct RoomUpdates: AsyncSequence, Sendable {
    let room: Room

    /// Begins to watch. A loop over a session that was closed throws `Failure.Closed`.
    public func makeAsyncIterator() -> Iterator { Iterator(stream: Result { try room.changes() }) }

    /// One loop over the rows.
    public struct Iterator: AsyncIteratorProtocol, Sendable {
        let stream: Result<RoomStream, any Error>

        /// The next row, or none when there are no more.
        public func next() async throws -> RoomSummary? { try await stream.get().pull() }
    }
}

/// See ``Room/memberUpdates``.
public struct MemberUpdates: AsyncSequence, Sendable {
    let room: Room

    /// Begins to watch. A loop over a session that was closed throws `Failure.Closed`.
    public func makeAsyncIterator() -> Iterator { Iterator(stream: Result { try room.memberChanges() }) }

    /// One loop over the members.
    public struct Iterator: AsyncIteratorProtocol, Sendable {
        let stream: Result<MemberStream, any Error>

        /// The members now, or none when there are no more.
        public func next() async throws -> [Member]? { try await stream.get().pull() }
    }
}

/// See ``ThreadList/rows``.
public struct ThreadRows: AsyncSequence, Sendable {
    let list: ThreadList

    /// Begins to watch.
    public func makeAsyncIterator() -> Iterator { Iterator(list: list) }

    /// One loop over the threads.
    public struct Iterator: AsyncIteratorProtocol, Sendable {
        let list: ThreadList

        /// The threads now, or none when there are no more.
        public func next() async throws -> [ThreadRow]? { try await list.pull() }
    }
}

/// See ``AppLock/stateUpdates``.
public struct AppLockUpdates: AsyncSequence, Sendable {
    let lock: AppLock

    /// Begins to watch.
    public func makeAsyncIterator() -> Iterator { Iterator(stream: lock.states()) }

    /// One loop over the states.
    public struct Iterator: AsyncIteratorProtocol, Sendable {
        let stream: AppLockStream

        /// The next state, or none when there are no more.
        public func next() async throws -> AppLockState? { try await stream.pull() }
    }
}

/// See ``Room/abilityUpdates``.
public struct AbilityUpdates: AsyncSequence, Sendable {
    let room: Room

    /// Begins to watch. A loop over a session that was closed throws `Failure.Closed`.
    public func makeAsyncIterator() -> Iterator { Iterator(stream: Result { try room.abilities() }) }

    /// One loop over what may be done.
    public struct Iterator: AsyncIteratorProtocol, Sendable {
        let stream: Result<AbilityStream, any Error>

        /// What may be done now, or none when there are no more.
        public func next() async throws -> [Ability]? { try await stream.get().pull() }
    }
}

/// See ``Timeline/changes``.
public struct TimelineChanges: AsyncSequence, Sendable {
    let timeline: Timeline

    /// Begins to watch.
    public func makeAsyncIterator() -> Iterator { Iterator(stream: timeline.items()) }

    /// One loop over the batches.
    public struct Iterator: AsyncIteratorProtocol, Sendable {
        let stream: TimelineStream

        /// The next batch, or none when there are no more.
        public func next() async throws -> [TimelineChange]? { try await stream.pull() }
    }
}

/// See ``Timeline/rows``.
public struct TimelineUpdates: AsyncSequence, Sendable {
    let changes: TimelineChanges

    /// Begins to watch.
    public func makeAsyncIterator() -> Iterator { Iterator(changes: changes.makeAsyncIterator()) }

    /// One loop over the conversation.
    public struct Iterator: AsyncIteratorProtocol, Sendable {
        let changes: TimelineChanges.Iterator
        var conversation = TimelineRows()

        /// The conversation after its next change, or none when there are no more.
        public mutating func next() async throws -> TimelineRows? {
            guard let batch = try await changes.next() else { return nil }
            conversation.apply(batch)
            return conversation
        }
    }
}

/// What the exported streams have in common.
private protocol Pulled: AnyObject, Sendable {
    associatedtype Batch
    func next() async throws -> Batch?
    func cancel()
}

@_documentation(visibility: private)
extension StateStream: Pulled {}
@_documentation(visibility: private)
extension DeviceListStream: Pulled {}
@_documentation(visibility: private)
extension RoomListStream: Pulled {}
@_documentation(visibility: private)
extension RoomStream: Pulled {}
extension AbilityStream: Pulled {}
@_documentation(visibility: private)
extension AppLockStream: Pulled {}
extension MemberStream: Pulled {}
@_documentation(visibility: private)
extension TimelineStream: Pulled {}
@_documentation(visibility: private)
extension ThreadList: Pulled {}
@_documentation(visibility: private)
extension MediaStream: Pulled {}
@_documentation(visibility: private)
extension UploadStream: Pulled {}

private extension Pulled {
    /// The next batch; none when the stream has ended or the task around it is cancelled, which ends the stream.
    func pull() async throws -> Batch? {
        do {
            return try await withTaskCancellationHandler {
                try await next()
            } onCancel: {
                cancel()
            }
        } catch is CancellationError {
            return nil
        }
    }
}
