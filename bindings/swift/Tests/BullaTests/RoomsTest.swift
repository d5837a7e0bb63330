import Bulla
import Testing

/// Rooms: making them, coming in, going out, finding them.
@Suite(.beside, .ours)
struct RoomsTest {
    @Test func aGroupIsMadeNamedJoinedLeftAndForgotten() async throws {
        let (alice, bob) = (try await Agent.on(0), try await Agent.on(1))
        let (her, his) = (alice.user.userId, bob.user.userId)
        let room = try await alice.session.createGroup(
            draft: GroupDraft(name: "Budget", topic: "What it costs", invite: [his]))
        let made = try await alice.session.row("the group") { $0.id == room && $0.title == .named(text: "Budget") }
        #expect(made.kind == .private && made.encrypted)
        let hers = try await alice.session.room(room: room)
        #expect(Room.id(hers)() == room)
        #expect(try await hers.summary().topic == "What it costs")

        let invitation = try await bob.list(.invitations) { $0.map(\.id) == [room] }[0]
        #expect(invitation.invitedBy == her && invitation.membership == .invited)
        try await bob.session.join(room: room)
        try await bob.session.row("he is in") { $0.id == room && $0.membership == .joined }
        try await alice.session.row("two are in") { $0.id == room && $0.members == 2 }
        let members = try await hers.members { $0.allSatisfy { $0.membership == .joined } }
        #expect(members.map(\.user) == [her, his])
        #expect([.creator, .administrator].contains(members[0].role) && members[1].role == .participant)

        try await hers.setName(name: "Budget 2027")
        try await hers.setTopic(topic: "")
        try await bob.session.row("the new name, no topic") {
            $0.id == room && $0.title == .named(text: "Budget 2027") && $0.topic == nil
        }
        await #expect(throws: Failure.Rejected(code: "M_FORBIDDEN")) {
            try await bob.session.room(room: room).setName(name: "Mine")
        }

