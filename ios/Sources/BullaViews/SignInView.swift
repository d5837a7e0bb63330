#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// Server, user, password, or the browser in place of the last two; or a code, which `code` leads to. What is wrong is said under its field.
    struct SignInView: View {
        @Bindable var model: SignInModel
        let forgotten: (_ server: String) -> Void
        let code: (_ server: String) -> (() -> Void)?
        @FocusState private var focus: Field?
        @Environment(\.words) private var words

        var body: some View {
            Form {
                Section {
                    TextField(words.server, text: $model.server, prompt: Text(words.serverHint))
                        .keyboardType(.URL)
                        .textContentType(.URL)
                        .modifier(SignInField(focus: $focus, field: .homeserver, next: .user))
                    trouble(at: .homeserver)
                    TextField(words.userName, text: $model.user)
                        .textContentType(.username)
                        .modifier(SignInField(focus: $focus, field: .user, next: .password))
                    trouble(at: .user)
                    SecureField(words.password, text: $model.password)
                        .textContentType(.password)
                        .focused($focus, equals: .password)
                        .submitLabel(.go)
                        .onSubmit(submit)
                    trouble(at: .password)
                }
                if model.wrongField == nil { Notice(problem: model.problem) }
                Section {
                    if model.busy {
                        Busy(text: model.browsing ? words.browserWaiting : words.signInBusy, cancel: model.cancel)
                    } else {
                        Button(words.signIn, action: submit).disabled(!model.complete)
                        if model.hasBrowser {
                            Button(words.browserGo) { Task { await model.browse() } }.disabled(model.server.trimmed.isEmpty)
                        }
                        if let code = code(model.server) { Button(words.signInCode, action: code) }
                        Button(words.passwordForgotten) { forgotten(model.server) }
                    }
                }
                .frame(minHeight: 44)
            }
            .navigationTitle(words.signInTitle)
            .onChange(of: model.wrongField) { _, field in if let field { focus = field } }
        }

        @ViewBuilder private func trouble(at field: Field) -> some View {
            if model.wrongField == field { Notice(problem: model.problem) }
        }

        private func submit() {
            if model.complete { Task { await model.submit() } }
        }
    }

    private struct SignInField: ViewModifier {
        let focus: FocusState<Field?>.Binding
        let field: Field
        let next: Field

        func body(content: Content) -> some View {
            content
                .textInputAutocapitalization(.never)
                .autocorrectionDisabled()
                .focused(focus, equals: field)
                .submitLabel(.next)
                .onSubmit { focus.wrappedValue = next }
        }
    }
#endif
