import Bulla
import Testing

/// The account's password: how good one is, and changing it.
@Suite(.beside, .ours)
struct PasswordTest {
    @Test func aPasswordIsMeasuredAsItIsTyped() throws {
        let (bulla, known) = (try Device().bulla, ["Océane Lefèvre", "oceane.lefevre@prefecture.example.fr"])
        let weak = bulla.passwordStrength(password: "oceane.lefevre", words: known)
        #expect(weak.score < 3 && weak.reasons.contains(.personal))
        #expect(bulla.passwordStrength(password: "azerty", words: known).reasons.contains(.common))
        let good = bulla.passwordStrength(password: "girafe velours tambour 88 pluie", words: known)
        #expect(good == PasswordStrength(score: 4, reasons: []))
    }

    @Test func aPasswordIsChangedByWhoKnowsTheOldOneAsTheServerAsks() async throws {
        let alice = try await Agent.on(1)
        let (session, old) = (alice.session, alice.user.password)
        try await session.live()
        let policy = try await session.passwordPolicy()
        #expect(policy.minLength == 12 && policy.digit)
        let new = "girafe velours tambour 8"
        for (old, new, why) in [
            (old, "court 1", FieldTrouble.tooShort), (old, "girafe velours tambour", .noDigit),
            ("another", new, .wrong),
        ] {
            await #expect(throws: Failure.Invalid(field: .password, why: why)) {
                try await session.changePassword(old: old, new: new)
            }
        }
        try await session.changePassword(old: old, new: new)
        let device = try Device()
        let (homeserver, user) = (alice.user.homeserver, alice.user.userId)
        let other = try await device.bulla.signIn(homeserver: homeserver, user: user, password: new)
        try await other.signOut(evenOffline: false)
        #expect(device.isEmpty)
    }
}
