#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// How the session stands with its server, where that is worth a word.
    struct ConnectionView: View {
        let state: SessionState
        /// Where there is one, it brings a session back that has ended softly.
        var comeBack: (() async -> Void)?
        /// Where there is one, an account that has expired leads there.
        var renew: (() -> Void)?
        @Environment(\.words) private var words

        var body: some View {
            switch state {
            case .offline(_, cause: .noNetwork): Strip(text: words.offlineBanner, symbol: "wifi.slash") {}
            case .offline(_, cause: .noAnswer): Strip(text: words.serviceSilent, symbol: "wifi.slash") { ServiceLink() }
            case .erased: Strip(text: words.erased, symbol: "lock.fill", isDanger: true) {}
            case .signedOut(soft: true):
                Strip(text: words.sessionEnded, symbol: "lock.fill", isDanger: true) {
                    if let comeBack { Button(words.signInAgain) { Task { await comeBack() } } }
                }
            case .signedOut(soft: false): Strip(text: words.deviceRemoved, symbol: "lock.fill", isDanger: true) {}
            case .failed(let why):
                let text = words.connectionFailed(why: words.problem(.of(why)))
                Strip(text: text, symbol: "exclamationmark.triangle.fill", isDanger: true) { ServiceLink() }
            case .expired:
                Strip(text: words.accountExpired, symbol: "lock.fill", isDanger: true) {
                    if let renew { Button(words.renew, action: renew) }
                }
            case .mustChoosePassword: Strip(text: words.mustChoosePassword, symbol: "lock.fill", isDanger: true) {}
            case .attaching, .live, .paused: EmptyView()
            }
        }
    }

    /// The way to the deployment's page about its service, where it has one.
    struct ServiceLink: View {
        @Environment(\.servicePage) private var page
        @Environment(\.words) private var words

        var body: some View {
            if let page { Link(page.name(words), destination: page.address) }
        }
    }
#endif
