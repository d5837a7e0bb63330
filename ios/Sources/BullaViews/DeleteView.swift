#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// What deleting an account means, and how it is done.
    struct DeleteView: View {
        @Bindable var model: DeleteModel
        @State private var isSure = false
        @Environment(\.words) private var words

        var body: some View {
            Form {
                Section {
                    Text(words.deleteMeansFinal)
                    Text(words.deleteMeansMessages)
                    Text(words.deleteMeansDevice)
                }
                if let page = model.page {
                    Section {
                        Text(words.deleteElsewhere)
                        if let address = URL(string: page) { Link(words.openPage, destination: address) }
                    }
                } else {
                    Section {
                        SecureField(words.password, text: $model.password)
                        Notice(problem: model.problem) { model.password = "" }
                        Button(model.busy ? words.deleteBusy : words.deleteAccount, role: .destructive) { isSure = true }
                            .disabled(model.busy)
                    }
                }
            }
            .navigationTitle(words.deleteAccount)
            .confirmationDialog(words.deleteMeansFinal, isPresented: $isSure, titleVisibility: .visible) {
                Button(words.deleteAccount, role: .destructive) { Task { await model.delete() } }
            }
        }
    }
#endif
