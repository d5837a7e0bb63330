#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// The accounts on this device.
    struct AccountsView: View {
        let model: AccountsModel
        @Environment(\.words) private var words

        var body: some View {
            List {
                Notice(problem: model.problem)
                ForEach(model.accounts, id: \.id) { account in
                    let isCurrent = account.id == model.current
                    Button {
                        Task { await model.switchTo(account.id) }
                    } label: {
                        PersonRow(user: account.user, name: nil, note: isCurrent ? words.currentAccount : nil)
                    }
                    .tint(.primary)
                    .disabled(isCurrent)
                    .accessibilityHint(isCurrent ? "" : words.switchTo(name: localpart(account.user)))
                }
                Button(action: model.add) { Label(words.addAccount, systemImage: "plus").frame(minHeight: 44) }
            }
            .navigationTitle(words.accounts)
        }
    }
#endif
