import Bulla

/// What a screen's model belongs to: a place, and an account where it shows that account's own.
struct ModelKey: Hashable {
    var account: AccountId?
    var route = Route.rooms
    var hold: Hold?
    var byAddress = false
}

/// The models of the screens. Each lives as long as its screen is on the way.
extension AppModel {
    public func signIn() -> SignInModel {
        models.of(ModelKey(route: .signIn)) { [self] in
            SignInModel(bulla, browser) { [weak self] in await self?.signedIn($0) }
        }
    }

    /// In place of `signIn` where there is a manifest.
    public func entry() -> EntryModel {
        models.of(ModelKey(route: .signIn, byAddress: true)) { [self] in
            EntryModel(bulla, browser) { [weak self] in await self?.signedIn($0) }
        }
    }

    /// Nil where a code can neither be read nor shown.
    public func codeSignIn(server: String) -> CodeSignInModel? {
        guard let browser, offersCode(server: server) else { return nil }
        return models.of(ModelKey(route: .signInCode(server: server))) { [self] in
            CodeSignInModel(bulla, browser, camera, server: server) { [weak self] in await self?.signedIn($0) }
        }
    }

    public func forgotten(server: String, email: String) -> ForgottenModel {
        models.of(ModelKey(route: .forgottenPassword(server: server, email: email))) { [bulla] in
            ForgottenModel(bulla, server: server, email: email)
        }
    }

    /// The lock's own screen, before all others and among the settings.
    public func lockModel() -> LockModel {
        models.of(ModelKey(route: .appLock)) { [lock, owner] in LockModel(lock, owner) }
    }

    public func accountsModel() -> AccountsModel {
        models.of(ModelKey(route: .accounts)) { [self] in AccountsModel(self) }
    }

    public func rooms() -> RoomListModel? {
        own(.rooms) { [browser] session, _ in RoomListModel(session, browser) }
    }

    public func conversation(_ room: RoomId) -> ConversationModel? {
        own(.conversation(room)) { [drafts, ports] session, account in
            ConversationModel(session, room, draft: drafts.of(account, room), ports: ports, places: self.places) { [weak self] in
                self?.went($0)
            }
        }
    }

    /// A command in a conversation has led elsewhere.
    private func went(_ outcome: CommandOutcome) {
        switch outcome {
        case .joined(let room): openRoom(room)
        case .left: home()
        case .done, .help: break
        }
    }

    public func contacts() -> ContactsModel? {
        own(.contacts) { session, _ in ContactsModel(session) { [weak self] in self?.openRoom($0) } }
    }

    public func directory(_ route: Route) -> DirectoryModel? {
        let instances = deployment?.manifest?.instances.map(\.server) ?? []
        let link: Link? = if case .offer(let link) = route { link } else { nil }
        return own(route) { [weak self] session, _ in
            let own = session.account().user.split(separator: ":", maxSplits: 1).last.map(String.init)
            return DirectoryModel(session, servers: instances.filter { $0 != own }, link: link) { self?.openRoom($0) }
        }
    }

    public func part(_ room: RoomId, _ part: Part) -> ConversationModel? {
        own(.part(room, part)) { [ports] session, _ in
            ConversationModel(session, room, draft: .passing(), part: part, ports: ports, places: self.places) { [weak self] in
                self?.went($0)
            }
        }
    }

    public func threads(_ room: RoomId) -> ThreadsModel? {
        own(.threads(room)) { session, _ in ThreadsModel(session, room) }
    }

    public func details(_ room: RoomId) -> RoomDetailsModel? {
        own(.details(room)) { session, _ in
            RoomDetailsModel(session, room, self.pictures, self.exports) { [weak self] in self?.home() }
        }
    }

    public func roomSettings(_ room: RoomId) -> RoomSettingsModel? {
        own(.roomSettings(room)) { session, _ in RoomSettingsModel(session, room) { [weak self] in self?.openRoom($0) } }
    }

    public func space(_ room: RoomId) -> SpaceModel? {
        own(.space(room)) { session, _ in
            SpaceModel(session, room, openRoom: { [weak self] in self?.openRoom($0) }, openSpace: { [weak self] in self?.openSpace($0) })
        }
    }

    public func newConversation(_ route: Route) -> NewConversationModel? {
        own(route) { session, _ in
            let with: UserId? = if case .newConversation(let user) = route { user } else { nil }
            let model = NewConversationModel(session, with: with) { [weak self] room, kind in
                if kind == .space { self?.openSpace(room) } else { self?.openRoom(room) }
            }
            return route == .newGroup ? model.takingOver(&handedOver) : model
        }
    }

    public func password() -> PasswordModel? {
        own(hold: .choosePassword) { [bulla] session in PasswordModel(bulla, session) { [weak self] in self?.goOn() } }
    }

    public func renewal() -> RenewalModel? {
        own(hold: .expired) { RenewalModel($0) }
    }

    /// Another password for an account that is in order.
    public func changePassword() -> PasswordModel? {
        own(.password) { [bulla] session, _ in PasswordModel(bulla, session) {} }
    }

    public func devicesModel() -> DevicesModel? {
        own(.devices) { session, _ in DevicesModel(session) }
    }

    /// Nil where there is no browser to let the new device in with.
    public func linkDevice() -> LinkDeviceModel? {
        guard let browser else { return nil }
        return own(.linkDevice) { session, _ in LinkDeviceModel(bulla, session, browser, camera) }
    }

    public func contactRules() -> ContactRulesModel? {
        own(.contactRules) { session, _ in ContactRulesModel(session) }
    }

    public func deleteModel() -> DeleteModel? {
        own(.delete) { session, _ in DeleteModel(session) { [weak self] in await self?.leaveErased() } }
    }

    public func settingsModel() -> SettingsModel? {
        own(.settings) { session, _ in SettingsModel(self, session, self.pictures) }
    }

    private func own<Model: ScreenModel>(hold: Hold, _ make: (Session) -> Model) -> Model? {
        guard let account = current?.id, let session else { return nil }
        return models.of(ModelKey(account: account, hold: hold)) { make(session) }
    }

    func own<Model: ScreenModel>(_ route: Route, _ make: (Session, AccountId) -> Model) -> Model? {
        guard let account = current?.id, let session else { return nil }
        return models.of(ModelKey(account: account, route: route)) { make(session, account) }
    }
}
