#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// The professional address first; what it leads to says how to come in. Or a code, which `code` leads to where it can be.
    struct EntryView: View {
        @Bindable var model: EntryModel
        let deployment: DeploymentStatus
        let forgotten: (_ server: String, _ email: String) -> Void
        let code: (_ server: String) -> (() -> Void)?
        @FocusState private var focus: Field?
        @Environment(\.words) private var words

        var body: some View {
            Form {
                if model.wrongField == nil, model.problem != nil {
                    Notice(problem: model.problem)
                    if model.problem == .offline { ServiceLink() }
                } else if deployment.expired {
                    Strip(text: words.manifestOld, symbol: "clock") {}
                }
                if let found = model.found { ways(found) } else { address }
            }
            .navigationTitle(words.signInTitle)
            .onChange(of: model.wrongField) { _, field in if let field { focus = field } }
        }

        @ViewBuilder private var address: some View {
            Section {
                TextField(words.email, text: $model.email, prompt: Text(words.emailHint))
                    .keyboardType(.emailAddress)
                    .textContentType(.emailAddress)
                    .textInputAutocapitalization(.never)
                    .autocorrectionDisabled()
                    .focused($focus, equals: .email)
                    .submitLabel(.continue)
                    .onSubmit(find)
                if model.wrongField == .email { Notice(problem: model.problem) }
            } header: {
                Text(words.entryTitle)
            } footer: {
                Text(words.entryText(name: oneLine(deployment.manifest?.name ?? "")))
            }
            Section {
                if model.busy {
                    Busy(text: words.entrySearching, cancel: model.cancel)
                } else {
                    Button(words.goOn, action: find).disabled(model.email.trimmed.isEmpty)
                    if let code = code("") { Button(words.signInCode, action: code) }
                }
            }
            .frame(minHeight: 44)
        }

        @ViewBuilder private func ways(_ found: Discovery) -> some View {
            let browser = model.allows(.oauth) && model.hasBrowser
            let password = model.allows(.password)
            Section {
                Label(oneLine(found.instance.label), systemImage: "building.2")
                    .font(.headline)
                    .accessibilityAddTraits(.isHeader)
                Text(oneLine(found.email)).foregroundStyle(.secondary)
                if found.invited { Text(words.invitationWaits) }
                Button(words.back, action: model.change)
            }
            if !browser, !password { Text(words.noWayIn) }
            if browser {
                Section {
                    Button(words.browserGo) { Task { await model.browse() } }.disabled(model.busy)
                    if let code = code(found.instance.baseUrl) { Button(words.signInCode, action: code).disabled(model.busy) }
                } footer: {
                    Text(model.browsing ? words.browserOpen : words.browserText)
                }
            }
            if password {
                Section {
                    SecureField(words.password, text: $model.password)
                        .textContentType(.password)
                        .focused($focus, equals: .password)
                        .submitLabel(.go)
                        .onSubmit(submit)
                    if model.wrongField == .password { Notice(problem: model.problem) }
                    Button(words.signInPassword, action: submit).disabled(model.busy || model.password.isEmpty)
                    Button(words.passwordForgotten) { forgotten(found.instance.baseUrl, found.email) }
                }
            }
            if model.busy { Busy(text: model.browsing ? words.browserWaiting : words.signInBusy, cancel: model.cancel) }
        }

        private func find() { if !model.email.trimmed.isEmpty { Task { await model.find() } } }

        private func submit() { if !model.password.isEmpty { Task { await model.submit() } } }
    }

    /// While something is being done that can be given up.
    struct Busy: View {
        let text: String
        let cancel: () -> Void
        @Environment(\.words) private var words

        var body: some View {
            ProgressView(text)
            Button(words.cancel, role: .cancel, action: cancel)
        }
    }
#endif
