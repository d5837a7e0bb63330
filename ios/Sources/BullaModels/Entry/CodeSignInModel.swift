import Bulla
import Observation

/// Signs this device in by the code that another one shows, or by one that this shows for `server`; `signedIn` gets the session.
@MainActor
@Observable
public final class CodeSignInModel: ScreenModel {
    /// How far it is; nil before a code was read or is shown.
    public private(set) var step: QrSignInState?
    /// The code to show.
    public private(set) var picture: QrPicture?
    /// What the other device shows: two digits, and nothing else.
    public var digits = "" { didSet { typed() } }
    public private(set) var busy = false
    public private(set) var problem: Problem?

    @ObservationIgnored private let bulla: Bulla
    @ObservationIgnored private let browser: any BrowserPort
    @ObservationIgnored private let camera: (any CameraPort)?
    @ObservationIgnored private let server: String
    @ObservationIgnored private let signedIn: @MainActor (Session) async -> Void
    @ObservationIgnored private var begun: QrSignIn?
    @ObservationIgnored private var work: Task<Session?, Never>?

    init(
        _ bulla: Bulla, _ browser: any BrowserPort, _ camera: (any CameraPort)?, server: String,
        signedIn: @escaping @MainActor (Session) async -> Void
    ) {
        (self.bulla, self.browser, self.camera) = (bulla, browser, camera)
        (self.server, self.signedIn) = (server, signedIn)
    }

    /// Whether the person takes the picture, or chooses one; nil where there is nothing to read a code with.
    public var isCamera: Bool? { camera?.isCamera }

    /// Whether it is known for which server a code would be.
    public var shows: Bool { !server.trimmed.isEmpty }

    /// The digits are not two, and may be typed again.
    public var wrongForm: Bool {
        if case .invalid(.count, _)? = problem { true } else { false }
    }

    public var complete: Bool { digits.count == 2 }

    /// Asks for a picture of the code, and goes on by what it holds.
    public func scan() async { await working(read) }

    /// Shows a code for the other device to read.
    public func show() async {
        await working { [self] in try await follow(bulla.showQrSignIn(homeserver: server.trimmed, app: browser.app)) }
    }

    /// The digits that the other device shows are typed.
    public func enter() async {
        guard let begun else { return }
        let typed = digits
        problem = nil
        _ = await attempt({ problem = $0 }) { try await begun.enterCheckCode(digits: typed) }
    }

    /// Gives it up: nothing is left of it.
    public func cancel() { work?.cancel() }

    public func close() { cancel() }

    private func working(_ command: @escaping @MainActor () async throws -> Session?) async {
        if busy { return }
        (busy, problem) = (true, nil)
        let work = Task { await attempt({ problem = $0 }, command) ?? nil }
        self.work = work
        if let session = await work.value { await signedIn(session) }
        let said = problem
        (step, picture, digits, busy) = (nil, nil, "", false)
        problem = said
    }

    private func read() async throws -> Session? {
        guard let picture = try await camera?.picture() else { return nil }
        let code = try await bulla.readQr(width: picture.width, luma: picture.luma)
        return try await follow(bulla.beginQrSignIn(app: browser.app, code: code))
    }

    private func follow(_ attempt: QrSignIn) async throws -> Session {
        begun = attempt
        defer { begun = nil }
        do {
            while let step = try await attempt.next() { try show(step) }
            return try await attempt.finish()
        } catch {
            // Whoever goes away leaves nothing behind; this has to be done also where the task was cancelled.
            await Task { try? await attempt.cancel() }.value
            throw error
        }
    }

    private func show(_ step: QrSignInState) throws {
        picture = if case .showCode(let bytes) = step { try drawQr(bytes: bytes) } else { nil }
        self.step = step
    }

    private func typed() {
        problem = nil
        let two = twoDigits(digits)
        if digits != two { digits = two }
    }
}

/// What a person typed, as far as it is two digits.
func twoDigits(_ typed: String) -> String { String(typed.filter(\.isWholeNumber).prefix(2)) }
