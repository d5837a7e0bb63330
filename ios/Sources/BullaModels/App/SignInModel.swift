import Bulla
import Foundation
import Observation

/// Signs in by password; `signedIn` gets the session.
@MainActor
@Observable
public final class SignInModel: ScreenModel {
    public var server = "" { didSet { problem = nil } }
    public var user = "" { didSet { problem = nil } }
    public var password = "" { didSet { problem = nil } }
    public private(set) var busy = false
    public private(set) var problem: Problem?

    @ObservationIgnored private let bulla: Bulla
    @ObservationIgnored private let signedIn: @MainActor (Session) async -> Void
    @ObservationIgnored private var work: Task<Session?, Never>?

    init(_ bulla: Bulla, signedIn: @escaping @MainActor (Session) async -> Void) {
        (self.bulla, self.signedIn) = (bulla, signedIn)
    }

    /// The field that `problem` is about, if it is about one of these three.
    public var wrongField: Field? {
        if case .invalid(let field, _)? = problem, [.homeserver, .user, .password].contains(field) { field } else { nil }
    }

    public var complete: Bool { !server.trimmed.isEmpty && !user.trimmed.isEmpty && !password.isEmpty }

    /// Signs in with what the fields hold; nothing while it is being done already.
    public func submit() async {
        if busy { return }
        (busy, problem) = (true, nil)
        let (homeserver, user, password) = (server.trimmed, user.trimmed, password)
        let work = Task {
            await attempt({ self.problem = $0 }) {
                try await bulla.signIn(homeserver: homeserver, user: user, password: password)
            }
        }
        self.work = work
        if let session = await work.value {
            (server, self.user, self.password) = ("", "", "")
            await signedIn(session)
        }
        busy = false
    }

    /// Stops waiting for the server.
    public func cancel() { work?.cancel() }

    public func close() { cancel() }
}

extension String {
    /// What was typed, without the blanks around it.
    public var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
