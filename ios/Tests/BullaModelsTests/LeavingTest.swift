import Bulla
import Testing

@testable import BullaModels

/// What a screen opened is freed when it is left. Alone, since live objects are counted in the whole process.
@MainActor
@Suite(.alone, .ours)
struct LeavingTest {
    @Test func conversationsThatWereLeftAreFreed() async throws {
        let person = try await AppUser.on(0)
        let room = try await person.group("Cellule")
        let before = liveObjects()
        for _ in 1...10 {
            _ = try await person.open(room)
            person.app.go(.details(room))
            let details = try #require(person.app.details(room))
            try await until("the members") { details.mine != nil }
            person.app.home()
        }
        try await within("only \(before) left, not \(liveObjects())", .seconds(20)) {
            while liveObjects() != before { await Task.yield() }
        }
    }

    @Test func opensOnceHoweverManyAsk() async throws {
        let person = try await AppUser.on(0)
        let room = try await person.group("Cellule")
        @Sendable func open() -> [UInt32] { [liveObjects().rooms, liveObjects().timelines] }
        let before = open()
        _ = try await person.open(room)
        let one = open()
        person.app.home()
        try await within("only \(before) left, not \(open())", .seconds(20)) {
            while open() != before { await Task.yield() }
        }
        person.app.openRoom(room)
        let model = try #require(person.app.conversation(room))
        // The stream and eight commands, all before anything is open.
        await withTaskGroup(of: Void.self) { group in
            for _ in 1...8 { group.addTask { await model.markRead() } }
        }
        try await until("the conversation") { !model.loading && model.summary != nil }
        #expect(open() == one)
    }

    @Test func mayBeLeftAtAnyMoment() async throws {
        let person = try await AppUser.on(0)
        let room = try await person.group("Cellule")
        let before = liveObjects().timelines
        for moment in 0..<60 {
            person.app.openRoom(room)
            _ = try #require(person.app.conversation(room))
            // Some are left at once, the others when the core has made what the screen does not hold yet.
            try await within("it opens", .seconds(20)) {
                while moment % 3 > 0 && liveObjects().timelines == before { await Task.yield() }
            }
            person.app.home()
            try await within("it is closed", .seconds(20)) {
                while liveObjects().timelines > before { await Task.yield() }
            }
        }
        #expect(person.app.problem == nil)
    }

    @Test func anAppThatIsClosedLeavesNothing() async throws {
        let before = liveObjects()
        var person: AppUser? = try await AppUser.on(0)
        let room = try await person?.group("Cellule") ?? ""
        _ = try await person?.open(room)
        await person?.app.close()
        weak let app = person?.app
        person = nil
        #expect(app == nil, "the models do not hold each other")
        try await within("only \(before) left, not \(liveObjects())", .seconds(20)) {
            while liveObjects() != before { await Task.yield() }
        }
    }
}
