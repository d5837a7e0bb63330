import Bulla
import Observation

/// Deletes this account on its server and on this device; then `gone`.
@MainActor
@Observable
public final class DeleteModel: ScreenModel {
    public var password = "" { didSet { if !busy { problem = nil } } }
    public private(set) var busy = false
    /// Where the account is deleted instead: another service signs this person in.
    public private(set) var page: String?
    public private(set) var problem: Problem?

    @ObservationIgnored private let session: Session
    @ObservationIgnored private let gone: @MainActor () async -> Void

    init(_ session: Session, gone: @escaping @MainActor () async -> Void) {
        (self.session, self.gone) = (session, gone)
    }

    /// The password is not the account's.
    public var wrong: Bool { problem == .invalid(.password, .wrong) }

    public func delete() async {
        if busy { return }
        (busy, problem) = (true, nil)
        let shown = password
        let deleted: Void? = await attempt({ problem = $0 }) {
            try await session.deactivate(password: shown, erase: true)
        }
        if problem == .forbidden(.delegated) {
            page = await attempt({ problem = $0 }) { try await session.accountManagementUrl(action: .deactivate) } ?? nil
            if page != nil { problem = nil }
        }
        password = ""
        busy = false
        if deleted != nil { await gone() }
    }

    public func close() {}
}
