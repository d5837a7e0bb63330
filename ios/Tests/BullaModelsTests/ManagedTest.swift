import Bulla
import Foundation
import Testing

@testable import BullaModels

/// What a deployment builds in and what the device's management says come to the library.
@MainActor
@Suite(.beside)
struct ManagedTest {
    @Test func whatADeploymentBuildsInIsTrusted() async throws {
        #expect(builtInTrust([:]) == nil)
        #expect(builtInTrust(["BullaTrustKeys": [String](), "BullaTrustManifest": ""]) == nil)
        let info: [String: Any] = ["BullaTrustKeys": [Manifests.key], "BullaTrustManifest": Manifests.shipped]
        let app = try AppUser.newcomer(trust: builtInTrust(info)).app
        await app.start()
        #expect(app.deployment?.manifest?.version == 2)
    }

    @Test func theManagementIsHeard() async throws {
        let defaults = try #require(UserDefaults(suiteName: "bulla-managed-test"))
        defer { defaults.removePersistentDomain(forName: "bulla-managed-test") }
        let key = "com.apple.configuration.managed"
        defaults.set(["no_export": true, "app_lock": false, "instance": "guests.example", "colour": 5], forKey: key)
        let app = try AppUser.newcomer(trust: Trust(keys: [Manifests.key], manifest: Manifests.shipped)).app
        await app.setManaged(managedTexts(defaults.dictionary(forKey: key)))
        let rules = try #require(app.deployment?.rules)
        #expect(rules.noExport == Rule(on: true, by: .managed) && !rules.appLock.on)
        #expect(rules.instance == "guests.example")
        #expect(rules.unheard == [Unheard(key: "colour", why: .unknownKey)])
        await app.setManaged(managedTexts(nil))
        #expect(app.deployment?.rules.instance == nil)
    }
}
