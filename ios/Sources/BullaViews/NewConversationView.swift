#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// Finds someone to write to.
    struct NewConversationView: View {
        let model: NewConversationModel
        let newGroup: () -> Void
        let directory: () -> Void
        let byEmail: (String) -> Void
        @Environment(\.words) private var words

        var body: some View {
            List {
                Notice(problem: model.problem, seen: model.problemSeen)
                if !model.kinds.isEmpty {
                    Button(action: newGroup) { Label(words.newGroup, systemImage: "person.3").frame(minHeight: 44) }
                }
                if model.mayBrowse {
                    Button(action: directory) { Label(words.directory, systemImage: "globe").frame(minHeight: 44) }
                }
                ByEmail(model: model, choose: byEmail)
                PeopleFound(model: model) { person in Task { await model.createDirect(person.user) } }
            }
            .modifier(PeopleSearch(model: model))
            .disabled(model.busy)
            .navigationTitle(words.newConversation)
        }
    }

    /// The people of a group that is made, its name and its topic.
    struct NewGroupView: View {
        @Bindable var model: NewConversationModel
        @Environment(\.words) private var words

        var body: some View {
            List {
                Notice(problem: model.problem, text: words.inviteProblem, seen: model.problemSeen)
                if model.made != nil { Text(words.notAllInvited(count: model.emails.count)) }
                Section {
                    TextField(model.kind == .space ? words.spaceName : words.groupName, text: $model.groupName)
                    TextField(words.topicOptional, text: $model.topic)
                    Picker(words.kindTitle, selection: $model.kind) {
                        ForEach(model.kinds, id: \.self) { Text(words.kind($0)).tag($0) }
                    }
                } footer: {
                    Text(words.kindHint(model.kind) ?? words.newGroupHint)
                }
                if !model.chosen.isEmpty {
                    Section(words.chosenPeople(count: model.chosen.count)) {
                        ForEach(model.chosen, id: \.user) { person in
                            HStack {
                                PersonRow(user: person.user, name: person.name, picture: person.avatar)
                                Button(words.removePerson(name: nameOf(person.user, person.name)), systemImage: "minus.circle") {
                                    model.remove(person.user)
                                }
                                .labelStyle(.iconOnly)
                                .frame(minWidth: 44, minHeight: 44)
                            }
                        }
                    }
                }
                ForEach(model.emails, id: \.self) { email in
                    HStack {
                        Label(oneLine(email), systemImage: "envelope")
                        Button(words.removeEmail(email: email), systemImage: "minus.circle") { model.removeEmail(email) }
                            .labelStyle(.iconOnly)
                            .frame(minWidth: 44, minHeight: 44)
                    }
                }
                ByEmail(model: model, choose: model.chooseEmail)
                PeopleFound(model: model) { model.choose($0) }
            }
            .modifier(PeopleSearch(model: model))
            .disabled(model.busy)
            .navigationTitle(model.kind == .space ? words.newSpace : words.newGroup)
            .toolbar {
                ToolbarItem(placement: .confirmationAction) {
                    Button(next) { Task { await model.createGroup() } }.disabled(model.busy)
                }
            }
        }

        /// What the button does now: a room that was made stays until everybody is invited.
        private var next: String {
            if model.made != nil { return model.emails.isEmpty ? words.openGroup : words.retry }
            return model.kind == .space ? words.createSpace : words.createGroup
        }
    }

    /// Offers to invite whoever has the address that is typed.
    private struct ByEmail: View {
        let model: NewConversationModel
        let choose: (String) -> Void
        @Environment(\.words) private var words

        var body: some View {
            if let email = model.email, !model.kinds.isEmpty, !model.emails.contains(email) {
                Button {
                    choose(email)
                } label: {
                    Label(words.inviteByEmail(email: oneLine(email)), systemImage: "envelope").frame(minHeight: 44)
                }
            }
        }
    }

    private struct PeopleFound: View {
        let model: NewConversationModel
        let choose: (Person) -> Void
        @Environment(\.words) private var words

        var body: some View {
            if model.searching { ProgressView(words.loading) }
            if model.nobody, model.email == nil {
                ContentUnavailableView(
                    words.nobodyFound(text: oneLine(model.search)), systemImage: "person.slash",
                    description: Text(words.nobodyFoundHint))
            }
            ForEach(model.found, id: \.user) { person in
                Button {
                    choose(person)
                } label: {
                    PersonRow(user: person.user, name: person.name, picture: person.avatar)
                }.tint(.primary)
            }
        }
    }

    private struct PeopleSearch: ViewModifier {
        let model: NewConversationModel
        @Environment(\.words) private var words

        func body(content: Content) -> some View {
            content
                .searchable(
                    text: Binding(get: { model.search }, set: model.setSearch),
                    placement: .navigationBarDrawer(displayMode: .always),
                    prompt: Text(words.searchPeople)
                )
                .textInputAutocapitalization(.never)
                .autocorrectionDisabled()
        }
    }
#endif
