import Bulla
import Testing

/// Where an account is signed in.
@Suite(.beside, .ours)
struct DevicesTest {
    @Test func aSignInElsewhereIsNewAndDeniedAtOnce() async throws {
        let alice = try await Agent.on(0)
        let here = alice.session
        try await here.live()
        try await here.deviceList.wait(for: "this one, known") {
            $0.count == 1 && $0[0].current && $0[0].verified ? () : nil
        }
        let device = try Device()
        let (user, homeserver) = (alice.user, alice.user.homeserver)
        let there = try await device.bulla.signIn(homeserver: homeserver, user: user.userId, password: user.password)
        let id = there.account().device
        try await here.deviceList.wait(for: "the new one") { $0.contains { $0.id == id && $0.new } ? () : nil }
        try await here.acknowledgeDevice(device: id)
        try await here.deviceList.wait(for: "acknowledged") { $0.contains { $0.id == id && !$0.new } ? () : nil }
        try await here.renameDevice(device: id, name: "Le téléphone")
        try await here.deviceList.wait(for: "renamed") { $0.contains { $0.name == "Le téléphone" } ? () : nil }
        #expect(try await here.accountManagementUrl(action: .devices) == nil)

        await #expect(throws: Failure.Invalid(field: .password, why: .wrong)) {
            try await here.signOutDevices(devices: [id], password: "wrong")
        }
        try await here.signOutDevices(devices: [id], password: user.password)
        try await there.wait("erased") { $0 == .erased }
        let stream: DeviceListStream = try here.devices()
        #expect(try await DeviceListStream.next(stream)()?.count == 1)
        DeviceListStream.cancel(stream)()
        #expect(try await DeviceListStream.next(stream)() == nil)
    }

    @Test func aServiceThatSignsPeopleInHasAPageForThem() async throws {
        let (homeserver, device) = (try await Deployment.sovereign(), try Device())
        let person = try await Deployment.newPerson()
        await #expect(throws: Failure.Forbidden(why: .delegated)) {
            try await device.bulla.forgotPassword(homeserver: homeserver, email: person.email)
        }
        let app = OauthApp(
            name: "Bulla", website: "https://bulla.example.org/", callback: "org.example.bulla:/callback")
        let start = OauthStart(hint: person.email)
        let attempt = try await device.bulla.beginSignIn(homeserver: homeserver, app: app, start: start)
        let callback = try await Deployment.browse(attempt.url(), as: person, allow: true)
        let session = try await attempt.finish(callbackUrl: callback)
        let page = try await session.accountManagementUrl(action: .signOutDevice(device: "OTHER"))
        #expect(page?.contains("device_id=OTHER") == true)
        await #expect(throws: Failure.Forbidden(why: .delegated)) {
            try await session.changePassword(old: "a", new: "b")
        }
        await #expect(throws: Failure.Forbidden(why: .delegated)) {
            try await session.signOutDevices(devices: ["OTHER"], password: nil)
        }
        try await session.signOut(evenOffline: false)
        #expect(device.isEmpty)
    }
}
