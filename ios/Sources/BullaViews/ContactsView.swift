#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// The people this person talks to, and the organisation's directory by search.
    struct ContactsView: View {
        let model: ContactsModel
        @Environment(\.words) private var words

        var body: some View {
            List {
                Notice(problem: model.problem, seen: model.problemSeen)
                if model.loading { ProgressView(words.loading) }
                if !model.talking.isEmpty { Section(words.contactsTalking) { rows(model.talking) } }
                if !model.search.trimmingCharacters(in: .whitespaces).isEmpty {
                    Section(words.contactsDirectory) {
                        if model.searching { ProgressView(words.loading) }
                        rows(model.found)
                        if !model.searching, model.found.isEmpty { Text(words.contactsNobodyElse) }
                    }
                }
            }
            .disabled(model.busy)
            .searchable(
                text: Binding(get: { model.search }, set: model.setSearch),
                placement: .navigationBarDrawer(displayMode: .always), prompt: Text(words.searchPeople)
            )
            .textInputAutocapitalization(.never)
            .autocorrectionDisabled()
            .navigationTitle(words.contacts)
        }

        private func rows(_ contacts: [Contact]) -> some View {
            ForEach(contacts, id: \.user) { contact in
                Button {
                    Task { await model.open(contact) }
                } label: {
                    PersonRow(
                        user: contact.user, name: contact.name, picture: contact.avatar, note: contact.guest ? words.guest : nil)
                }
                .tint(.primary)
            }
        }
    }
#endif
