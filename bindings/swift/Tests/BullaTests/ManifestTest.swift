import Bulla
import Foundation
import Testing

/// A deployment that says who belongs to it. Finding a server by an address, and its proof, are in `AddressTest`.
@Suite(.beside, .ours)
struct ManifestTest {
    @Test func aNewerManifestIsAdoptedAndKeptABadOneChangesNothing() async throws {
        let device = try Device(trusting: Manifests.shipped)
        #expect(try await device.bulla.deployment().manifest?.version == 2)
        #expect(try await device.bulla.adoptManifest(jws: Manifests.newer).manifest?.version == 3)
        await #expect(throws: Failure.Untrusted(why: .manifestOlder)) {
            try await device.bulla.adoptManifest(jws: Manifests.shipped)
        }
        await #expect(throws: Failure.Untrusted(why: .manifestSignature)) {
            try await device.bulla.adoptManifest(jws: Manifests.newer.replacingOccurrences(of: ".eyJ", with: ".eyI"))
        }
        await #expect(throws: Failure.Untrusted(why: .manifestMalformed)) {
            try await device.bulla.adoptManifest(jws: "nothing")
        }
        let again = try Bulla(config: device.config(trusting: Manifests.shipped), keys: device.keys)
        let status = try await again.deployment()
        #expect(status.manifest?.version == 3, "at the next start")
        #expect(status.manifest?.instances.map(\.externalGuests) == [false, true])
        #expect(!status.expired && status.rejected == nil)
    }

    @Test func aServerThatIsNotListedIsSentNothing() async throws {
        let (device, proxy) = (try Device(trusting: Manifests.shipped), try await Proxy.before(0))
        let user = try await Deployment.newUser(on: 0)
        await #expect(throws: Failure.Untrusted(why: .notListed)) {
            try await device.bulla.signIn(homeserver: proxy.url, user: user.userId, password: user.password)
        }
        await #expect(throws: Failure.Forbidden(why: .signInWay)) {
            try await device.bulla.signIn(homeserver: "https://guests.example", user: "jean", password: "secret")
        }
        #expect(try await proxy.stats().requests.isEmpty)
    }

    @Test func anAddressIsCheckedAndADirectoryThatIsNotThereIsTold() async throws {
        let device = try Device(trusting: Manifests.shipped)
        await #expect(throws: Failure.Invalid(field: .email, why: .malformed)) {
            try await device.bulla.discover(email: "jean")
        }
        await #expect(throws: Failure.Offline) { try await device.bulla.discover(email: "jean@agent.example") }
        let free = try Device()
        await #expect(throws: Failure.Untrusted(why: .noManifest)) {
            try await free.bulla.discover(email: "jean@agent.example")
        }
    }

    @Test func aVersionOfTheAppIsToldWarnedOrStoppedAsTheManifestSays() async throws {
        let free = try Device()
        #expect(try await free.bulla.gate(version: "0.1", language: "fr-FR") == .open)
        let device = try Device(trusting: Manifests.strict)
        #expect(try await device.bulla.gate(version: "1.10.0", language: "fr-FR") == .open)
        #expect(try await device.bulla.gate(version: "1.9", language: "fr-FR") == .info(text: "Trop ancien : info"))
        #expect(try await device.bulla.gate(version: "1.1.9", language: "de") == .mandatory(text: "Too old: mandatory"))
        #expect(try await device.bulla.gate(version: "0.9", language: "fr") == .critical(text: "Trop ancien : critical"))
    }

    @Test func theDevicesManagementNarrowsAndIsToldWhatIsNotHeard() async throws {
        let device = try Device(trusting: Manifests.shipped)
        let map = ["app_lock": "true", "no_export": "perhaps", "colour": "red", "instance": "guests.example"]
        let status = try await device.bulla.setManaged(map: map)
        #expect(status.rules.appLock == Rule(on: true, by: .managed))
        #expect(!status.rules.noExport.on)
        #expect(status.rules.unheard.map(\.why) == [.unknownKey, .wrongValue])
        // A lock that is asked for comes before everything.
        await #expect(throws: Failure.Forbidden(why: .appLockForced)) {
            try await device.bulla.signIn(homeserver: "https://matrix.agent.example", user: "jean", password: "secret")
        }
        try await device.bulla.appLock().setPin(pin: "193728")
        await #expect(throws: Failure.Forbidden(why: .otherInstance)) {
            try await device.bulla.signIn(homeserver: "https://matrix.agent.example", user: "jean", password: "secret")
        }
        #expect(try await device.bulla.setManaged(map: [:]).rules.instance == nil)
    }
}
