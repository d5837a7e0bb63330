import Bulla
import Observation

/// Signs in where a deployment says who belongs to it: an address leads to its server, and that to a way in.
@MainActor
@Observable
public final class EntryModel: ScreenModel {
    public var email = "" { didSet { problem = nil } }
    /// The server that answers for the address; nil until it is found.
    public private(set) var found: Discovery?
    public var password = "" { didSet { problem = nil } }
    public private(set) var busy = false
    /// The browser is open, and is waited for.
    public private(set) var browsing = false
    public private(set) var problem: Problem?

    @ObservationIgnored private let bulla: Bulla
    @ObservationIgnored private let browser: (any BrowserPort)?
    @ObservationIgnored private let signedIn: @MainActor (Session) async -> Void
    @ObservationIgnored private var work: Task<Session?, Never>?

    init(_ bulla: Bulla, _ browser: (any BrowserPort)?, signedIn: @escaping @MainActor (Session) async -> Void) {
        (self.bulla, self.browser, self.signedIn) = (bulla, browser, signedIn)
    }

    /// The field that `problem` is about.
    public var wrongField: Field? {
        if case .invalid(let field, _)? = problem, [.email, .password].contains(field) { field } else { nil }
    }

    /// Whether there is a browser to sign in with.
    public var hasBrowser: Bool { browser != nil }

    /// Whether the server lets this way in.
    public func allows(_ way: SignInWay) -> Bool { found?.instance.signIn.contains(way) ?? false }

    /// Looks for the server of the address.
    public func find() async {
        let typed = email
        await working { [bulla] in
            let found = try await bulla.discover(email: typed)
            (self.email, self.found, self.password) = (found.email, found, "")
            return nil
        }
    }

    /// Back to the address.
    public func change() {
        cancel()
        (found, password, problem) = (nil, "", nil)
    }

    public func submit() async {
        guard let found else { return }
        let password = password
        await working { [bulla] in
            try await bulla.signIn(homeserver: found.instance.baseUrl, user: found.email, password: password)
        }
    }

    public func browse() async {
        guard let found, let browser else { return }
        await working { [bulla] in
            self.browsing = true
            return try await bulla.signIn(by: browser, homeserver: found.instance.baseUrl, email: found.email)
        }
    }

    /// Stops waiting for the server, or for the browser.
    public func cancel() { work?.cancel() }

    public func close() { cancel() }

    private func working(_ command: @escaping @MainActor () async throws -> Session?) async {
        if busy { return }
        (busy, problem) = (true, nil)
        let work = Task { await attempt({ self.problem = $0 }, command) ?? nil }
        self.work = work
        if let session = await work.value {
            (email, found, password) = ("", nil, "")
            await signedIn(session)
        }
        (busy, browsing) = (false, false)
    }
}
