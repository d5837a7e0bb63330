#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// What is set for a conversation: first for this person alone, then for everybody, as far as they may.
    struct RoomSettingsView: View {
        let model: RoomSettingsModel
        @State private var isNaming = false
        @State private var isMoving = false
        @State private var typed = ""
        @Environment(\.words) private var words

        var body: some View {
            List {
                Notice(problem: model.problem, seen: model.problemSeen)
                if model.notInvited > 0 {
                    Strip(text: words.upgradeNotInvited(count: model.notInvited), symbol: "exclamationmark.triangle") {
                        Button(words.goesOnFollow) { Task { await model.goOn() } }
                    }
                }
                if let summary = model.summary {
                    own(summary)
                    history(summary)
                    address(summary)
                    if summary.successor == nil { upgrade }
                } else {
                    ProgressView(words.loading)
                }
            }
            .disabled(model.busy)
            .navigationTitle(words.roomSettings)
            .alert(words.addressChange, isPresented: $isNaming) {
                TextField(words.address, text: $typed).textInputAutocapitalization(.never).autocorrectionDisabled()
                Button(words.save) { Task { await model.setAddress(typed) } }
                Button(words.cancel, role: .cancel) {}
            } message: {
                Text(words.addressHint)
            }
            .confirmationDialog(words.upgrade, isPresented: $isMoving, titleVisibility: .visible) {
                Button(words.upgrade, role: .destructive) { Task { await model.upgrade() } }
            } message: {
                Text(words.upgradeText)
            }
        }

        private func own(_ summary: RoomSummary) -> some View {
            Section {
                Picker(
                    words.notifications,
                    selection: Binding(
                        get: { summary.notifications }, set: { wanted in Task { await model.setNotifications(wanted) } })
                ) {
                    Text(words.notificationsStandard).tag(RoomNotifications.standard)
                    Text(words.notificationsAll).tag(RoomNotifications.all)
                    Text(words.notificationsMentions).tag(RoomNotifications.mentions)
                    Text(words.notificationsNothing).tag(RoomNotifications.nothing)
                }
                Toggle(
                    words.lowPriority,
                    isOn: Binding(get: { summary.lowPriority }, set: { wanted in Task { await model.setLowPriority(wanted) } }))
            } footer: {
                Text(words.lowPriorityHint)
            }
        }

        private func history(_ summary: RoomSummary) -> some View {
            Section {
                if let why = words.whyNot(model.abilities[.changeHistory] ?? nil) {
                    Locked(text: name(summary.history), symbol: "clock", why: why)
                } else if model.may(.changeHistory) {
                    Picker(
                        words.history,
                        selection: Binding(get: { summary.history }, set: { wanted in Task { await model.setHistory(wanted) } })
                    ) {
                        ForEach(model.histories, id: \.self) { Text(name($0)).tag($0) }
                    }
                    .pickerStyle(.inline)
                }
            } footer: {
                Text(summary.encrypted ? "\(words.historyHint) \(words.historyEncrypted)" : words.historyHint)
            }
        }

        private func address(_ summary: RoomSummary) -> some View {
            Section(words.address) {
                Text(summary.alias.map { oneLine($0, 255) } ?? words.addressNone).textSelection(.enabled)
                if let why = words.whyNot(model.abilities[.changeAlias] ?? nil) {
                    Locked(text: words.addressChange, symbol: "link", why: why)
                } else if model.may(.changeAlias) {
                    Button(words.addressChange, systemImage: "link") {
                        typed = summary.alias ?? "#"
                        isNaming = true
                    }
                    if summary.alias != nil {
                        Button(words.addressRemove, systemImage: "trash") { Task { await model.removeAddress() } }
                    }
                }
            }
        }

        private var upgrade: some View {
            Section {
                if let why = words.whyNot(model.abilities[.upgrade] ?? nil) {
                    Locked(text: words.upgrade, symbol: "arrow.right", why: why)
                } else if model.may(.upgrade) {
                    Button(words.upgrade, systemImage: "arrow.right", role: .destructive) { isMoving = true }
                }
            } footer: {
                if model.may(.upgrade) { Text(words.upgradeHint) }
            }
        }

        private func name(_ history: HistoryAccess) -> String {
            switch history {
            case .joined: words.historyJoined
            case .invited: words.historyInvited
            case .shared: words.historyShared
            case .anyone: words.historyAnyone
            }
        }
    }
#endif
