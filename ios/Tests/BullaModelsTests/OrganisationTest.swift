import Bulla
import Testing

@testable import BullaModels

/// What the organisation says of the app and of the person.
@MainActor
@Suite(.beside, .ours)
struct OrganisationTest {
    @Test func thePersonsCardIsShown() async throws {
        let person = try await AppUser.on(0)
        try await person.session.setDisplayName(name: "Jean Martin [Préfecture]")
        person.app.go(.settings)
        let model = try #require(person.app.settingsModel())
        try await until("the card") { model.card != nil }
        let card = try #require(model.card)
        #expect(card.name == "Jean Martin" && card.organisation == "Préfecture")
        #expect(!card.guest && !card.nameLocked)
    }

    @Test func withoutAManifestEveryVersionMayBeUsed() async throws {
        let person = try AppUser.newcomer()
        await person.app.start()
        #expect(person.app.gate == .open)
        person.app.gateSeen()
        #expect(person.app.gate == nil)
    }
}
