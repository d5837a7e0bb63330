import Bulla
import Observation

/// Lets a new device in, which reads the code that this one shows, or shows one that this one reads.
@MainActor
@Observable
public final class LinkDeviceModel: ScreenModel {
    /// How far it is; nil before the server has answered.
    public private(set) var step: QrGrantState?
    /// The code to show.
    public private(set) var picture: QrPicture?
    /// What the new device shows: two digits, and nothing else.
    public var digits = "" { didSet { typed() } }
    /// The person has opened the page where the new device is let in.
    public private(set) var browsing = false
    public private(set) var busy = false
    /// The new device is in.
    public private(set) var done = false
    public private(set) var problem: Problem?

    @ObservationIgnored private let bulla: Bulla
    @ObservationIgnored private let session: Session
    @ObservationIgnored private let browser: any BrowserPort
    @ObservationIgnored private let camera: (any CameraPort)?
    @ObservationIgnored private var grant: QrGrant?
    @ObservationIgnored private var work: Task<Void, Never>?
    @ObservationIgnored private var page: Task<Void, Never>?

    init(_ bulla: Bulla, _ session: Session, _ browser: any BrowserPort, _ camera: (any CameraPort)?) {
        (self.bulla, self.session, self.browser, self.camera) = (bulla, session, browser, camera)
        again()
    }

    /// The digits are not two, and may be typed again.
    public var wrongForm: Bool {
        if case .invalid(.count, _)? = problem { true } else { false }
    }

    public var complete: Bool { digits.count == 2 }

    /// Whether there is something to read the new device's code with.
    public var reads: Bool { camera != nil }

    /// Begins, with a code of its own.
    public func again() { begin { [session] in try await session.linkDevice() } }

    /// Asks for a picture of the code that the new device shows, in place of its own. Without one it goes on as it was.
    public func read() async {
        guard let camera, let picture = await attempt(failed, { try await camera.picture() }) ?? nil else { return }
        begin { [bulla, session] in
            try await session.linkShownDevice(code: bulla.readQr(width: picture.width, luma: picture.luma))
        }
    }

    /// The digits that the new device shows are typed.
    public func enter() async {
        let typed = digits
        await tell { try await $0.enterCheckCode(digits: typed) }
    }

    /// Opens the page where the person lets the new device in, which waits for them from then on.
    public func approve() async {
        guard case .approve(let url)? = step else { return }
        page?.cancel()
        // Nobody is called back: it is only shown.
        page = Task { for await _ in browser.open(url) {} }
        if browsing { return }
        browsing = true
        await tell { try await $0.confirm() }
    }

    public func close() { work?.cancel() }

    private func begin(_ with: @escaping @MainActor () async throws -> QrGrant) {
        work?.cancel()
        (step, picture, digits, browsing, busy, done, problem) = (nil, nil, "", false, false, false, nil)
        work = Task { _ = await attempt(failed) { try await follow(with()) } }
    }

    private func follow(_ begun: QrGrant) async throws {
        grant = begun
        defer {
            begun.cancel()
            page?.cancel()
            if grant === begun { grant = nil }
        }
        while let step = try await begun.next() { try show(step) }
        try await begun.finish()
        done = true
    }

    private func show(_ step: QrGrantState) throws {
        picture = if case .showCode(let bytes) = step { try drawQr(bytes: bytes) } else { nil }
        // What the person was to do there is done.
        page?.cancel()
        (self.step, busy, problem) = (step, false, nil)
    }

    private func tell(_ what: (QrGrant) async throws -> Void) async {
        guard let grant, !busy else { return }
        (busy, problem) = (true, nil)
        _ = await attempt(failed) { try await what(grant) }
    }

    private func typed() {
        problem = nil
        let two = twoDigits(digits)
        if digits != two { digits = two }
    }

    private func failed(_ problem: Problem) { (busy, self.problem) = (false, problem) }
}
