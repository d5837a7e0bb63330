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
