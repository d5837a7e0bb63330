import Bulla
import Observation

/// The profile and what is set on this device.
@MainActor
@Observable
public final class SettingsModel: ScreenModel {
    public private(set) var profile: Person?
    /// Who the person is to others, as far as the server says.
    public private(set) var card: AgentCard?
    /// Whether others are not told what was read; nil until it is known.
    public private(set) var privateReceipts: Bool?
    public private(set) var busy = false
    /// The server was not told: signing out all the same would leave this device in its list.
    public private(set) var signOutOffline = false
    public private(set) var problem: Problem?

    @ObservationIgnored private unowned let app: AppModel
    @ObservationIgnored private let session: Session
    @ObservationIgnored private let pictures: (any PicturePort)?
    @ObservationIgnored private var first: Task<Void, Never>?

    init(_ app: AppModel, _ session: Session, _ pictures: (any PicturePort)?) {
        (self.app, self.session, self.pictures) = (app, session, pictures)
        first = Task { [weak self] in await self?.load() }
    }

    public var settings: Settings { app.settings }

    public func setName(_ name: String) async {
        await busily { try await $0.setDisplayName(name: name.trimmed) }
    }

    /// Whether there is a way to choose a picture.
    public var choosesPictures: Bool { pictures != nil }

    public func chooseAvatar() async {
        await busily { [pictures] session in
            if let picture = try await pictures?.picture() { try await session.setAvatar(picture: picture) }
        }
    }

    public func removeAvatar() async {
        await busily { try await $0.setAvatar(picture: nil) }
    }

    public func setLanguage(_ language: Language) { change { $0.language = language } }

    public func setTheme(_ theme: Theme) { change { $0.theme = theme } }

    public func setTextSize(_ percent: Int) {
        change { $0.textSize = min(max(percent, Settings.textSizes[0]), Settings.textSizes[Settings.textSizes.count - 1]) }
    }

    public func setPrivateReceipts(_ on: Bool) async {
        await busily { try await $0.setPrivateReceipts(private: on) }
        if problem == nil { privateReceipts = on }
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

    private func busily(_ command: (Session) async throws -> Void) async {
        (busy, problem) = (true, nil)
        _ = await attempt(failed) { try await command(session) }
        if problem == nil { await load() }
        busy = false
    }

    private func load() async {
        if let found = await attempt(failed, { try await session.profile() }) { profile = found }
        // A bonus: what cannot be told is left out.
        if privateReceipts == nil { privateReceipts = await attempt({ _ in }, { try await session.privateReceipts() }) }
        if let found = await attempt({ _ in }, { try await session.whoAmI() }) { card = found }
    }

    private func change(_ change: (inout Settings) -> Void) {
        var settings = app.settings
        change(&settings)
        app.set(settings)
    }

    private func failed(_ problem: Problem) { self.problem = problem }
}
