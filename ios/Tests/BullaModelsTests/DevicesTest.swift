import Bulla
import Testing

@testable import BullaModels

/// Where an account is signed in.
@MainActor
@Suite(.beside, .ours)
struct DevicesTest {
    @Test func aSignInElsewhereIsShownAndDenied() async throws {
        let person = try await AppUser.on(0)
        let user = try #require(person.user)
        person.app.go(.devices)
        let model = try #require(person.app.devicesModel())
        try await until("this one") { model.devices.count == 1 && model.devices[0].current && model.devices[0].verified }
        let there = try AppUser.newcomer()
        await there.app.start()
        try await there.signIn(as: user)
        let id = try there.session.account().device
        try await until("the new one, after this one") {
            model.devices.map(\.current) == [true, false] && model.devices.map(\.new) == [false, true]
        }
        model.deny(id)
        try await within("the refusal") { await model.signOut(password: "wrong") }
        #expect(model.problem == .invalid(.password, .wrong))
        #expect(model.leaving == [id])
        try await within("signing it out") { await model.signOut(password: user.password) }
        #expect(model.leaving.isEmpty && model.advice && model.problem == nil)
        try await until("erased there") { there.app.hold == .erased }
        try await until("alone") { model.devices.count == 1 && model.others.isEmpty }
    }

    @Test func allOthersAreSignedOut() async throws {
        let person = try await AppUser.on(0)
        let user = try #require(person.user)
        person.app.go(.devices)
        let model = try #require(person.app.devicesModel())
        var there: [AppUser] = []
        for _ in 0..<2 {
            let other = try AppUser.newcomer()
            await other.app.start()
            try await other.signIn(as: user)
            there.append(other)
        }
        try await until("three") { model.others.count == 2 }
        model.leave(model.others.map(\.id))
        try await within("signing them out") { await model.signOut(password: user.password) }
        #expect(model.leaving.isEmpty && !model.advice && model.problem == nil)
        for other in there { try await until("erased there") { other.app.hold == .erased } }
        try await until("alone") { model.devices.count == 1 && model.others.isEmpty }
    }

    @Test func aServiceThatSignsPeopleInHasAPage() async throws {
        let homeserver = try await Deployment.sovereign()
        let someone = try await Deployment.newPerson()
        let person = try AppUser.newcomer(browser: PersonsBrowser(someone, allows: true))
        let entry = person.app.signIn()
        entry.server = homeserver
        try await within("the browser") { await entry.browse() }
        try await person.session.live()
        person.app.go(.devices)
        let model = try #require(person.app.devicesModel())
        try await until("this one") { model.devices.count == 1 }
        model.deny("OTHER")
        try await within("the refusal") { await model.signOut(password: "") }
        #expect(model.page?.contains("device_id=OTHER") == true)
        #expect(model.leaving.isEmpty && model.problem == nil && !model.advice)
        person.app.go(.password)
        let password = try #require(person.app.changePassword())
        try await until("the page for it") { password.page != nil }
        person.app.go(.delete)
        let delete = try #require(person.app.deleteModel())
        try await within("the refusal") { await delete.delete() }
        #expect(delete.page != nil && delete.problem == nil)
    }

    @Test func theBrowserBringsASessionBackThatHasEndedSoftly() async throws {
        _ = try await Deployment.sovereign()
        let (proxy, someone) = (try await Proxy.beforeSovereign(), try await Deployment.newPerson())
        let person = try AppUser.newcomer(browser: PersonsBrowser(someone, allows: true))
        let entry = person.app.signIn()
        entry.server = proxy.url
        try await within("the browser") { await entry.browse() }
        try await person.session.live()
        let rooms = try person.rooms
        var gone = Fault.softLogout
        // To all but who it is that renews tokens, which stands under another version of the API.
        gone.path = "3"
        try await proxy.set(gone)
        try person.session.networkChanged(change: .available)
        try await until("signed out") { rooms.connection == .signedOut(soft: true) }
        try await proxy.heal()
        try await within("the browser") { await rooms.comeBack() }
        #expect(rooms.problem == nil && !rooms.wantsPassword && !rooms.browsing)
        try await person.session.live()
        #expect(person.app.current?.user == someone.userId)
    }

    @Test func thePasswordBringsASessionBackWhereItOpenedOne() async throws {
        let (proxy, user) = (try await Proxy.before(0), try await Deployment.newUser(on: 0))
        let nobody = KnownPerson(userId: "@nobody", email: "nobody@ministere.test")
        let person = try AppUser.newcomer(browser: PersonsBrowser(nobody, allows: true))
        await person.app.start()
        try await person.signIn(as: user, behind: proxy)
        try await person.session.live()
        let rooms = try person.rooms
        try await proxy.set(.softLogout)
        try person.session.networkChanged(change: .available)
        try await until("signed out") { rooms.connection == .signedOut(soft: true) }
        try await proxy.heal()
        try await within("asking the browser") { await rooms.comeBack() }
        #expect(rooms.wantsPassword && rooms.problem == nil)
        try await within("the password") { await rooms.signInAgain(user.password) }
        #expect(!rooms.wantsPassword && rooms.problem == nil)
        try await person.session.live()
    }

    @Test func oneIsAcknowledgedAndRenamed() async throws {
        let person = try await AppUser.on(0)
        person.app.go(.devices)
        let model = try #require(person.app.devicesModel())
        let there = try AppUser.newcomer()
        await there.app.start()
        try await there.signIn(as: #require(person.user))
        let id = try there.session.account().device
        try await until("it is new") { model.devices.contains { $0.id == id && $0.new } }
        try await within("it was me") { await model.acknowledge(id) }
        try await until("it is known") { model.devices.contains { $0.id == id && !$0.new } }
        try await within("renaming") { await model.rename(id, to: " Le téléphone ") }
        try await until("renamed") { model.devices.contains { $0.id == id && $0.name == "Le téléphone" } }
        model.leave(model.others.map(\.id))
        model.stay()
        #expect(model.leaving.isEmpty)
    }
}
