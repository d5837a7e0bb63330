import Bulla
import Testing

@testable import BullaModels

/// Coming in: by an address, through the browser, with a forgotten password.
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

    @Test func comesInByAnAddressAtAServerThatProvesItself() async throws {
        let (office, user) = (try await Office.before(0), try await Deployment.newUser(on: 0))
        let email = try await Deployment.giveEmail(user)
        let person = try AppUser.newcomer(trust: office.trust)
        await person.app.start()
        person.app.go(.signIn)
        let model = person.app.entry()
        model.email = email
        try await within("nobody's address") { await model.find() }
        #expect(model.problem == .forbidden(.notProfessional) && model.found == nil)
        try await office.list(email, at: office.server)
        try await within("finding it") { await model.find() }
        #expect(model.found?.instance.server == office.server && model.allows(.password) && !model.allows(.oauth))
        model.password = user.password
        try await office.set(.respond(404, #"{"errcode": "M_UNRECOGNIZED"}"#, path: "/_bulla/client/v1/proof"))
        try await within("no proof") { await model.submit() }
        #expect(model.problem == .untrusted(.proofMissing) && person.app.current == nil)
        try await office.heal()
        model.password = user.password
        try await within("signing in") { await model.submit() }
        #expect(person.app.current?.user == user.userId, "\(String(describing: model.problem))")
        try await person.session.live()
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
