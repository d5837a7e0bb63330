#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// Instead of a temporary password, one of the person's own.
    struct ChoosePasswordView<Out: View>: View {
        @Bindable var model: PasswordModel
        @ViewBuilder let waysOut: Out
        @Environment(\.words) private var words

        var body: some View {
            Standstill(symbol: "lock", title: words.choosePasswordTitle, text: words.choosePasswordText) {
                if !model.oldWrong, model.lacks == nil { Notice(problem: model.problem) }
                PasswordFields(model: model, oldLabel: words.givenPassword, oldWrong: words.givenPasswordWrong)
                if model.busy {
                    ProgressView(words.choosePasswordBusy)
                } else {
                    MainButton(text: words.choosePasswordUse) { Task { await model.submit() } }.disabled(!model.complete)
                }
                waysOut
            }
        }
    }

    /// Another password, among the settings.
    struct ChangePasswordView: View {
        @Bindable var model: PasswordModel
        @Environment(\.words) private var words

        var body: some View {
            ScrollView {
                VStack(alignment: .leading, spacing: 16) {
                    if !model.oldWrong, model.lacks == nil { Notice(problem: model.problem) }
                    if model.done { Text(words.passwordChanged) }
                    if let page = model.page {
                        Text(words.passwordElsewhere)
                        if let address = URL(string: page) { Link(words.openPage, destination: address) }
                    } else {
                        PasswordFields(
                            model: model, oldLabel: words.oldPassword, oldWrong: words.problem(.invalid(.password, .wrong)))
                        MainButton(text: model.busy ? words.choosePasswordBusy : words.changePassword) {
                            Task { await model.submit() }
                        }
                        .disabled(!model.complete || model.busy)
                    }
                }
                .padding(24)
                .frame(maxWidth: 560)
            }
            .navigationTitle(words.changePassword)
        }
    }

    /// The old password, the new one, how good that is, and what it has to be.
    struct PasswordFields: View {
        @Bindable var model: PasswordModel
        let oldLabel: String
        let oldWrong: String
        @Environment(\.words) private var words

        var body: some View {
            VStack(alignment: .leading, spacing: 12) {
                SecureField(oldLabel, text: $model.old).textContentType(.password).textFieldStyle(.roundedBorder)
                if model.oldWrong { Strip(text: oldWrong, symbol: "exclamationmark.triangle.fill", isDanger: true) {} }
                SecureField(words.newPassword, text: $model.new).textContentType(.newPassword).textFieldStyle(.roundedBorder)
                if model.lacks != nil { Notice(problem: model.problem) }
                if let strength = model.strength { PasswordMeter(strength: strength) }
                if let policy = model.policy { PasswordDemands(policy: policy) }
            }
        }
    }

    /// How hard a password is to guess, as a measure and in words, and what would make it better.
    struct PasswordMeter: View {
        let strength: PasswordStrength
        @Environment(\.words) private var words

        var body: some View {
            VStack(alignment: .leading, spacing: 4) {
                ProgressView(value: Double(strength.score) + 1, total: 5)
                    .tint(strength.score < 3 ? .red : .accentColor)
                    .accessibilityHidden(true)
                Text(words.passwordStrength(level: words.strength(strength.score))).font(.subheadline.bold())
                ForEach(strength.reasons, id: \.self) { Text(words.hint($0)).font(.subheadline).foregroundStyle(.secondary) }
            }
            .accessibilityElement(children: .combine)
        }
    }

    /// What a password has to be.
    struct PasswordDemands: View {
        let policy: PasswordPolicy
        @Environment(\.words) private var words

        var body: some View {
            let demands = words.demands(policy)
            if !demands.isEmpty {
                VStack(alignment: .leading, spacing: 4) {
                    Text(words.demandsTitle).font(.subheadline.bold()).accessibilityAddTraits(.isHeader)
                    ForEach(demands, id: \.self) { Text("• \($0)").font(.subheadline).foregroundStyle(.secondary).accessibilityLabel($0) }
                }
            }
        }
    }
#endif
