import Bulla
import Testing

/// Rooms that one is not in: found, looked at, come into, asked to come into.
@Suite(.beside, .ours)
struct DirectoryTest {
    @Test func aForumIsFoundAndComeInto() async throws {
        let (alice, bob) = (try await Agent.on(0), try await Agent.on(1))
        let name = "Forum \(alice.user.userId.dropFirst().prefix(11))"
        let room = try await alice.session.createGroup(draft: GroupDraft(name: name, topic: nil, invite: [], kind: .forum))
        let server = String(alice.user.userId.split(separator: ":", maxSplits: 1)[1])
        let session = bob.session
        let found = try await within("it is listed") {
            while true {
                let page = try await session.directory(text: name, server: server, after: nil)
                if let found = page.rooms.first(where: { $0.id == room }) { return found }
            }
        }
        #expect(found.name == name && found.access == .open)
        #expect(try await session.lookAt(link: .room(room: room, event: nil, via: [server])).name == name)
        try await session.joinThrough(room: room, via: found.via)
        try await session.row("the forum") { $0.id == room && $0.membership == .joined }
        await #expect(throws: Failure.Invalid(field: .homeserver, why: .malformed)) {
            try await session.directory(text: "", server: "not a server", after: nil)
        }
    }

    @Test func oneAsksToComeInAndIsLetInOrNot() async throws {
        let (alice, bob) = (try await Agent.on(0), try await Agent.on(1))
        let room = try await alice.session.createGroup(draft: GroupDraft(name: "Projet", topic: nil, invite: []))
        let hers = try await alice.session.room(room: room)
        try await hers.setKnocking(on: true)
        let server = String(alice.user.userId.split(separator: ":", maxSplits: 1)[1])
        try await bob.session.knock(room: room, via: [server], reason: "Pour le projet")
        let him = bob.user.userId
        try await within("he asks") { while try await hers.knocking().map(\.user) != [him] {} }
        try await hers.answerKnock(user: him, letIn: true)
        try await bob.accept(room)
    }
}
