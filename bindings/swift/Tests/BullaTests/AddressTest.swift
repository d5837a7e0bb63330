import Bulla
import Foundation
import Testing

/// Coming in by an e-mail address: its server is found, proves itself, and only then hears the password.
@Suite(.beside, .ours)
struct AddressTest {
    private let info = "/_matrix/identity/api/v1/info"
    private let proof = "/_bulla/client/v1/proof"

    @Test func anAddressLeadsToItsServerWhichProvesItself() async throws {
        let (office, user) = (try await Office.before(0), try await Deployment.newUser(on: 0))
        try await office.list("jean+equipe@agent.test", at: office.server)
        let device = try Device(trust: office.trust)
        let found = try await device.bulla.discover(email: " Jean+Equipe@Agent.Test ")
        #expect(found.email == "jean+equipe@agent.test")
        #expect(found.instance.baseUrl == office.url && found.instance.signIn == [.password] && !found.invited)
        #expect(Set(try await office.stats().requests.keys) == [info], "so far")
        let session = try await device.bulla.signIn(
            homeserver: found.instance.baseUrl, user: user.userId, password: user.password)
        try await session.live()
        #expect(session.account().user == user.userId)
        #expect(try session.isGuest(user: "@jean:guests.example") && !session.isGuest(user: user.userId))
        let requests = try await office.stats().requests
        #expect(requests[proof] == 1 && requests.keys.contains { $0.hasSuffix("/login") })
        try await session.shutdown()
    }

    @Test func anOutsidersAddressIsRefusedBothWays() async throws {
        let office = try await Office.before(0)
        let device = try Device(trust: office.trust)
        await #expect(throws: Failure.Forbidden(why: .notProfessional)) {
            try await device.bulla.discover(email: "jeanne@gmail.com")
        }
        try await office.list("jeanne@gmail.com", at: "guests.example", invited: false)
        await #expect(throws: Failure.Forbidden(why: .notInvited)) {
            try await device.bulla.discover(email: "jeanne@gmail.com")
        }
        try await office.list("jeanne@gmail.com", at: "guests.example", invited: true)
        let found = try await device.bulla.discover(email: "jeanne@gmail.com")
        #expect(found.invited && found.instance.externalGuests)
        try await office.list("jeanne@gmail.com", at: "evil.example")
        await #expect(throws: Failure.Untrusted(why: .notListed)) {
            try await device.bulla.discover(email: "jeanne@gmail.com")
        }
    }

    @Test func aServerThatProvesNothingHearsNoPassword() async throws {
        let (office, user) = (try await Office.before(0), try await Deployment.newUser(on: 0))
        let device = try Device(trust: office.trust)
        try await office.set(.respond(404, #"{"errcode": "M_UNRECOGNIZED"}"#, path: proof))
        await #expect(throws: Failure.Untrusted(why: .proofMissing)) {
            try await device.bulla.signIn(homeserver: office.url, user: user.userId, password: user.password)
        }
        #expect(Set(try await office.stats().requests.keys) == [proof])
        try await office.heal()
        let session = try await device.bulla.signIn(homeserver: office.url, user: user.userId, password: user.password)
        #expect(session.account().user == user.userId)
        try await session.shutdown()
    }
}
