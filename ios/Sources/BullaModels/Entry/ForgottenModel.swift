import Bulla
import Observation

/// A forgotten password is replaced by who reads the account's mail.
@MainActor
@Observable
public final class ForgottenModel: ScreenModel {
    public var server: String { didSet { problem = nil } }
    public var email: String { didSet { problem = nil } }
    public var password = "" { didSet { typed() } }
    /// A mail is on its way, where the server knows the address.
    public private(set) var sent = false
    /// How good the new one is; nil while there is none.
    public private(set) var strength: PasswordStrength?
    /// The new password is the account's.
    public private(set) var done = false
    public private(set) var busy = false
    public private(set) var problem: Problem?

    @ObservationIgnored private let bulla: Bulla
    @ObservationIgnored private var reset: PasswordReset?
    @ObservationIgnored private var measuring: Task<Void, Never>?

    init(_ bulla: Bulla, server: String, email: String) {
        (self.bulla, self.server, self.email) = (bulla, server, email)
    }

    /// The field that `problem` is about.
    public var wrongField: Field? {
        if case .invalid(let field, _)? = problem, [.homeserver, .email, .password].contains(field) { field } else { nil }
    }

    /// Has the server send a mail; a second time, another.
    public func sendMail() async {
        await busy {
            reset = try await bulla.forgotPassword(homeserver: server.trimmed, email: email)
            sent = true
        }
    }

    /// The person says that they have opened the link.
    public func finish() async {
        guard let reset else { return }
        await busy {
            try await reset.finish(newPassword: password)
            (password, done) = ("", true)
        }
    }

    public func close() {
        measuring?.cancel()
        reset?.cancel()
        reset = nil
    }

    private func busy(_ command: () async throws -> Void) async {
        if busy { return }
        (busy, problem) = (true, nil)
        _ = await attempt({ problem = $0 }, command)
        busy = false
    }

    private func typed() {
        problem = nil
        measuring?.cancel()
        if password.isEmpty {
            strength = nil
            return
        }
        let (bulla, password, known) = (bulla, password, [email])
        measuring = Task { [weak self] in
            let strength = await Task.detached { bulla.passwordStrength(password: password, words: known) }.value
            if self?.password == password { self?.strength = strength }
        }
    }
}
