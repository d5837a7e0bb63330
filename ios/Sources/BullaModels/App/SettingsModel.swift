import Bulla
import Observation

/// The profile and what is set on this device.
@MainActor
@Observable
public final class SettingsModel: ScreenModel {
    public private(set) var profile: Person?
    /// Who the person is to others, as far as the server says.
    public private(set) var card: AgentCard?
    public private(set) var busy = false
    /// The server was not told: signing out all the same would leave this device in its list.
    public private(set) var signOutOffline = false
    public private(set) var problem: Problem?

    @ObservationIgnored private unowned let app: AppModel
    @ObservationIgnored private let session: Session
    @ObservationIgnored private var first: Task<Void, Never>?

    init(_ app: AppModel, _ session: Session) {
        (self.app, self.session) = (app, session)
        first = Task { [weak self] in await self?.load() }
    }

    public var settings: Settings { app.settings }

    public func setName(_ name: String) async {
        (busy, problem) = (true, nil)
        _ = await attempt(failed) { try await session.setDisplayName(name: name.trimmed) }
        if problem == nil { await load() }
        busy = false
    }

    public func setLanguage(_ language: Language) { change { $0.language = language } }

    public func setTheme(_ theme: Theme) { change { $0.theme = theme } }

    public func setTextSize(_ percent: Int) {
        change { $0.textSize = min(max(percent, Settings.textSizes[0]), Settings.textSizes[Settings.textSizes.count - 1]) }
    }

    /// Signs this account out. Without the server it asks first: `signOutOffline`.
    public func signOut(evenOffline: Bool = false) async {
        (busy, signOutOffline, problem) = (true, false, nil)
        await app.signOut(session.account().id, evenOffline: evenOffline)
        problem = app.problem
        app.problemSeen()
        signOutOffline = problem == .offline
        busy = false
    }

    public func problemSeen() { (problem, signOutOffline) = (nil, false) }

    public func close() { first?.cancel() }

    private func load() async {
        if let found = await attempt(failed, { try await session.profile() }) { profile = found }
        // A bonus: what cannot be told is left out.
        if let found = await attempt({ _ in }, { try await session.whoAmI() }) { card = found }
    }

    private func change(_ change: (inout Settings) -> Void) {
        var settings = app.settings
        change(&settings)
        app.set(settings)
    }

    private func failed(_ problem: Problem) { self.problem = problem }
}
