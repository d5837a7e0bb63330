#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// Who may contact this person: everybody or nobody, and whom that does not hold for.
    struct ContactRulesView: View {
        let model: ContactRulesModel
        @State private var isAdding = false
        @State private var name = ""
        @Environment(\.words) private var words

        var body: some View {
            Form {
                Notice(problem: model.problem, seen: model.problemSeen)
                if let rules = model.rules {
                    Section {
                        Picker(words.contactRules, selection: everybody) {
                            Text(words.contactEverybody).tag(true)
                            Text(words.contactNobody).tag(false)
                        }
                        .pickerStyle(.inline)
                    } footer: {
                        Text(words.contactRulesText)
                    }
                    Section(rules.everybody ? words.contactExceptBlocked : words.contactExceptAllowed) {
                        ForEach(model.exceptions, id: \.self) { name in
                            HStack {
                                Text(verbatim: oneLine(name)).frame(maxWidth: .infinity, alignment: .leading)
                                Button(words.contactRemove(name: oneLine(name)), systemImage: "minus.circle") {
                                    Task { await model.remove(name) }
                                }
                                .labelStyle(.iconOnly)
                                .frame(minWidth: 44, minHeight: 44)
                            }
                        }
                        Button(words.contactAdd, systemImage: "plus") { isAdding = true }
                    }
                    .disabled(model.busy)
                } else if !model.busy {
                    Button(words.retry) { Task { await model.again() } }
                }
            }
            .overlay { if model.busy { ProgressView(words.loading) } }
            .navigationTitle(words.contactRules)
            .alert(words.contactAdd, isPresented: $isAdding) {
                TextField(words.contactAddHint, text: $name).textInputAutocapitalization(.never)
                Button(words.save) {
                    Task { [name] in await model.add(name) }
                    name = ""
                }
                Button(words.cancel, role: .cancel) {}
            }
        }

        private var everybody: Binding<Bool> {
            Binding(get: { model.rules?.everybody ?? true }, set: { all in Task { await model.setEverybody(all) } })
        }
    }
#endif
