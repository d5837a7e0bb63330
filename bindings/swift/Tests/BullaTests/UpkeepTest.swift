import Bulla
import Testing

/// An account in order: its first password, its end and renewal, its forgotten password, and who it is.
@Suite(.beside, .ours)
struct UpkeepTest {
    private let own = "girafe velours tambour 8"

    @Test func nothingOpensBeforeATemporaryPasswordIsChanged() async throws {
        let (user, device) = (try await Deployment.newUser(on: 0), try Device())
        try await Deployment.makeTemporary(user)
        let session = try await signIn(device, user)
        try await session.wait("must choose") { $0 == .mustChoosePassword }
        let refused = Failure.Forbidden(why: .temporaryPassword)
        #expect(throws: refused) { try session.rooms(filter: .all, page: 10) }
        await #expect(throws: refused) { try await session.profile() }
        try await session.changePassword(old: user.password, new: own)
        try await session.live()
        _ = try session.rooms(filter: .all, page: 10)
    }

    @Test func anAccountThatHasEndedIsRenewedByMail() async throws {
        let (user, device) = (try await Deployment.newUser(on: 0), try Device())
        let email = try await Deployment.giveEmail(user)
        try await Deployment.expire(user)
        let session = try await signIn(device, user)
        try await session.wait("expired") { $0 == .expired }
        try await session.sendRenewalMail()
        await #expect(throws: Failure.self) { try await session.sendRenewalMail() }
        try await Deployment.followMail(email)
        try await session.resume()
        try await session.live()
    }

    @Test func aForgottenPasswordIsReplacedByWhoReadsTheMail() async throws {
        let (user, device) = (try await Deployment.newUser(on: 1), try Device())
        let email = try await Deployment.giveEmail(user)
        let reset = try await device.bulla.forgotPassword(homeserver: user.homeserver, email: email)
        await #expect(throws: Failure.Forbidden(why: .emailNotConfirmed)) {
            try await PasswordReset.finish(newPassword:)(reset)(own)
        }
        try await Deployment.followMail(email)
        try await PasswordReset.finish(newPassword:)(reset)(own)
        let givenUp = try await device.bulla.forgotPassword(homeserver: user.homeserver, email: email)
        PasswordReset.cancel(givenUp)()
        await #expect(throws: Failure.Closed) { try await PasswordReset.finish(newPassword:)(givenUp)(own) }
        // The address stands for the user id, too.
        let session = try await signIn(device, User(userId: email, password: own, homeserver: user.homeserver))
        try await session.live()
        #expect(session.account().user == user.userId)
    }

    @Test func whoIAmIsToldAtAGlance() async throws {
        let alice = try await Agent.on(0)
        try await alice.session.live()
        let email = try await Deployment.giveEmail(alice.user)
        try await alice.session.setDisplayName(name: "Jean Martin [Préfecture]")
        let card = try await alice.session.whoAmI()
        #expect(card.name == "Jean Martin" && card.organisation == "Préfecture" && card.email == email)
        #expect(!card.guest && !card.nameLocked)
    }

    private func signIn(_ device: Device, _ user: User) async throws -> Session {
        try await device.bulla.signIn(homeserver: user.homeserver, user: user.userId, password: user.password)
    }
}
