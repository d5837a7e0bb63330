import Bulla
import Testing

/// Coming in through the browser. The browser is the deployment's, and so are the pages that it meets.
@Suite(.beside, .ours)
struct SignInAttemptTest {
    private let app = OauthApp(
        name: "Bulla", website: "https://bulla.example.org/", callback: "org.example.bulla:/callback")

    @Test func oneSignsInByTheBrowserAndOutAgain() async throws {
        let (homeserver, device) = (try await Deployment.sovereign(), try Device())
        let person = try await Deployment.newPerson()
        let start = OauthStart(hint: person.email)
        let attempt = try await device.bulla.beginSignIn(homeserver: homeserver, app: app, start: start)
        let callback = try await Deployment.browse(attempt.url(), as: person, allow: true)
        await #expect(throws: Failure.Rejected(code: "OAUTH_STATE")) {
            try await attempt.finish(callbackUrl: callback.replacing("state=", with: "state=x"))
        }
        await #expect(throws: Failure.Invalid(field: .link, why: .malformed)) {
            try await attempt.finish(callbackUrl: "https://evil.example/?code=a")
        }
        let session = try await SignInAttempt.finish(callbackUrl:)(attempt)(callback)
        await #expect(throws: Failure.Closed) { try await attempt.finish(callbackUrl: callback) }
        #expect(session.account().user == person.userId)
        try await session.live()
        try await session.signOut(evenOffline: false)
        #expect(device.isEmpty)
    }

    @Test func aNoAndACancelledAttemptLeaveNothingBehind() async throws {
        let (homeserver, device) = (try await Deployment.sovereign(), try Device())
        let person = try await Deployment.newPerson()
        let begin = { @Sendable [app] (url: String) in
            try await device.bulla.beginSignIn(homeserver: url, app: app, start: OauthStart(signUp: true))
        }
        let denied = try await begin(homeserver)
        let callback = try await Deployment.browse(denied.url(), as: person, allow: false)
        await #expect(throws: Failure.Rejected(code: "access_denied")) {
            try await denied.finish(callbackUrl: callback)
        }
        #expect(device.isEmpty)
        let cancelled = try await begin(homeserver)
        #expect(!device.isEmpty)
        try await SignInAttempt.cancel(cancelled)()
        #expect(device.isEmpty)
        let password = try Deployment.current().servers[0].clientUrl
        await #expect(throws: Failure.Rejected(code: "OAUTH_UNSUPPORTED")) { try await begin(password) }
        #expect(device.isEmpty)
    }

    @Test func afterASoftLogoutTheBrowserBringsTheSamePersonBack() async throws {
        // First of all, since the deployment may have none.
        _ = try await Deployment.sovereign()
        let (proxy, device) = (try await Proxy.beforeSovereign(), try Device())
        let (person, stranger) = (try await Deployment.newPerson(), try await Deployment.newPerson())
        let first = try await device.bulla.beginSignIn(homeserver: proxy.url, app: app, start: OauthStart())
        let session = try await first.finish(callbackUrl: Deployment.browse(first.url(), as: person, allow: true))
        try await session.live()
        let begin = { @Sendable [app] in try await session.beginSignInAgain(app: app) }
        await #expect(throws: Failure.Closed) { try await begin() }
        func endSoftly() async throws {
            var gone = Fault.softLogout
            // To all but who it is that renews tokens, which stands under another version of the API.
            gone.path = "3"
            try await proxy.set(gone)
            session.networkChanged(change: .available)
            try await session.wait("signed out") { $0 == .signedOut(soft: true) }
            try await proxy.heal()
        }
        try await endSoftly()
        let theirs = try await begin()
        let strange = try await Deployment.browse(theirs.url(), as: stranger, allow: true)
        await #expect(throws: Failure.Invalid(field: .user, why: .wrong)) {
            try await theirs.finish(callbackUrl: strange)
        }
        // Nobody but the proxy has refused what was kept, and that is what is used again.
        try await session.live()
        try await endSoftly()
        let again = try await begin()
        let back = try await again.finish(callbackUrl: Deployment.browse(again.url(), as: person, allow: true))
        #expect(back.account() == session.account())
        try await session.live()
        try await session.signOut(evenOffline: false)
        #expect(device.isEmpty)
    }

    @Test func aServerWithASingleSignOnOfItsOwnIsComeIntoTheSameWay() async throws {
        let (homeserver, device) = (try Deployment.current().servers[1].clientUrl, try Device())
        let name = "jeanne\(UInt32.random(in: .min ... .max))"
        let person = KnownPerson(userId: "@\(name)", email: "\(name)@ministere.test")
        let attempt = try await device.bulla.beginSignIn(homeserver: homeserver, app: app, start: OauthStart())
        let callback = try await Deployment.browse(attempt.url(), as: person, allow: true)
        await #expect(throws: Failure.Rejected(code: "OAUTH_STATE")) {
            try await attempt.finish(callbackUrl: callback.replacing("state=", with: "state=x"))
        }
        let session = try await attempt.finish(callbackUrl: callback)
        #expect(session.account().user.hasPrefix("@\(name):"))
        try await session.live()
        try await session.signOut(evenOffline: false)
        #expect(device.isEmpty)
    }
}
