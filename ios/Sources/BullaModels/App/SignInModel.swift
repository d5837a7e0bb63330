import Bulla
import Foundation
import Observation

/// Signs in at a server that the person names, by password or through the browser; `signedIn` gets the session.
@MainActor
@Observable
public final class SignInModel: ScreenModel {
    public var server = "" { didSet { problem = nil } }
    public var user = "" { didSet { problem = nil } }
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

    /// The field that `problem` is about, if it is about one of these three.
    public var wrongField: Field? {
        if case .invalid(let field, _)? = problem, [.homeserver, .user, .password].contains(field) { field } else { nil }
    }

    public var complete: Bool { !server.trimmed.isEmpty && !user.trimmed.isEmpty && !password.isEmpty }

    /// Signs in with what the fields hold; nothing while it is being done already.
    public func submit() async {
        let (homeserver, user, password) = (server.trimmed, user.trimmed, password)
        await working { [bulla] in
            try await bulla.signIn(homeserver: homeserver, user: user, password: password)
        }
    }

    /// Whether there is a browser to sign in with.
    public var hasBrowser: Bool { browser != nil }

    /// Signs in at the server through the browser.
    public func browse() async {
        guard let browser else { return }
        let homeserver = server.trimmed
        await working { [bulla] in
            self.browsing = true
            return try await bulla.signIn(by: browser, homeserver: homeserver)
        }
    }

    private func working(_ command: @escaping @MainActor () async throws -> Session?) async {
        if busy { return }
        (busy, problem) = (true, nil)
        let work = Task { await attempt({ self.problem = $0 }, command) ?? nil }
        self.work = work
        if let session = await work.value {
            (server, user, password) = ("", "", "")
            await signedIn(session)
        }
        (busy, browsing) = (false, false)
    }

    /// Stops waiting for the server, or for the browser.
    public func cancel() { work?.cancel() }

    public func close() { cancel() }
}

extension String {
    /// What was typed, without the blanks around it.
    public var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
