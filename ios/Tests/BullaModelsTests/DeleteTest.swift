import Bulla
import Testing

@testable import BullaModels

/// Deleting an account.
@MainActor
@Suite(.beside, .ours)
struct DeleteTest {
    @Test func deletesTheAccountAndLeavesNothing() async throws {
        let person = try await AppUser.on(0)
        let app = person.app
        app.go(.delete)
        let model = try #require(app.deleteModel())
        model.password = "not this"
        try await within("the refusal") { await model.delete() }
        #expect(model.wrong)
        model.password = try #require(person.user).password
        try await within("deleting") { await model.delete() }
        #expect(app.current == nil && app.accounts.isEmpty && app.here == .welcome && app.hold == nil)
    }
}
