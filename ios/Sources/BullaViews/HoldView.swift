#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// What holds the current account up, before all other screens of it.
    struct HoldView: View {
        let hold: Hold
        let app: AppModel

        var body: some View {
            NavigationStack {
                switch hold {
                case .choosePassword:
                    if let model = app.password() { ChoosePasswordView(model: model) { WaysOut(app: app) } }
                case .expired:
                    if let model = app.renewal() { ExpiredView(model: model, read: app.goOn) { WaysOut(app: app) } }
                case .erased: ErasedView(user: app.current?.user ?? "") { Task { await app.leaveErased() } }
                }
            }
        }
    }

    /// One thing to be said, and what can be done about it.
    struct Standstill<Content: View>: View {
        let symbol: String
        let title: String
        let text: String
        @ViewBuilder let content: Content

        var body: some View {
            ScrollView {
                VStack(alignment: .leading, spacing: 16) {
                    Image(systemName: symbol).font(.largeTitle).foregroundStyle(.tint).accessibilityHidden(true)
                    Text(title).font(.title.bold()).accessibilityAddTraits(.isHeader)
                    Text(text).foregroundStyle(.secondary)
                    content
                }
                .padding(24)
                .frame(maxWidth: 560)
                .frame(maxWidth: .infinity)
            }
        }
    }

    /// The one thing to do on a screen.
    struct MainButton: View {
        let text: String
        let action: () -> Void

        var body: some View {
            Button(action: action) { Text(text).frame(maxWidth: .infinity, minHeight: 44) }.buttonStyle(.borderedProminent)
        }
    }

    /// What can be done as well.
    struct Quiet: View {
        let text: String
        let action: () -> Void

        var body: some View {
            Button(action: action) { Text(text).frame(maxWidth: .infinity, minHeight: 44) }
        }
    }

    /// To another account, or out of this one.
    private struct WaysOut: View {
        let app: AppModel
        @State private var isLeaving = false
        @Environment(\.words) private var words

        /// Who was told so by the server's silence is asked whether to go on without it.
        private var isOffline: Bool { app.problem == .offline }

        var body: some View {
            Notice(problem: app.problem, seen: app.problemSeen)
            ForEach(app.accounts.filter { $0.id != app.current?.id }, id: \.id) { other in
                Quiet(text: words.switchTo(name: localpart(other.user))) { Task { await app.open(other.id) } }
            }
            Quiet(text: words.signOut) { isLeaving = true }
                .alert(words.signOutTitle, isPresented: $isLeaving) {
                    Button(isOffline ? words.signOutAnyway : words.signOut, role: .destructive) {
                        let evenOffline = isOffline
                        app.problemSeen()
                        if let account = app.current { Task { await app.signOut(account.id, evenOffline: evenOffline) } }
                    }
                    Button(words.cancel, role: .cancel) {}
                } message: {
                    Text(isOffline ? words.signOutOffline : words.signOutText)
                }
        }
    }

    private struct ExpiredView<Out: View>: View {
        let model: RenewalModel
        let read: () -> Void
        @ViewBuilder let waysOut: Out
        @Environment(\.words) private var words

        var body: some View {
            Standstill(symbol: "clock", title: words.expiredTitle, text: words.expiredText) {
                Notice(problem: model.problem)
                if model.notYet {
                    Strip(text: words.renewalNotYet, symbol: "clock", isDanger: true) {}
                } else if model.sent, model.problem == nil {
                    Strip(text: words.renewalSent, symbol: "envelope") {}
                }
                if model.busy {
                    ProgressView(words.renewalChecking)
                } else if model.sent {
                    MainButton(text: words.renewalDone) { Task { await model.check() } }
                    Quiet(text: model.wait > 0 ? words.renewalWait(count: model.wait) : words.renewalAgain, action: send)
                        .disabled(model.wait > 0)
                } else {
                    MainButton(text: model.wait > 0 ? words.renewalWait(count: model.wait) : words.renewalSend, action: send)
                        .disabled(model.wait > 0)
                    Quiet(text: words.renewalDone) { Task { await model.check() } }
                }
                Quiet(text: words.expiredRead, action: read)
                waysOut
            }
        }

        private func send() { Task { await model.sendMail() } }
    }

    private struct ErasedView: View {
        let user: String
        let leave: () -> Void
        @Environment(\.words) private var words

        var body: some View {
            Standstill(symbol: "trash", title: words.erasedTitle, text: words.erasedText(user: oneLine(user))) {
                MainButton(text: words.erasedLeave, action: leave)
            }
        }
    }
#endif
