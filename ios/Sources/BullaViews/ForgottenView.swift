#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// A mail with a link, then a new password.
    struct ForgottenView: View {
        @Bindable var model: ForgottenModel
        /// The server is known already.
        let onlyEmail: Bool
        let back: () -> Void
        @Environment(\.words) private var words

        var body: some View {
            if model.done {
                Standstill(symbol: "checkmark", title: words.forgottenDoneTitle, text: words.forgottenDoneText) {
                    MainButton(text: words.signIn, action: back)
                }
            } else {
                Form {
                    if model.wrongField == nil { Notice(problem: model.problem) }
                    if model.sent { newOne } else { whose }
                }
                .navigationTitle(words.passwordForgotten)
            }
        }

        @ViewBuilder private var whose: some View {
            Section {
                if !onlyEmail {
                    TextField(words.server, text: $model.server, prompt: Text(words.serverHint))
                        .keyboardType(.URL)
                        .textInputAutocapitalization(.never)
                        .autocorrectionDisabled()
                    trouble(at: .homeserver)
                }
                TextField(words.email, text: $model.email)
                    .keyboardType(.emailAddress)
                    .textContentType(.emailAddress)
                    .textInputAutocapitalization(.never)
                    .autocorrectionDisabled()
                trouble(at: .email)
            } footer: {
                Text(words.forgottenText)
            }
            if model.busy {
                ProgressView(words.forgottenSending)
            } else {
                Button(words.forgottenSend) { Task { await model.sendMail() } }
                    .disabled(model.server.trimmed.isEmpty || model.email.trimmed.isEmpty)
            }
        }

        @ViewBuilder private var newOne: some View {
            Section {
                SecureField(words.newPassword, text: $model.password).textContentType(.newPassword)
                trouble(at: .password)
                if let strength = model.strength { PasswordMeter(strength: strength) }
            } header: {
                Text(words.forgottenSentTitle)
            } footer: {
                Text(words.forgottenSent(email: oneLine(model.email)))
            }
            if model.busy {
                ProgressView(words.choosePasswordBusy)
            } else {
                Button(words.choosePasswordUse) { Task { await model.finish() } }.disabled(model.password.isEmpty)
                Button(words.renewalAgain) { Task { await model.sendMail() } }
            }
        }

        @ViewBuilder private func trouble(at field: Field) -> some View {
            if model.wrongField == field { Notice(problem: model.problem) }
        }
    }
#endif
