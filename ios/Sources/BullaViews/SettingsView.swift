#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// The profile and what is set on this device.
    struct SettingsView: View {
        let model: SettingsModel
        let go: (Route) -> Void
        @State private var name = ""
        @State private var isSigningOut = false
        @Environment(\.words) private var words

        var body: some View {
            Form {
                if !model.signOutOffline { Notice(problem: model.problem, text: words.pictureProblem, seen: model.problemSeen) }
                Section(words.profile) {
                    if let profile = model.profile { PersonRow(user: profile.user, name: profile.name, picture: profile.avatar) }
                    if let card = model.card {
                        ForEach([card.organisation, card.instance, card.email].compactMap { $0 }, id: \.self) {
                            Text(verbatim: oneLine($0)).foregroundStyle(.secondary)
                        }
                        if card.guest { Text(words.guest) }
                    }
                    if model.card?.avatarLocked == true {
                        Text(words.avatarLocked)
                    } else {
                        PictureButtons(
                            isChosenHere: model.choosesPictures, isThere: model.profile?.avatar != nil,
                            choose: model.chooseAvatar, remove: model.removeAvatar
                        )
                        .disabled(model.busy)
                    }
                    if model.card?.nameLocked == true {
                        Text(words.nameLocked)
                    } else {
                        TextField(words.displayName, text: $name)
                        Button(words.save) { Task { await model.setName(name) } }
                            .disabled(model.busy || name == model.profile?.name ?? "")
                    }
                }
                Section {
                    Picker(words.language, selection: setting(\.language, model.setLanguage)) {
                        ForEach(Language.allCases, id: \.self) { Text(title($0)).tag($0) }
                    }
                    Picker(words.theme, selection: setting(\.theme, model.setTheme)) {
                        ForEach(Theme.allCases, id: \.self) { Text(title($0)).tag($0) }
                    }
                    Picker(words.textSize, selection: setting(\.textSize, model.setTextSize)) {
                        ForEach(AppSettings.textSizes, id: \.self) { Text(words.percent(count: $0)).tag($0) }
                    }
                }
                if let on = model.privateReceipts {
                    Section {
                        Toggle(
                            words.privateReceipts,
                            isOn: Binding(get: { on }, set: { wanted in Task { await model.setPrivateReceipts(wanted) } }))
                    } footer: {
                        Text(words.privateReceiptsHint)
                    }
                }
                Section {
                    Button(words.changePassword) { go(.password) }
                    Button(words.devices) { go(.devices) }
                    Button(words.contactRules) { go(.contactRules) }
                    Button(words.storage) { go(.storage) }
                    Button(words.appLock) { go(.appLock) }
                    Button(words.managed) { go(.managed) }
                    Button(words.about) { go(.about) }
                    Button(words.signOut, role: .destructive) { isSigningOut = true }.disabled(model.busy)
                    Button(words.deleteAccount, role: .destructive) { go(.delete) }
                }
            }
            .navigationTitle(words.settings)
            .onChange(of: model.profile, initial: true) { _, profile in name = profile?.name ?? "" }
            .confirmationDialog(words.signOutTitle, isPresented: $isSigningOut, titleVisibility: .visible) {
                Button(words.signOut, role: .destructive) { Task { await model.signOut() } }
            } message: {
                Text(words.signOutText)
            }
            .alert(words.signOutTitle, isPresented: asksOffline) {
                Button(words.signOutAnyway, role: .destructive) { Task { await model.signOut(evenOffline: true) } }
                Button(words.cancel, role: .cancel, action: model.problemSeen)
            } message: {
                Text(words.signOutOffline)
            }
        }

        private var asksOffline: Binding<Bool> {
            Binding(get: { model.signOutOffline }, set: { if !$0 { model.problemSeen() } })
        }

        private func setting<Value>(
            _ what: KeyPath<AppSettings, Value>, _ set: @escaping @MainActor (Value) -> Void
        ) -> Binding<Value> {
            Binding(get: { model.settings[keyPath: what] }, set: set)
        }

        private func title(_ language: Language) -> String {
            switch language {
            case .system: words.languageSystem
            case .french: words.languageFrench
            case .english: words.languageEnglish
            }
        }

        private func title(_ theme: Theme) -> String {
            switch theme {
            case .system: words.themeSystem
            case .light: words.themeLight
            case .dark: words.themeDark
            case .contrast: words.themeContrast
            }
        }
    }
#endif
