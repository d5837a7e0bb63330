import Bulla
import Foundation
import Testing

@testable import BullaModels

/// A new device comes in by the code that another one shows.
@MainActor
@Suite(.beside, .ours)
struct CodeTest {
    @Test func aNewDeviceComesInByTheCodeOfAnother() async throws {
        let both = try await TwoDevices.ready()
        let (link, code) = (both.link, both.code)
        try await both.show()
        Task { await code.scan() }
        let digits = try await both.digits()
        link.digits = String(digits.prefix(1))
        try await within("the refusal") { await link.enter() }
        #expect(link.wrongForm && !link.busy)
        link.digits = " \(digits)!"
        #expect(link.complete && !link.wrongForm)
        try await within("the digits") { await link.enter() }
        let url = try await both.page()
        try await within("the browser") { await link.approve() }
        #expect(link.browsing && link.problem == nil)
        let shown = try await found("what to compare") { if case .waitingForApproval(let code)? = code.step { code } else { nil } }
        #expect(url.hasSuffix(shown))
        try await until("both are done", seeing: { (link.problem, code.problem) }) { link.done && !code.busy }
        #expect(code.problem == nil && code.step == nil)
        #expect(both.new.app.current?.user == both.someone.userId)
        try await both.new.session.live()
    }

    @Test func aNewDeviceComesInByACodeThatItShows() async throws {
        let both = try await TwoDevices.ready()
        let (link, code) = (both.link, both.code)
        try await both.show()
        try await within("giving up") { await link.read() }
        #expect(link.picture != nil && link.problem == nil)
        Task { await code.show() }
        try await both.showNew()
        try await within("the picture") { await link.read() }
        let digits = try await both.oldDigits()
        code.digits = String(digits.prefix(1))
        try await within("the refusal") { await code.enter() }
        #expect(code.wrongForm)
        code.digits = " \(digits)!"
        #expect(code.complete && !code.wrongForm)
        try await within("the digits") { await code.enter() }
        let url = try await both.page()
        try await within("the browser") { await link.approve() }
        let shown = try await found("what to compare") { if case .waitingForApproval(let code)? = code.step { code } else { nil } }
        #expect(url.hasSuffix(shown))
        try await until("both are done", seeing: { (link.problem, code.problem) }) { link.done && !code.busy }
        #expect(code.problem == nil && code.step == nil)
        #expect(both.new.app.current?.user == both.someone.userId)
        try await both.new.session.live()
    }

    @Test func aCodeThatIsShownLetsNobodyInByWrongDigits() async throws {
        let both = try await TwoDevices.ready()
        let (link, code) = (both.link, both.code)
        // A code of a device that is signed in lets nobody in.
        try await both.show()
        both.oldCamera.code = both.camera.code
        try await within("the picture") { await link.read() }
        try await until("the refusal") { link.problem == .invalid(.link, .notAllowed) }
        Task { await code.show() }
        try await both.showNew()
        try await within("the picture") { await link.read() }
        let digits = try #require(UInt8(try await both.oldDigits()))
        code.digits = twoDigits((digits + 1) % 100)
        try await within("the digits") { await code.enter() }
        try await until("the end") { !code.busy }
        #expect(code.problem == .refused(code: "QR_CHECK_CODE") && code.step == nil && code.digits == "")
        #expect(both.new.ground.keys.all == [:])
    }

    @Test func wrongDigitsLetNobodyIn() async throws {
        let both = try await TwoDevices.ready()
        let (link, code) = (both.link, both.code)
        try await both.show()
        Task { await code.scan() }
        let digits = try #require(UInt8(try await both.digits()))
        link.digits = twoDigits((digits + 1) % 100)
        try await within("the digits") { await link.enter() }
        try await until("nobody is in") { link.problem == .refused(code: "QR_CHECK_CODE") && !link.done }
        #expect(!link.wrongForm)
        code.cancel()
        try await until("the end") { !code.busy }
        #expect(code.step == nil && code.problem == nil && both.new.ground.keys.all == [:])
        link.again()
        #expect(link.step == nil && link.problem == nil && link.digits == "")
        try await both.show()
        Task { await code.scan() }
        #expect(try await both.digits().count == 2)
        both.old.app.back()
        both.new.app.back()
        try await until("nothing is left of it") { !code.busy }
        #expect(both.new.ground.keys.all == [:])
    }

