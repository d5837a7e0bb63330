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
