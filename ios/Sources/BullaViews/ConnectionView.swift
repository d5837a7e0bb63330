#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// How the session stands with its server, where that is worth a word.
    struct ConnectionView: View {
        let state: SessionState
        /// Where there is one, a session that has ended softly asks for the password.
        var signInAgain: ((String) async -> Void)?
        /// Where there is one, an account that has expired leads there.
        var renew: (() -> Void)?
        @State private var isAsking = false
        @State private var password = ""
        @Environment(\.words) private var words

        var body: some View {
            switch state {
            case .offline(_, cause: .noNetwork): Strip(text: words.offlineBanner, symbol: "wifi.slash") {}
            case .offline(_, cause: .noAnswer): Strip(text: words.serviceSilent, symbol: "wifi.slash") {}
            case .erased: Strip(text: words.erased, symbol: "lock.fill", isDanger: true) {}
            case .signedOut(soft: true):
                Strip(text: words.sessionEnded, symbol: "lock.fill", isDanger: true) {
                    if signInAgain != nil { Button(words.signInAgain) { isAsking = true } }
                }
                .alert(words.signInAgain, isPresented: $isAsking) {
                    SecureField(words.password, text: $password)
                    Button(words.signIn) {
                        let typed = password
                        password = ""
                        Task { await signInAgain?(typed) }
                    }
                    Button(words.cancel, role: .cancel) { password = "" }
                }
            case .signedOut(soft: false): Strip(text: words.deviceRemoved, symbol: "lock.fill", isDanger: true) {}
            case .failed(let why):
                let text = words.connectionFailed(why: words.problem(.of(why)))
                Strip(text: text, symbol: "exclamationmark.triangle.fill", isDanger: true) {}
            case .expired:
                Strip(text: words.accountExpired, symbol: "lock.fill", isDanger: true) {
                    if let renew { Button(words.renew, action: renew) }
                }
            case .mustChoosePassword: Strip(text: words.mustChoosePassword, symbol: "lock.fill", isDanger: true) {}
            case .attaching, .live, .paused: EmptyView()
            }
        }
    }
#endif
