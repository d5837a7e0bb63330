import Bulla
import Testing

@testable import BullaModels

/// What holds an account up: a temporary password, its end, its being erased.
@MainActor
@Suite(.beside, .ours)
struct HoldTest {
    private let own = "girafe velours tambour 8"

    @Test func aTemporaryPasswordIsChangedBeforeAnythingElse() async throws {
        let user = try await Deployment.newUser(on: 1)
        try await Deployment.makeTemporary(user)
        let person = try await came(user, .choosePassword)
        let model = try #require(person.app.password())
        try await until("what it has to be") { model.policy?.minLength == 12 && model.policy?.digit == true }
        model.new = "girafe"
        try await until("how weak it is") { model.strength != nil }
        #expect(!model.complete)
        model.old = user.password
        try await within("the refusal") { await model.submit() }
        #expect(model.lacks == .tooShort)
        model.new = own
        #expect(model.problem == nil)
        try await until("how strong it is") { model.strength?.score == 4 }
        model.old = "not this"
        try await within("the refusal of the old one") { await model.submit() }
        #expect(model.oldWrong)
        #expect(person.app.hold == .choosePassword)
        model.old = user.password
        try await within("the change") { await model.submit() }
        #expect(person.app.hold == nil)
        try await person.session.live()
        let list = try person.rooms
        try await until("the list") { !list.loading && list.listProblem == nil }
        try await AppUser.newcomer().signIn(
            as: User(userId: user.userId, password: own, homeserver: user.homeserver))
    }

    @Test func aPasswordIsChangedFromTheSettings() async throws {
        let user = try await Deployment.newUser(on: 0)
        let person = try await came(user, nil)
        try await person.session.live()
        person.app.go(.password)
        let model = try #require(person.app.changePassword())
        (model.old, model.new) = (user.password, own)
        try await within("the change") { await model.submit() }
        #expect(model.done && model.old.isEmpty && model.new.isEmpty && model.problem == nil)
        try await AppUser.newcomer().signIn(
            as: User(userId: user.userId, password: own, homeserver: user.homeserver))
    }

    @Test func anExpiredAccountIsRenewedByMail() async throws {
        let user = try await Deployment.newUser(on: 0)
        let email = try await Deployment.giveEmail(user)
        try await Deployment.expire(user)
        let person = try await came(user, .expired)
        person.app.goOn()
        let list = try person.rooms
        try await until("it may be read, and is said") { list.connection == .expired }
        #expect(person.app.hold == nil)
        person.app.renew()
        let model = try #require(person.app.renewal())
        try await within("asking the server") { await model.check() }
        #expect(model.notYet)
        try await within("the mail") { await model.sendMail() }
        #expect(model.sent && !model.notYet && model.wait == 0)
        try await within("a mail too many") { await model.sendMail() }
        let told = model.wait
        #expect((1...30).contains(told) && model.problem == nil)
        try await until("the seconds go by") { model.wait < told }
        try await Deployment.followMail(email)
        try await within("asking again") { await model.check() }
        try await until("nothing holds it up") { person.app.hold == nil }
        try await person.session.live()
    }

    @Test func anErasedAccountIsLeft() async throws {
        let user = try await Deployment.newUser(on: 0)
        let person = try await came(user, nil)
        try await person.session.live()
        try await Deployment.logOut(user)
        try await until("erased") { person.app.hold == .erased }
        #expect(person.ground.keys.all == [:])
        try await within("leaving") { await person.app.leaveErased() }
        #expect(person.app.here == .welcome && person.app.hold == nil)
        #expect(person.app.accounts == [] && person.app.problem == nil)
        // Another account may be signed in to at once.
        try await person.signIn(as: try await Deployment.newUser(on: 0))
        try await person.session.live()
    }

    private func came(_ user: User, _ hold: Hold?) async throws -> AppUser {
        let person = try AppUser.newcomer()
        await person.app.start()
        try await person.signIn(as: user)
        try await until("held: \(String(describing: hold))") { person.app.hold == hold }
        return person
    }
}
