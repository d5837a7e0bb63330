import Bulla
import Observation

/// Signs this device in by the code that another one shows; `signedIn` gets the session.
@MainActor
@Observable
public final class CodeSignInModel: ScreenModel {
    /// How far it is; nil before a code was read.
    public private(set) var step: QrSignInState?
    public private(set) var busy = false
    public private(set) var problem: Problem?

    @ObservationIgnored private let bulla: Bulla
    @ObservationIgnored private let browser: any BrowserPort
    @ObservationIgnored private let camera: any CameraPort
    @ObservationIgnored private let signedIn: @MainActor (Session) async -> Void
    @ObservationIgnored private var work: Task<Session?, Never>?

    init(
        _ bulla: Bulla, _ browser: any BrowserPort, _ camera: any CameraPort, signedIn: @escaping @MainActor (Session) async -> Void
    ) {
        (self.bulla, self.browser, self.camera, self.signedIn) = (bulla, browser, camera, signedIn)
    }

    /// Whether the person takes the picture, or chooses one.
    public var isCamera: Bool { camera.isCamera }

    /// Asks for a picture of the code, and goes on by what it holds.
    public func scan() async {
        if busy { return }
        (busy, problem) = (true, nil)
        let work = Task { await attempt({ problem = $0 }, read) ?? nil }
        self.work = work
        if let session = await work.value { await signedIn(session) }
        (step, busy) = (nil, false)
    }

    /// Gives it up: nothing is left of it.
    public func cancel() { work?.cancel() }

    public func close() { cancel() }

    private func read() async throws -> Session? {
        guard let picture = try await camera.picture() else { return nil }
        let code = try await bulla.readQr(width: picture.width, luma: picture.luma)
        return try await follow(bulla.beginQrSignIn(app: browser.app, code: code))
    }

    private func follow(_ begun: QrSignIn) async throws -> Session {
        do {
            while let step = try await begun.next() { self.step = step }
            return try await begun.finish()
        } catch {
            // Whoever goes away leaves nothing behind; this has to be done also where the task was cancelled.
            await Task { try? await begun.cancel() }.value
            throw error
        }
    }
}
