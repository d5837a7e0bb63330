#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// Before everything else while the app is locked, while it has to have a PIN and has none, and after too many wrong ones.
    struct LockView: View {
        let app: AppModel
        @Environment(\.words) private var words

        var body: some View {
            let model = app.lockModel()
            switch model.stands {
            case .locked(let left, _): LockedView(model: model, left: left)
            case .off:
                Standstill(symbol: "lock", title: words.choosePinTitle, text: words.choosePinRequired) { NewPin(model: model) }
            case .wiped:
                Standstill(symbol: "trash", title: words.wipedTitle, text: words.wipedText) {
                    MainButton(text: words.erasedLeave, action: app.leaveWiped)
                }
            case .unlocked, nil: EmptyView()
            }
        }
    }

    private struct LockedView: View {
        @Bindable var model: LockModel
        let left: UInt32?
        @FocusState private var isTyping
        @Environment(\.words) private var words

        var body: some View {
            Standstill(symbol: "lock", title: words.lockedTitle, text: words.lockedText) {
                SecureField(words.pin, text: $model.pin).keyboardType(.numberPad).focused($isTyping)
                    .textFieldStyle(.roundedBorder)
                    .onSubmit { unlock() }
                Notice(problem: model.problem) { model.pin = "" }
                Group {
                    if model.wait > 0 { Text(words.pinWait(count: model.wait)) }
                    if let left { Text(words.pinAttempts(count: Int(left))) }
                }
                .foregroundStyle(.secondary)
                if model.declined { Text(words.ownerDeclined) }
                MainButton(text: model.busy ? words.unlocking : words.unlock, action: unlock).disabled(!model.mayUnlock)
                if model.byOwner {
                    Button(words.ownerUnlock, systemImage: "faceid") { Task { await model.unlockByOwner() } }
                        .frame(minHeight: 44)
                        .disabled(model.busy)
                }
            }
            .onAppear { isTyping = true }
        }

        private func unlock() {
            if model.mayUnlock { Task { await model.unlock() } }
        }
    }

    /// A new PIN, twice.
    struct NewPin: View {
        @Bindable var model: LockModel
        @Environment(\.words) private var words

        var body: some View {
            SecureField(words.newPin, text: $model.new).keyboardType(.numberPad).textFieldStyle(.roundedBorder)
            if model.lacks != nil { Text(words.pinLacks).foregroundStyle(.red) }
            SecureField(words.newPinAgain, text: $model.again).keyboardType(.numberPad).textFieldStyle(.roundedBorder)
            if model.differ { Text(words.pinsDiffer).foregroundStyle(.red) }
            MainButton(text: model.busy ? words.choosePinBusy : words.choosePinUse) { Task { await model.choose() } }
                .disabled(!model.chosen || model.busy)
        }
    }

    /// The lock among the settings: set, changed, taken away, locked now.
    struct AppLockView: View {
        @Bindable var model: LockModel
        @State private var isRemoving = false
        @Environment(\.words) private var words

        private var isSet: Bool { model.stands == .unlocked }

        var body: some View {
            Form {
                Section { Text(isSet ? words.appLockOn : words.appLockOff) }
                if model.done { Text(words.appLockDone) }
                Notice(problem: model.lacks == nil ? model.problem : nil) { model.pin = "" }
                if isSet {
                    Section {
                        Button(words.lockNow) { Task { await model.lockNow() } }
                        SecureField(words.pin, text: $model.pin).keyboardType(.numberPad)
                        if model.wait > 0 { Text(words.pinWait(count: model.wait)) }
                    }
                    if model.byOwner {
                        Button(words.ownerForbid) { Task { await model.forbidOwner() } }.disabled(model.busy)
                    } else if model.ownerAvailable {
                        Button(words.ownerAllow) { Task { await model.allowOwner() } }.disabled(model.busy)
                    }
                }
                if model.stands != nil { Section { NewPin(model: model) } }
                if isSet {
                    Button(words.removePin, role: .destructive) { isRemoving = true }.disabled(!model.mayUnlock)
                }
            }
            .navigationTitle(words.appLock)
            .confirmationDialog(words.removePinText, isPresented: $isRemoving, titleVisibility: .visible) {
                Button(words.removePin, role: .destructive) { Task { await model.remove() } }
            }
        }
    }
#endif
