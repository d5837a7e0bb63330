import Bulla
import Foundation
import Testing

/// A new device comes in by the QR code of another one: both are ours, the browser is the deployment's.
@Suite(.beside, .ours)
struct QrTest {
    private let app = OauthApp(
        name: "Bulla", website: "https://bulla.example.org/", callback: "org.example.bulla:/callback")

    @Test func aNewDeviceComesInByTheCodeOfAnother() async throws {
        let (person, first, old) = try await signedIn()
        let device = try Device()
        #expect(try await old.mayLinkDevices())
        let grant = try await old.linkDevice()
        let attempt = try await device.bulla.beginQrSignIn(app: app, code: try await code(of: grant))
        let digits = try await digits(of: attempt)
        await #expect(throws: Failure.Invalid(field: .count, why: .malformed)) {
            try await QrGrant.enterCheckCode(digits:)(grant)("7")
        }
        try await grant.enterCheckCode(digits: String(format: "%02d", digits))
        let url = try await granting(grant) { if case .approve(let url) = $0 { url } else { nil } }
        try await QrGrant.confirm(grant)()
        let shown = try await signingIn(attempt) { if case .waitingForApproval(let code) = $0 { code } else { nil } }
        #expect(url.hasSuffix(shown))
        _ = try await Deployment.browse(url, as: person, allow: true)
        let session = try await within("the new device") { try await QrSignIn.finish(attempt)() }
        try await within("the other device") { try await QrGrant.finish(grant)() }
        await #expect(throws: Failure.Closed) { try await attempt.finish() }
        #expect(session.account().user == person.userId)
        #expect(session.account().device != old.account().device)
        try await session.live()
        #expect(try await session.identity() == IdentityStatus(crossSigning: true, deviceSigned: true))
        try await session.signOut(evenOffline: false)
        #expect(device.isEmpty)
        try await old.signOut(evenOffline: false)
        #expect(first.isEmpty)
    }

    @Test func aNewDeviceComesInByACodeThatItShows() async throws {
        let (person, first, old) = try await signedIn()
        let device = try Device()
        let attempt = try await device.bulla.showQrSignIn(homeserver: old.account().homeserver, app: app)
        let shows = try await signingIn(attempt) { if case .showCode(let bytes) = $0 { bytes } else { nil } }
        let other = try await old.linkDevice()
        let notNew = try await code(of: other)
        await #expect(throws: Failure.Invalid(field: .link, why: .notAllowed)) {
            try await old.linkShownDevice(code: notNew)
        }
        QrGrant.cancel(other)()
        let grant = try await old.linkShownDevice(code: shows)
        let digits = try await granting(grant) { if case .showCheckCode(let code) = $0 { code } else { nil } }
        _ = try await signingIn(attempt) { $0 == .enterCheckCode ? true : nil }
        await #expect(throws: Failure.Invalid(field: .count, why: .malformed)) {
            try await QrSignIn.enterCheckCode(digits:)(attempt)("7")
        }
        try await attempt.enterCheckCode(digits: String(format: "%02d", digits))
        let url = try await granting(grant) { if case .approve(let url) = $0 { url } else { nil } }
        try await QrGrant.confirm(grant)()
        _ = try await Deployment.browse(url, as: person, allow: true)
        let session = try await within("the new device") { try await QrSignIn.finish(attempt)() }
        try await within("the other device") { try await QrGrant.finish(grant)() }
        #expect(session.account().user == person.userId)
        try await session.live()
        try await session.signOut(evenOffline: false)
        #expect(device.isEmpty)
        try await old.signOut(evenOffline: false)
        #expect(first.isEmpty)
    }

    @Test func wrongDigitsLetNobodyInAndACancelledAttemptLeavesNothingBehind() async throws {
        let (_, first, old) = try await signedIn()
        let device = try Device()
        await #expect(throws: Failure.Invalid(field: .link, why: .malformed)) {
            try await device.bulla.beginQrSignIn(app: app, code: Data("MATRIX".utf8))
        }
        let grant = try await old.linkDevice()
        let attempt = try await device.bulla.beginQrSignIn(app: app, code: try await code(of: grant))
        let wrong = (Int(try await digits(of: attempt)) + 1) % 100
        await #expect(throws: Failure.Closed) { try await grant.confirm() }
        try await grant.enterCheckCode(digits: String(format: "%02d", wrong))
        await #expect(throws: Failure.Rejected(code: "QR_CHECK_CODE")) { try await grant.finish() }
        #expect(!device.isEmpty)
        try await QrSignIn.cancel(attempt)()
        #expect(device.isEmpty)
        #expect(try await within("its end") { try await QrSignIn.next(attempt)() } == nil)
        await #expect(throws: Failure.Closed) { try await attempt.finish() }

        let other = try await old.linkDevice()
        _ = try await code(of: other)
        QrGrant.cancel(other)()
        #expect(try await within("its end") { try await QrGrant.next(other)() } == nil)
        await #expect(throws: Failure.Closed) { try await other.finish() }
        try await old.signOut(evenOffline: false)
        #expect(first.isEmpty)
    }

    @Test func whatIsDrawnIsReadInAPicture() async throws {
        let device = try Device()
        let bytes = Data((0..<200).map { UInt8(truncatingIfNeeded: $0 * 37) })
        let (width, luma) = try drawQr(bytes: bytes).seen()
        #expect(try await device.bulla.readQr(width: width, luma: luma) == bytes)
        await #expect(throws: Failure.NotFound(what: .code)) {
            try await device.bulla.readQr(width: 100, luma: Data(count: 10_000))
        }
        await #expect(throws: Failure.Invalid(field: .picture, why: .malformed)) {
            try await device.bulla.readQr(width: 3, luma: Data(count: 10))
        }
        #expect(throws: Failure.Invalid(field: .picture, why: .tooLong)) { try drawQr(bytes: Data(count: 3_000)) }
    }

    @Test func aServerWithPasswordsSaysBeforehandThatItLinksNoDevices() async throws {
        let session = try await Agent.on(0).session
        #expect(try await !session.mayLinkDevices())
        await #expect(throws: Failure.Rejected(code: "QR_UNSUPPORTED")) { try await session.linkDevice() }
    }

    /// Somebody with one device, which is up to date.
    private func signedIn() async throws -> (KnownPerson, Device, Session) {
        let (homeserver, device) = (try await Deployment.sovereign(), try Device())
        let person = try await Deployment.newPerson()
        let attempt = try await device.bulla.beginSignIn(homeserver: homeserver, app: app, start: OauthStart())
        let callback = try await Deployment.browse(attempt.url(), as: person, allow: true)
        let session = try await attempt.finish(callbackUrl: callback)
        try await session.live()
        return (person, device, session)
    }

    private func code(of grant: QrGrant) async throws -> Data {
        try await granting(grant) { if case .showCode(let bytes) = $0 { bytes } else { nil } }
    }

    private func digits(of attempt: QrSignIn) async throws -> UInt8 {
        try await signingIn(attempt) { if case .showCheckCode(let code) = $0 { code } else { nil } }
    }

    private func granting<Found: Sendable>(
        _ grant: QrGrant, _ found: @escaping @Sendable (QrGrantState) -> Found?
    ) async throws -> Found {
        try await within("a state of the device that is signed in") {
            while let state = try await grant.next() {
                if let found = found(state) { return found }
            }
            try await grant.finish()
            throw Trouble("the granting ended")
        }
    }

    private func signingIn<Found: Sendable>(
        _ attempt: QrSignIn, _ found: @escaping @Sendable (QrSignInState) -> Found?
    ) async throws -> Found {
        try await within("a state of the new device") {
            while let state = try await attempt.next() {
                if let found = found(state) { return found }
            }
            _ = try await attempt.finish()
            throw Trouble("the sign-in ended")
        }
    }
}