        try await bob.session.leave(room: room)
        try await bob.list { !$0.contains { $0.id == room } }
        try await hers.members { !$0.contains { $0.user == his && $0.membership == .joined } }
        try await bob.session.forget(room: room)
        await #expect(throws: Failure.NotFound(what: .room)) { try await bob.session.room(room: room) }
    }

    @Test func anInvitationIsDeclined() async throws {
        let (alice, bob) = (try await Agent.on(0), try await Agent.on(1))
        let room = try await alice.session.createGroup(draft: GroupDraft(name: "Not for him"))
        let hers = try await alice.session.room(room: room)
        let his = bob.user.userId
        try await hers.invite(user: his)
        try await bob.invitation(to: room)
        try await bob.session.decline(room: room)
        try await bob.list { !$0.contains { $0.id == room } }
        try await hers.members { !$0.contains { $0.user == his && $0.membership == .invited } }
        try await bob.session.forget(room: room)
        await #expect(throws: Failure.NotFound(what: .room)) { try await bob.session.room(room: room) }
    }

    @Test func listsAreFiltered() async throws {
        let (alice, bob, direct) = try await Agent.two()
        let group = try await alice.session.createGroup(draft: GroupDraft(name: "Group", invite: [bob.user.userId]))
        try await bob.accept(group)
        let hers = try await alice.session.room(room: group)
        try await alice.list { Set($0.map(\.id)) == [direct, group] }
        try await alice.list(.people) { $0.map(\.id) == [direct] }
        try await alice.list(.rooms) { $0.map(\.id) == [group] }
        try await alice.list(.invitations) { $0.isEmpty }

        try await alice.list(.favourites) { $0.isEmpty }
        try await hers.setFavourite(favourite: true)
        try await alice.list(.favourites) { $0.map(\.id) == [group] && $0[0].favourite }
        try await hers.setFavourite(favourite: false)
        try await alice.list(.favourites) { $0.isEmpty }

        try await hers.setMuted(muted: true)
        try await alice.session.row("muted") { $0.id == group && $0.muted }
        try await hers.setMuted(muted: false)
        try await alice.session.row("not muted") { $0.id == group && !$0.muted }

        try await bob.conversation(direct).sendText(markdown: "unread")
        try await alice.list(.unread) { $0.map(\.id) == [direct] }
        let conversation = try await alice.conversation(direct)
        try await conversation.text("unread")
        try await conversation.markRead()
        try await alice.list(.unread) { $0.isEmpty }
    }

    @Test func aListGrowsByPagesAndTakesAnotherFilter() async throws {
        let alice = try await Agent.on(0)
        var rooms: Set<RoomId> = []
        for number in 1...5 {
            rooms.insert(try await alice.session.createGroup(draft: GroupDraft(name: "Group \(number)")))
        }
        let all = rooms
        try await alice.list { Set($0.map(\.id)) == all }

        let list = try alice.session.roomList(filter: .all, page: 2)
        var sizes: [Int] = []
        for try await shown in list {
            if sizes.isEmpty { #expect(shown.total == 5) }
            if sizes.last != shown.rows.count { sizes.append(shown.rows.count) }
            switch shown.rows.count {
            case 0: break
            case 5: list.setFilter(.invitations)
            default: list.more()
            }
            if shown.rows.isEmpty { break }
        }
        #expect(sizes == [2, 4, 5, 0])

        let changes = try alice.session.roomChanges(filter: .rooms, page: 3)
        changes.more()
        let first = try await changes.wait(for: "the first batch") { $0 }
        guard case .reset(let items, 5) = try #require(first.first) else { throw Trouble("not a reset") }
        #expect(items.count == 5)
    }

    @Test func roomsAreFoundByWhatTheyAreCalled() async throws {
        let alice = try await Agent.on(0)
        let crisis = try await alice.session.createGroup(
            draft: GroupDraft(name: "Cellule de crise", topic: "Séance à 16 h"))
        _ = try await alice.session.createGroup(draft: GroupDraft(name: "Budget"))
        try await alice.list { $0.count == 2 }
        let list = try alice.session.roomList()
        var seen: [[RoomId]] = []
        for try await shown in list {
            seen.append(shown.rows.map(\.id))
            if seen.count == 1 { list.setSearch("SEANCE") }
            if seen.count == 2 { list.setSearch("") }
            if seen.count == 3 { break }
        }
        #expect(seen[1] == [crisis] && seen.map(\.count) == [2, 1, 2])
    }

    @Test func aRoomIsFollowed() async throws {
        let alice = try await Agent.on(0)
        let id = try await alice.session.createGroup(draft: GroupDraft(name: "Before"))
        let room = try await alice.session.room(room: id)
        try await room.setName(name: "After")
        try await within("the name") {
            for try await row in room.summaries where row.title == .named(text: "After") { return }
            throw Trouble("the room ended")
        }
    }

    @Test func peopleAreFoundAndHaveNames() async throws {
        let (alice, bob) = (try await Agent.on(0), try await Agent.on(1))
        try await alice.session.setDisplayName(name: "Aïcha Benali")
        let profile = try await alice.session.profile()
        #expect(profile == Person(user: alice.user.userId, name: "Aïcha Benali", avatar: nil))
        let found = try await alice.session.findPeople(text: bob.user.userId, limit: 10)
        #expect(found.first?.user == bob.user.userId)
        await #expect(throws: Failure.Invalid(field: .name, why: .empty)) {
            try await alice.session.setDisplayName(name: " ")
        }
    }

    @Test func linksLeadSomewhereOrAreRefused() throws {
        #expect(try parseLink(text: "https://matrix.to/#/@jean:a.example") == .person(user: "@jean:a.example"))
        #expect(try parseLink(text: "bulla:r/crise:a.example") == .alias(alias: "#crise:a.example", event: nil))
        #expect(throws: Failure.Invalid(field: .link, why: .malformed)) { try parseLink(text: "javascript:alert(1)") }
    }

    @Test func thereIsOneDirectConversationWithAPerson() async throws {
        let (alice, bob) = (try await Agent.on(0), try await Agent.on(1))
        let room = try await alice.session.createDirect(user: bob.user.userId)
        #expect(try await alice.session.createDirect(user: bob.user.userId) == room)
        try await bob.invitation(to: room)
        #expect(try await bob.session.createDirect(user: alice.user.userId) == room, "he comes in where he is invited")
        try await alice.session.row("both are in") { $0.id == room && $0.members == 2 }
    }

    @Test func aNewDeviceIsSignedByItsOwner() async throws {
        let alice = try await Agent.on(0)
        #expect(try await alice.session.identity() == IdentityStatus(crossSigning: true, deviceSigned: true))
    }

    @Test func whatIsNotAcceptableIsNamed() async throws {
        let session = try await Agent.on(0).session
        let room = try await session.room(room: session.createGroup(draft: GroupDraft(name: "Group")))
        let timeline = try await room.timeline()
        await #expect(throws: Failure.NotFound(what: .room)) { try await session.room(room: "!nowhere:example.org") }
        await #expect(throws: Failure.Invalid(field: .room, why: .malformed)) {
            try await session.room(room: "nowhere")
        }
        await #expect(throws: Failure.Invalid(field: .user, why: .malformed)) {
            try await session.createDirect(user: "bob")
        }
        await #expect(throws: Failure.Invalid(field: .name, why: .empty)) {
            try await session.createGroup(draft: GroupDraft(name: " "))
        }
        let long = String(repeating: "x", count: 1_001)
        await #expect(throws: Failure.Invalid(field: .name, why: .tooLong)) { try await room.setName(name: long) }
        await #expect(throws: Failure.Invalid(field: .topic, why: .tooLong)) { try await room.setTopic(topic: long) }
        await #expect(throws: Failure.Invalid(field: .text, why: .empty)) { try await timeline.sendText(markdown: "") }
        await #expect(throws: Failure.NotFound(what: .event)) {
            try await timeline.reply(to: "nothing", markdown: "text")
        }
        #expect(throws: Failure.self) { try session.rooms(filter: .all, page: 0) }
        await #expect(throws: Failure.self) { try await timeline.paginateBack(count: 0) }
    }
}

extension Agent {
    /// Waits for a list.
    @discardableResult
    fileprivate func list(
        _ filter: RoomFilter = .all, _ wanted: @escaping @Sendable ([RoomSummary]) -> Bool
    ) async throws -> [RoomSummary] {
        try await session.roomList(filter: filter, page: 100).wait(for: "a list of \(filter)") {
            wanted($0.rows) ? $0.rows : nil
        }
    }
}

extension Room {
    /// Asks for the members whenever the conversation changes, until they are as wanted.
    @discardableResult
    fileprivate func members(_ wanted: @escaping @Sendable ([Member]) -> Bool) async throws -> [Member] {
        let timeline = try await timeline()
        return try await within("members") {
            for try await _ in timeline.changes {
                let members = try await self.members()
                if wanted(members) { return members }
            }
            throw Trouble("the conversation ended")
        }
    }
}
