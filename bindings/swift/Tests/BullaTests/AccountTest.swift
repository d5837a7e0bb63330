import Bulla
import Foundation
import Testing

/// Coming in, staying, going.
@Suite(.beside, .ours)
struct AccountTest {
    @Test func aWrongPasswordNamesTheFieldAndLeavesNothingBehind() async throws {
        let (device, user) = (try Device(), try await Deployment.newUser(on: 0))
        await #expect(throws: Failure.Invalid(field: .password, why: .wrong)) {
            try await device.bulla.signIn(
                homeserver: user.homeserver, user: user.userId, password: "not \(user.password)")
        }
        #expect(try await device.bulla.accounts() == [])
        #expect(device.isEmpty)
    }

    @Test func anAddressWithoutAServerIsToldApart() async throws {
        let device = try Device()
        await #expect(throws: Failure.NotFound(what: .server)) {
            try await device.bulla.signIn(homeserver: "https://nobody.invalid", user: "alice", password: "secret")
        }
        let gone = try await Proxy.before(0)
        try await gone.set(.refuse)
        await #expect(throws: Failure.Offline) {
            try await device.bulla.signIn(homeserver: gone.url, user: "alice", password: "secret")
        }
        let page = try await Proxy.before(0)
        try await page.set(.respond(404, #"{"page": "not Matrix"}"#))
        await #expect(throws: Failure.NotFound(what: .server)) {
            try await device.bulla.signIn(homeserver: page.url, user: "alice", password: "secret")
        }
        #expect(device.isEmpty)
    }

    @Test func anEmptyFieldIsNamed() async throws {
        let (device, url) = (try Device(), try Deployment.current().servers[0].clientUrl)
        let cases = [
            ("", "alice", "secret", Field.homeserver), (url, " ", "secret", .user), (url, "alice", "", .password),
        ]
        for (homeserver, user, password, field) in cases {
            await #expect(throws: Failure.Invalid(field: field, why: .empty)) {
                try await device.bulla.signIn(homeserver: homeserver, user: user, password: password)
            }
        }
        #expect(throws: Failure.Invalid(field: .folder, why: .empty)) {
            try Bulla(config: Config(folder: "", deviceName: "Bulla test"), keys: Keys())
        }
    }

    @Test func nothingIsSentInClearToAnotherMachine() async throws {
        let device = try Device()
        await #expect(throws: Failure.Invalid(field: .homeserver, why: .notSecure)) {
            try await device.bulla.signIn(homeserver: "http://example.org", user: "alice", password: "secret")
        }
    }

    @Test func aCertificateThatDoesNotVerifyEndsIt() async throws {
        let (device, url) = (try Device(), try #require(Deployment.current().servers[0].tlsUrl))
        await #expect(throws: Failure.Untrusted(why: .certificate)) {
            try await device.bulla.signIn(homeserver: url, user: "alice", password: "secret")
        }
        #expect(device.isEmpty)
    }

    @Test func accountsAreListedAndOpeningOneTwiceGivesTheSame() async throws {
        let alice = try await Agent.on(0)
        let account = alice.session.account()
        #expect(account.user == alice.user.userId)
        #expect(try await alice.device.bulla.accounts() == [account])
        let again = try await Bulla.open(account:)(alice.device.bulla)(account.id)
        #expect(again.account() == account)
        try await again.live()
        for name in ["0000000000000000", "../elsewhere"] {
            await #expect(throws: Failure.NotFound(what: .account)) { try await alice.device.bulla.open(account: name) }
        }
        try await again.shutdown()
        #expect(throws: Failure.Closed, "they are one session") { try alice.session.rooms(filter: .all, page: 10) }
    }

    @Test func aRestartShowsTheListBeforeTheNetworkIsThere() async throws {
        let proxy = try await Proxy.before(0)
        let alice = try await Agent.behind(proxy)
        let room = try await alice.session.createGroup(draft: GroupDraft(name: "The archive"))
        try await alice.session.row("the group") { $0.id == room }
        let hers = try await alice.conversation(room)
        try await hers.sendText(markdown: "kept")
        try await hers.delivered("kept")

        try await proxy.set(.refuse)
        let session = try await alice.restart()
        let first = try await session.roomList().wait(for: "the first batch") { $0.rows }
        #expect(first.map(\.id) == [room])
        try await session.room(room: room).timeline().text("kept")
        try await session.offline()
        try await proxy.heal()
        try await session.resume()
        try await session.live()
    }

    @Test func signingOutErasesWhatIsHereAndEndsTheDeviceOnTheServer() async throws {
        let proxy = try await Proxy.before(0)
        let alice = try await Agent.behind(proxy)
        let account = alice.session.account()
        #expect(try await devices(of: alice.user).contains(account.device))
        try await proxy.set(.refuse)
        await #expect(throws: Failure.Offline) { try await alice.session.signOut(evenOffline: false) }
        #expect(try await alice.device.bulla.accounts() == [account], "nothing is erased")

        try await proxy.heal()
        try await alice.session.signOut(evenOffline: false)
        #expect(alice.device.isEmpty)
        #expect(try await alice.device.bulla.accounts() == [])
        #expect(try await !devices(of: alice.user).contains(account.device))
        await #expect(throws: Failure.Closed) { try await alice.session.identity() }
    }

    @Test func signingOutWithoutTheServerErasesWhatIsHere() async throws {
        let proxy = try await Proxy.before(0)
        let alice = try await Agent.behind(proxy)
        try await proxy.set(.refuse)
        try await alice.session.signOut(evenOffline: true)
        #expect(alice.device.isEmpty)
    }

    @Test func severalAccountsLiveSideBySide() async throws {
        let device = try Device()
        var sessions: [Session] = []
        for server in [0, 1] {
            let user = try await Deployment.newUser(on: server)
            sessions.append(
                try await device.bulla.signIn(homeserver: user.homeserver, user: user.userId, password: user.password))
        }
        let (first, second) = (sessions[0], sessions[1])
        #expect(try await Set(device.bulla.accounts()) == [first.account(), second.account()])
        let room = try await first.createGroup(draft: GroupDraft(name: "Only hers"))
        try await first.row("her group") { $0.id == room }
        let others = try await second.roomList().wait(for: "the other's list") { $0 }
        #expect(others.rows.isEmpty && others.total == 0)

        try await first.signOut(evenOffline: false)
        #expect(try await device.bulla.accounts() == [second.account()])
        #expect(device.keys.count == 1)
        try await second.live()
    }

    @Test func anAccountThatCannotBeOpenedAnyMoreIsErased() async throws {
        let alice = try await Agent.on(0)
        let account = alice.session.account().id
        await #expect(throws: Failure.Storage(trouble: .locked)) {
            try await alice.device.bulla.erase(account: account)
        }
        try await alice.session.shutdown()
        try await alice.device.bulla.erase(account: account)
        #expect(alice.device.isEmpty)
        await #expect(throws: Failure.NotFound(what: .account)) { try await alice.device.bulla.open(account: account) }
    }

    @Test func anAccountDoesNotOpenWithAnotherKey() async throws {
        let alice = try await Agent.on(0)
        let account = alice.session.account().id
        try await alice.session.shutdown()
        let (name, key) = try #require(alice.device.keys.all.first)
        try alice.device.keys.save(name: name, key: Data(repeating: 7, count: 32))
        await #expect(throws: Failure.Storage(trouble: .wrongKey)) {
            try await alice.device.bulla.open(account: account)
        }
        try alice.device.keys.erase(name: name)
        await #expect(throws: Failure.Storage(trouble: .wrongKey)) {
            try await alice.device.bulla.open(account: account)
        }
        #expect(try await alice.device.bulla.accounts() == [], "it cannot be read")
        try alice.device.keys.save(name: name, key: key)
        try await alice.device.bulla.open(account: account).shutdown()
    }

    @Test func repairingASoundStoreKeepsEverything() async throws {
        let alice = try await Agent.on(0)
        let room = try await alice.session.createGroup(draft: GroupDraft(name: "Still here"))
        try await alice.session.live()
        let account = alice.session.account().id
        await #expect(throws: Failure.Storage(trouble: .locked)) {
            try await alice.device.bulla.repair(account: account)
        }
        try await alice.session.shutdown()
        #expect(try await alice.device.bulla.repair(account: account))
        let session = try await alice.device.bulla.open(account: account)
        try await session.live()
        try await session.row("the group again") { $0.id == room }
    }

    @Test func signingInAgainAfterASoftLogoutKeepsEverything() async throws {
        let proxy = try await Proxy.before(0)
        let alice = try await Agent.behind(proxy)
        try await alice.session.live()
        let device = alice.session.account().device
        let room = try await alice.session.createGroup(draft: GroupDraft(name: "Kept"))
        try await proxy.set(.softLogout)
        try await alice.session.resume()
        try await alice.session.wait("signed out, softly") { $0 == .signedOut(soft: true) }

        try await proxy.heal()
        for (password, why) in [("", FieldTrouble.empty), ("not \(alice.user.password)", .wrong)] {
            await #expect(throws: Failure.Invalid(field: .password, why: why)) {
                try await alice.session.signInAgain(password: password)
            }
        }
        try await alice.session.signInAgain(password: alice.user.password)
        try await alice.session.live()
        #expect(alice.session.account().device == device)
        let hers = try await alice.conversation(room)
        try await hers.sendText(markdown: "back")
        try await hers.delivered("back")
    }

    @Test func aDeviceThatWasRemovedIsToldAndErased() async throws {
        let alice = try await Agent.on(0)
        try await alice.session.live()
        try await Deployment.logOut(alice.user)
        try await alice.session.wait("erased") { $0 == .erased }
        #expect(alice.device.isEmpty)
    }

    @Test func anAccountThatIsDeletedLeavesNothingHereAndOnTheServer() async throws {
        let alice = try await Agent.on(0)
        try await alice.session.live()
        await #expect(throws: Failure.Invalid(field: .password, why: .wrong)) {
            try await alice.session.deactivate(password: "wrong", erase: true)
        }
        #expect(!alice.device.isEmpty)
        try await alice.session.deactivate(password: alice.user.password, erase: true)
        #expect(alice.device.isEmpty)
        await #expect(throws: Failure.self) {
            let user = alice.user
            _ = try await alice.device.bulla.signIn(homeserver: user.homeserver, user: user.userId, password: user.password)
        }
    }
}

/// The devices that the server knows of someone, by another sign-in.
private func devices(of user: User) async throws -> [DeviceId] {
    struct Login: Encodable {
        let type = "m.login.password"
        let identifier: [String: String]
        let password: String
    }
    struct Token: Decodable { let accessToken: String }
    struct Devices: Decodable {
        struct Device: Decodable { let deviceId: String }
        let devices: [Device]
    }
    let client = "\(user.homeserver)/_matrix/client/v3"
    let login = Login(identifier: ["type": "m.id.user", "user": user.userId], password: user.password)
    let token: Token = try await Deployment.request("POST", "\(client)/login", login)
    let answer: Devices = try await Deployment.request("GET", "\(client)/devices", token: token.accessToken)
    return answer.devices.map(\.deviceId)
}