    @Test func aPictureWithoutACodeIsTold() async throws {
        let both = try await TwoDevices.ready()
        let code = both.code
        try await within("giving up") { await code.scan() }
        #expect(code.step == nil && code.problem == nil && !code.busy)
        both.camera.code = QrPicture(width: 30, modules: Data(count: 900))
        try await within("the refusal") { await code.scan() }
        #expect(code.problem == .notFound(.code))
        both.camera.code = try drawQr(bytes: Data("MATRIX".utf8))
        try await within("the refusal") { await code.scan() }
        #expect(code.problem == .invalid(.link, .malformed) && !code.busy)
        try await both.show()
        Task { await code.scan() }
        #expect(try await both.digits().count == 2)
        #expect(code.problem == nil)
        code.cancel()
        try await until("the end") { !code.busy }
    }

    @Test func aServerWithPasswordsLinksNoDevices() async throws {
        let person = try await AppUser.on(0)
        person.app.go(.devices)
        let model = try #require(person.app.devicesModel())
        try await until("this one") { model.devices.count == 1 }
        #expect(try await !person.session.mayLinkDevices())
        #expect(!model.mayLink && !person.app.offersCode(server: ""))
        #expect(person.app.codeSignIn(server: "") == nil)
    }
}

/// Somebody's two devices: one is signed in through the browser and shows a code, the other is to come in, with a camera.
@MainActor
private struct TwoDevices {
    let someone: KnownPerson
    let old: AppUser
    let new: AppUser
    let oldCamera: Tabletop
    let camera: Tabletop
    let link: LinkDeviceModel
    let code: CodeSignInModel

    static func ready() async throws -> TwoDevices {
        let homeserver = try await Deployment.sovereign()
        let (someone, oldCamera, camera) = (try await Deployment.newPerson(), Tabletop(), Tabletop())
        let browser = PersonsBrowser(someone, allows: true)
        let old = try AppUser.newcomer(browser: browser, camera: oldCamera)
        let entry = old.app.signIn()
        entry.server = homeserver
        try await within("the browser") { await entry.browse() }
        try await old.session.live()
        old.app.go(.devices)
        let devices = try #require(old.app.devicesModel())
        try await until("it offers to") { devices.mayLink }
        old.app.go(.linkDevice)
        let new = try AppUser.newcomer(browser: browser, camera: camera)
        new.app.go(.signIn)
        new.app.go(.signInCode(server: homeserver))
        let (link, code) = (try #require(old.app.linkDevice()), try #require(new.app.codeSignIn(server: homeserver)))
        return TwoDevices(someone: someone, old: old, new: new, oldCamera: oldCamera, camera: camera, link: link, code: code)
    }

    /// Lays the code that the old device shows before the camera of the new one.
    func show() async throws { camera.code = try await found("a code") { link.picture } }

    /// Lays the code that the new device shows before the camera of the old one.
    func showNew() async throws { oldCamera.code = try await found("a code") { code.picture } }

    /// What the old device shows once the new one asks for it.
    func oldDigits() async throws -> String {
        let digits = try await found("the digits") { if case .showCheckCode(let code)? = link.step { twoDigits(code) } else { nil } }
        try await until("it asks for them") { code.step == .enterCheckCode }
        return digits
    }

    /// What the new device shows once the old one asks for it.
    func digits() async throws -> String {
        let digits = try await found("the digits") { if case .showCheckCode(let code)? = code.step { twoDigits(code) } else { nil } }
        try await until("it asks for them") { link.step == .enterCheckCode }
        return digits
    }

    /// Where the old device lets the new one in.
    func page() async throws -> String {
        try await found("the page") { if case .approve(let url)? = link.step { url } else { nil } }
    }
}

/// A camera before which lies a code; nothing while the person takes no picture.
@MainActor
private final class Tabletop: CameraPort {
    let isCamera = true
    var code: QrPicture?

    func picture() async throws -> GreyPicture? {
        code.map { code in
            let (width, luma) = code.seen()
            return GreyPicture(width: width, luma: luma)
        }
    }
}

/// What a model shows, once it does.
@MainActor
private func found<Found>(_ what: String, _ look: @escaping @MainActor () -> Found?) async throws -> Found {
    try await until(what) { look() != nil }
    return try #require(look())
}
