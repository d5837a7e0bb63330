import Bulla
import Testing

@testable import BullaModels

@MainActor
@Suite(.beside, .ours)
struct AppModelTest {
    @Test func startsWithoutAccounts() async throws {
        let app = try AppUser.newcomer().app
        #expect(!app.started)
        await app.start()
        #expect(app.started)
        #expect(app.here == .welcome)
        #expect(app.accounts == [])
        #expect(app.session == nil)
        #expect(!app.back())
    }

    @Test func wrongPasswordIsSaidAtItsField() async throws {
        let user = try await Deployment.newUser(on: 0)
        let newcomer = try AppUser.newcomer()
        let model = newcomer.app.signIn()
        (model.server, model.user, model.password) = (user.homeserver, user.userId, "not this")
        await model.submit()
        #expect(model.problem == .invalid(.password, .wrong))
        #expect(model.wrongField == .password)
        #expect(!model.busy)
        model.password = "n"
        #expect(model.problem == nil)
    }

    @Test func serverThatDoesNotAnswerIsSaid() async throws {
        let proxy = try await Proxy.before(0)
        try await proxy.set(.refuse)
        let newcomer = try AppUser.newcomer()
        let model = newcomer.app.signIn()
        (model.server, model.user, model.password) = (proxy.url, "someone", "secret")
        try await within("no answer") { await model.submit() }
        #expect(model.problem == .offline)
        #expect(newcomer.app.session == nil)
    }

    @Test func signingInIsCancelled() async throws {
        let proxy = try await Proxy.before(0)
        try await proxy.set(.stall)
        let newcomer = try AppUser.newcomer()
        let model = newcomer.app.signIn()
        (model.server, model.user, model.password) = (proxy.url, "someone", "secret")
        let work = Task { await model.submit() }
        try await until("it is busy") { model.busy }
        model.cancel()
        try await within("the end", .seconds(20)) { await work.value }
        #expect(!model.busy && model.problem == nil)
    }

    @Test func signsInAndShowsConversations() async throws {
        let bilal = try await Agent.on(1)
        let person = try await AppUser.on(0)
        let room = try await person.session.createDirect(user: bilal.user.userId)
        #expect(person.app.here == .rooms)
        let list = try person.rooms
        try await until("the new conversation") { !list.loading && list.rows.contains { $0.id == room } }
        #expect(person.app.current?.user == person.id)
    }

    @Test func restoresAtNextStart() async throws {
        let first = try await AppUser.on(0)
        let room = try await first.group("Cellule")
        let again = try await first.restart()
        await again.app.start()
        #expect(again.app.current?.user == first.id)
        let list = try again.rooms
        try await until("the conversation, from the store") { list.rows.contains { $0.id == room } }
    }

    @Test func switchesAccounts() async throws {
        let person = try await AppUser.on(0)
        let first = try person.session.account()
        let other = try await Deployment.newUser(on: 1)
        person.app.accountsModel().add()
        #expect(person.app.here == .signIn)
        try await person.signIn(as: other)
        let accounts = person.app.accountsModel()
        #expect(accounts.accounts.count == 2)
        #expect(try accounts.current == person.session.account().id && accounts.current != first.id)
        await accounts.switchTo(first.id)
        #expect(person.app.current?.user == person.id)
        #expect(person.app.here == .rooms)
        // The other goes on receiving.
        await accounts.switchTo(try #require(person.app.accounts.first { $0.user == other.userId }).id)
        try await person.session.live()
    }

    @Test func keepsSettings() async throws {
        let person = try await AppUser.on(0)
        let model = try #require(person.app.settingsModel())
        try await until("the profile") { model.profile?.user == person.id }
        model.setLanguage(.english)
        model.setTheme(.contrast)
        model.setTextSize(150)
        await model.setName(" Camille Laurent ")
        #expect(model.profile?.name == "Camille Laurent")
        let wanted = Settings(language: .english, theme: .contrast, textSize: 150)
        #expect(model.settings == wanted)
        #expect(try await person.restart().app.settings == wanted)
    }

    @Test func signsOutAndForgets() async throws {
        let person = try await AppUser.on(0)
        let model = try #require(person.app.settingsModel())
        #expect(person.ground.keys.count > 0)
        try await within("signing out") { await model.signOut() }
        #expect(person.app.current == nil)
        #expect(person.app.here == .welcome)
        #expect(person.app.accounts == [])
        #expect(person.ground.keys.all == [:])
    }

    @Test func signingOutWithoutTheServerAsksFirst() async throws {
        let proxy = try await Proxy.before(0)
        let person = try await AppUser.on(0, behind: proxy)
        let model = try #require(person.app.settingsModel())
        try await proxy.set(.refuse)
        try await within("the attempt") { await model.signOut() }
        #expect(model.signOutOffline && !model.busy)
        #expect(person.app.current?.user == person.id)
        try await within("signing out all the same") { await model.signOut(evenOffline: true) }
        #expect(person.app.current == nil && person.app.accounts == [])
    }

    @Test func opensALink() async throws {
        let bilal = try await Agent.on(1)
        let person = try await AppUser.on(0)
        let room = try await person.group("Cellule")
        await person.app.openLink("https://matrix.to/#/\(room)")
        #expect(person.app.here == .conversation(room))
        await person.app.openLink("https://matrix.to/#/\(bilal.user.userId)")
        let route = Route.newConversation(with: bilal.user.userId)
        #expect(person.app.here == route)
        let model = try #require(person.app.newConversation(route))
        try await until("him") { model.found.contains { $0.user == bilal.user.userId } }
    }

    @Test func aLinkWaitsForSignIn() async throws {
        let (bilal, user) = (try await Deployment.newUser(on: 1), try await Deployment.newUser(on: 0))
        let newcomer = try AppUser.newcomer()
        await newcomer.app.start()
        await newcomer.app.openLink("https://matrix.to/#/\(bilal.userId)")
        #expect(newcomer.app.pendingLink == .person(user: bilal.userId))
        try await newcomer.signIn(as: user)
        #expect(newcomer.app.here == .newConversation(with: bilal.userId))
        #expect(newcomer.app.pendingLink == nil)
    }

    @Test func refusesAPoisonedLink() async throws {
        let app = try await AppUser.on(0).app
        let poisoned = [
            "javascript:alert(1)",
            "file:///etc/passwd",
            "https://matrix.to.evil.example/#/@a:b",
            "https://matrix.to/#/",
            "matrix:u/" + String(repeating: "a", count: 100_000),
            "https://matrix.to/#/@a\u{202E}b:c\u{0}",
            "bulla:../../accounts",
        ]
        for link in poisoned {
            await app.openLink(link)
            #expect(app.here == .rooms)
            let why = link.count > 10_000 ? FieldTrouble.tooLong : .malformed
            #expect(app.problem == .invalid(.link, why), "\(link.prefix(60))")
            app.problemSeen()
        }
        await app.openLink("https://matrix.to/#/!nowhere:example.org")
        // A strange room is looked at before one joins, and this one is none.
        let offer = try #require(app.directory(app.here))
        try await until("a word on it") { offer.problem != nil }
        #expect(offer.rooms.isEmpty && app.here != .rooms)
    }
}
