import Bulla
import Foundation
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

    @Test func aVersionThatIsNearlyOverIsPutOffOnceAStart() async throws {
        let trust = Trust(keys: [Manifests.strictKey], manifest: Manifests.strict)
        let person = try AppUser.newcomer(trust: trust, version: "1.1")
        await person.app.start()
        guard case .mandatory? = person.app.gate else { return #expect(Bool(false), "\(String(describing: person.app.gate))") }
        person.app.gateSeen()
        #expect(person.app.gate == nil)
        // The management is heard whenever the app comes back.
        await person.app.setManaged(["no_export": "true"])
        #expect(person.app.deployment?.rules.noExport.on == true)
        #expect(person.app.gate == nil)
        let again = try await person.restart(version: "1.1")
        await again.app.start()
        guard case .mandatory? = again.app.gate else { return #expect(Bool(false), "\(String(describing: again.app.gate))") }
        let blocked = try await again.restart(version: "0.9")
        await blocked.app.start()
        guard case .critical? = blocked.app.gate else { return #expect(Bool(false), "\(String(describing: blocked.app.gate))") }
    }

    @Test func aSilentServiceHasItsPage() async throws {
        let named = try AppUser.newcomer(trust: Trust(keys: [Manifests.strictKey], manifest: Manifests.strict))
        await named.app.start()
        let page = try #require(named.app.servicePage)
        #expect(page == .status(try #require(URL(string: "https://status.agent.example"))))
        #expect(page.name(FrenchWords()) == "État du service")
        let unnamed = try AppUser.newcomer(trust: Trust(keys: [Manifests.key], manifest: Manifests.shipped))
        await unnamed.app.start()
        #expect(unnamed.app.deployment?.manifest != nil)
        #expect(unnamed.app.servicePage == nil)
    }

    @Test func withoutAManifestEveryVersionMayBeUsed() async throws {
        let person = try AppUser.newcomer()
        await person.app.start()
        #expect(person.app.gate == .open)
        person.app.gateSeen()
        #expect(person.app.gate == nil)
    }
}
