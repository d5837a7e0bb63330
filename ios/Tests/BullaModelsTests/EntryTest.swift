import Bulla
import Testing

@testable import BullaModels

/// Coming in: by an address, through the browser, with a forgotten password. A directory and a proof are played in Kotlin, which can
/// sign a manifest.
@MainActor
@Suite(.beside, .ours)
struct EntryTest {
    private let own = "girafe velours tambour 8"

    @Test func eachRefusalOfAnAddressIsSaid() async throws {
        let trust = Trust(keys: [Manifests.key], manifest: Manifests.shipped)
        let app = try AppUser.newcomer(trust: trust).app
        await app.start()
        #expect(app.deployment?.manifest?.name == "Messagerie")
        app.go(.signIn)
        let model = app.entry()
        model.email = "jean"
        try await within("the refusal") { await model.find() }
        #expect(model.problem == .invalid(.email, .malformed))
        #expect(model.wrongField == .email && model.found == nil && !model.busy)
        model.email = "jean@agent.example"
        #expect(model.problem == nil)
        try await within("no directory") { await model.find() }
        #expect(model.problem == .offline)
        await app.setManaged(["instance": "guests.example"])
        #expect(app.deployment?.rules.instance == "guests.example")
    }

    @Test func signsInThroughTheBrowserAtAServerOfOnesChoice() async throws {
        let homeserver = try await Deployment.sovereign()
        let someone = try await Deployment.newPerson()
        let refusing = try AppUser.newcomer(browser: PersonsBrowser(someone, allows: false))
        let refused = refusing.app.signIn()
        refused.server = homeserver
        try await within("the no") { await refused.browse() }
        #expect(refused.problem == .refused(code: "access_denied"))
        #expect(!refused.busy && !refused.browsing)
        refused.server = try Deployment.current().servers[0].clientUrl
        try await within("a server without it") { await refused.browse() }
        #expect(refused.problem == .refused(code: "OAUTH_UNSUPPORTED"))
        #expect(refusing.ground.keys.all == [:])

        let person = try AppUser.newcomer(browser: PersonsBrowser(someone, allows: true))
        let model = person.app.signIn()
        model.server = homeserver
        try await within("the browser") { await model.browse() }
        #expect(model.problem == nil)
        #expect(person.app.current?.user == someone.userId)
        try await person.session.live()
    }

    @Test func aForgottenPasswordIsReplacedByMail() async throws {
        let user = try await Deployment.newUser(on: 1)
        let email = try await Deployment.giveEmail(user)
        let person = try AppUser.newcomer()
        person.app.go(.signIn)
        person.app.go(.forgottenPassword(server: user.homeserver, email: ""))
        let model = person.app.forgotten(server: user.homeserver, email: "")
        #expect(model.server == user.homeserver)
        model.email = "nobody"
        try await within("the refusal") { await model.sendMail() }
        #expect(model.wrongField == .email && !model.sent)
        model.email = email
        try await within("the mail") { await model.sendMail() }
        #expect(model.sent)
        model.password = "court 1"
        try await until("how weak it is") { model.strength != nil }
        try await within("too short") { await model.finish() }
        #expect(model.problem == .invalid(.password, .tooShort))
        model.password = own
        try await within("too early") { await model.finish() }
        #expect(model.problem == .forbidden(.emailNotConfirmed))
        try await Deployment.followMail(email)
        try await within("the change") { await model.finish() }
        #expect(model.done)
        person.app.back()
        try await person.signIn(as: User(userId: user.userId, password: own, homeserver: user.homeserver))
    }
}

/// A browser in which somebody meets the real pages and says yes or no; a hostile app calls back first.
@MainActor
private final class PersonsBrowser: BrowserPort {
    let name = "Bulla"
    let website = "https://bulla.example.org/"
    let callback = "org.example.bulla:/callback"
    private let person: KnownPerson
    private let allows: Bool

    init(_ person: KnownPerson, allows: Bool) { (self.person, self.allows) = (person, allows) }

    func open(_ url: String) -> AsyncStream<String> {
        let (callbacks, call) = AsyncStream.makeStream(of: String.self)
        call.yield("\(callback)?code=stolen&state=unknown")
        call.yield("https://evil.example/?code=stolen")
        Task { [person, allows] in
            if let answer = try? await Deployment.browse(url, as: person, allow: allows) { call.yield(answer) }
            call.finish()
        }
        return callbacks
    }
}
