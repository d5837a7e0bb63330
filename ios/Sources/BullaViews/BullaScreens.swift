#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// The whole app: what is before signing in, or the list of conversations beside the one that is open. On a phone the
    /// system shows one of the two.
    public struct BullaScreens: View {
        let app: AppModel
        @State private var portraits: Portraits<UIImage>?
        @State private var thumbnails: Thumbnails<UIImage>?

        public init(_ app: AppModel) {
            self.app = app
        }

        public var body: some View {
            Group {
                if !app.started {
                    Waiting()
                } else if case .critical(let text)? = app.gate {
                    Standstill(
                        symbol: "exclamationmark.triangle", title: app.settings.words().tooOldTitle,
                        text: text ?? app.settings.words().tooOldText
                    ) {
                        if let support = app.deployment?.manifest?.support.flatMap(URL.init(string:)) {
                            Link(app.settings.words().support, destination: support)
                        }
                    }
                } else if app.lockedOut {
                    LockView(app: app)
                } else if app.current == nil {
                    BeforeSigningIn(app: app)
                } else if let hold = app.hold {
                    HoldView(hold: hold, app: app)
                } else {
                    Panes(app: app)
                }
            }
            .safeAreaInset(edge: .top) { TooOld(gate: app.gate, seen: app.gateSeen) }
            .environment(\.words, app.settings.words())
            .environment(\.servicePage, app.servicePage)
            .environment(\.portraits, portraits)
            .environment(\.thumbnails, thumbnails)
            // Another account sees others, and nothing of one stays when it is left.
            .onChange(of: app.current?.id, initial: true) {
                portraits = app.session.map { Portraits($0) { UIImage(data: $0) } }
                thumbnails = app.session.map { _ in Thumbnails { UIImage(data: $0) } }
            }
            .modifier(Appearance(settings: app.settings))
        }
    }

    private struct BeforeSigningIn: View {
        let app: AppModel
        @Environment(\.words) private var words

        var body: some View {
            NavigationStack {
                WelcomeView(problem: app.problem) { app.go(.signIn) }
                    .navigationDestination(isPresented: shown) { WayIn(app: app) }
            }
        }

        private var shown: Binding<Bool> {
            Binding(
                get: { app.route.contains(.signIn) },
                set: { if !$0 { while app.route.contains(.signIn), app.back() {} } })
        }
    }

    /// Signing in: by the address where a deployment says who belongs to it, otherwise at a server that the person names.
    private struct WayIn: View {
        let app: AppModel

        private var forgottenPassword: (server: String, email: String)? {
            if case .forgottenPassword(let server, let email) = app.here { (server, email) } else { nil }
        }

        var body: some View {
            entry
                .navigationDestination(isPresented: asked) {
                    if let (server, email) = forgottenPassword {
                        let isManaged = app.deployment?.manifest != nil
                        ForgottenView(model: app.forgotten(server: server, email: email), onlyEmail: isManaged) { app.back() }
                    }
                }
                .navigationDestination(isPresented: read) {
                    if let server = coded, let model = app.codeSignIn(server: server) { CodeSignInView(model: model) }
                }
        }

        @ViewBuilder private var entry: some View {
            if let deployment = app.deployment, deployment.manifest != nil {
                EntryView(
                    model: app.entry(), deployment: deployment,
                    forgotten: { app.go(.forgottenPassword(server: $0, email: $1)) }, code: code)
            } else {
                SignInView(model: app.signIn(), forgotten: { app.go(.forgottenPassword(server: $0, email: "")) }, code: code)
            }
        }

        private func code(_ server: String) -> (() -> Void)? {
            app.offersCode(server: server) ? { app.go(.signInCode(server: server)) } : nil
        }

        /// The server of the code that is read or shown.
        private var coded: String? {
            if case .signInCode(let server) = app.here { server } else { nil }
        }

        private var asked: Binding<Bool> {
            Binding(get: { forgottenPassword != nil }, set: { if !$0, forgottenPassword != nil { app.back() } })
        }

        private var read: Binding<Bool> {
            Binding(get: { coded != nil }, set: { if !$0, coded != nil { app.back() } })
        }
    }

    private struct Panes: View {
        let app: AppModel
        /// Which of the two a phone shows.
        @State private var column = NavigationSplitViewColumn.sidebar
        @Environment(\.words) private var words

        var body: some View {
            NavigationSplitView(preferredCompactColumn: $column) {
                if let model = app.rooms() {
                    RoomListView(model: model, chosen: room, go: app.go, newSpace: app.beginSpace, renew: app.renew)
                        .safeAreaInset(edge: .top) { Notice(problem: app.problem, seen: app.problemSeen) }
                }
            } detail: {
                if let room = app.room, let model = app.conversation(room) {
                    ConversationView(
                        model: model, openDetails: { app.go(.details(room)) }, openPart: { app.go(.part(room, $0)) },
                        openRoom: app.openRoom
                    )
                    .id(room)
                } else {
                    ContentUnavailableView(
                        words.choosePane, systemImage: "bubble.left.and.bubble.right", description: Text(words.choosePaneHint))
                }
            }
            .onChange(of: app.room, initial: true) { _, room in column = room == nil ? .sidebar : .detail }
            .sheet(isPresented: sheet) { SheetView(app: app).environment(\.words, words) }
        }

        private var room: Binding<RoomId?> {
            Binding(
                get: { app.room },
                set: { room in
                    if let room {
                        let isSpace = app.rooms()?.rows.first { $0.id == room }?.kind == .space
                        if isSpace { app.openSpace(room) } else { app.openRoom(room) }
                    } else if app.room != nil, !app.here.isSheet {
                        app.home()
                    }
                })
        }

        private var sheet: Binding<Bool> {
            Binding(
                get: { app.here.isSheet },
                set: { shown in if !shown { while app.here.isSheet, app.back() {} } })
        }
    }

    /// What is shown above the panes, a step of the way at a time.
    private struct SheetView: View {
        let app: AppModel
        @Environment(\.words) private var words

        var body: some View {
            NavigationStack {
                screen.toolbar {
                    ToolbarItem(placement: .cancellationAction) { Button(words.close) { app.back() } }
                }
            }
            .modifier(Appearance(settings: app.settings))
        }

        @ViewBuilder private var screen: some View {
            switch app.here {
            case .details(let room):
                if let model = app.details(room) { DetailsView(model: model, go: app.go) }
            case .roomSettings(let room):
                if let model = app.roomSettings(room) { RoomSettingsView(model: model) }
            case .space(let room):
                if let model = app.space(room) { SpaceView(model: model) { app.go(.details(room)) }.id(room) }
            case .part(let room, let part):
                if let model = app.part(room, part) {
                    ConversationView(
                        model: model, openDetails: { app.go(.details(room)) }, openPart: { app.go(.part(room, $0)) },
                        openRoom: app.openRoom
                    )
                    .id(part)
                }
            case .threads(let room):
                if let model = app.threads(room) { ThreadsView(model: model) { app.go(.part(room, .thread(root: $0))) } }
            case .gallery(let room):
                if let model = app.gallery(room) { GalleryView(model: model) }
            case .ending(let room):
                if let model = app.ending(room) { EndingView(model: model) }
            case .storage:
                if let model = app.storage() { StorageView(model: model) }
            case .newConversation:
                if let model = app.newConversation(app.here) {
                    NewConversationView(
                        model: model, newGroup: { app.go(.newGroup) }, directory: { app.go(.directory) },
                        byEmail: { app.newGroup(with: $0) })
                }
            case .directory, .offer:
                if let model = app.directory(app.here) { DirectoryView(model: model, isListed: app.here == .directory) }
            case .contacts:
                if let model = app.contacts() { ContactsView(model: model) }
            case .newGroup:
                if let model = app.newConversation(app.here) { NewGroupView(model: model) }
            case .accounts: AccountsView(model: app.accountsModel())
            case .settings:
                if let model = app.settingsModel() { SettingsView(model: model, go: app.go) }
            case .managed: ManagedView(deployment: app.deployment)
            case .contactRules:
                if let model = app.contactRules() { ContactRulesView(model: model) }
            case .password:
                if let model = app.changePassword() { ChangePasswordView(model: model) }
            case .devices:
                if let model = app.devicesModel() { DevicesView(model: model) { app.go(.linkDevice) } }
            case .linkDevice:
                if let model = app.linkDevice() { LinkDeviceView(model: model) { app.back() } }
            case .delete:
                if let model = app.deleteModel() { DeleteView(model: model) }
            case .appLock: AppLockView(model: app.lockModel())
            case .about: AboutView()
            case .signIn, .signInCode, .forgottenPassword: WayIn(app: app)
            case .welcome, .rooms, .conversation: EmptyView()
            }
        }
    }

    extension Route {
        fileprivate var isSheet: Bool {
            switch self {
            case .welcome, .rooms, .conversation: false
            default: true
            }
        }
    }
#endif
