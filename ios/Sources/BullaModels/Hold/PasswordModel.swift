import Bulla
import Observation

/// Puts a password of the person's own in the place of the one that there is; then `changed`.
@MainActor
@Observable
public final class PasswordModel: ScreenModel {
    public var old = "" { didSet { problem = nil } }
    public var new = "" { didSet { typed() } }
    /// What the new one has to be; nil until it is known.
    public private(set) var policy: PasswordPolicy?
    /// How good the new one is; nil while there is none.
    public private(set) var strength: PasswordStrength?
    /// Where it is changed instead: another service signs this person in.
    public private(set) var page: String?
    public private(set) var busy = false
    /// It was put in the old one's place.
    public private(set) var done = false
    public private(set) var problem: Problem?

    @ObservationIgnored private let bulla: Bulla
    @ObservationIgnored private let session: Session
    @ObservationIgnored private let changed: @MainActor () -> Void
    @ObservationIgnored private var first: Task<Void, Never>?
    @ObservationIgnored private var measuring: Task<Void, Never>?

    init(_ bulla: Bulla, _ session: Session, changed: @escaping @MainActor () -> Void) {
        (self.bulla, self.session, self.changed) = (bulla, session, changed)
        // Where it cannot be had, the answer to a password says what it lacks.
        first = Task { [weak self] in
            if let page = await attempt({ _ in }, { try await session.accountManagementUrl(action: .profile) }) { self?.page = page }
            if let found = await attempt({ _ in }, { try await session.passwordPolicy() }) { self?.policy = found }
        }
    }

    /// The old one is not the account's.
    public var oldWrong: Bool { problem == .invalid(.password, .wrong) }

    /// What the new one lacks.
    public var lacks: FieldTrouble? {
        if !oldWrong, case .invalid(.password, let why)? = problem { why } else { nil }
    }

    public var complete: Bool { !old.isEmpty && !new.isEmpty }

    public func submit() async {
        if busy { return }
        (busy, done, problem) = (true, false, nil)
        let (asked, own) = (old, new)
        let taken: Void? = await attempt({ problem = $0 }) { try await session.changePassword(old: asked, new: own) }
        busy = false
        if taken != nil {
            (old, new) = ("", "")
            done = true
            changed()
        }
    }

    public func close() {
        first?.cancel()
        measuring?.cancel()
    }

    private func typed() {
        problem = nil
        measuring?.cancel()
        if new.isEmpty {
            strength = nil
            return
        }
        let (bulla, new, known) = (bulla, new, [session.account().user])
        measuring = Task { [weak self] in
            let strength = await Task.detached { bulla.passwordStrength(password: new, words: known) }.value
            if self?.new == new { self?.strength = strength }
        }
    }
}
