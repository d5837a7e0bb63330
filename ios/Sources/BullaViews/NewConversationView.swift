#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// Finds someone to write to.
    struct NewConversationView: View {
        let model: NewConversationModel
        let newGroup: () -> Void
        let directory: () -> Void
        @Environment(\.words) private var words

        var body: some View {
            List {
                Notice(problem: model.problem, seen: model.problemSeen)
                Button(action: newGroup) { Label(words.newGroup, systemImage: "person.3").frame(minHeight: 44) }
                Button(action: directory) { Label(words.directory, systemImage: "globe").frame(minHeight: 44) }
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
                Notice(problem: model.problem, seen: model.problemSeen)
                Section {
                    TextField(words.groupName, text: $model.groupName)
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
                PeopleFound(model: model) { model.choose($0) }
            }
            .modifier(PeopleSearch(model: model))
            .disabled(model.busy)
            .navigationTitle(words.newGroup)
            .toolbar {
                ToolbarItem(placement: .confirmationAction) {
                    Button(words.createGroup) { Task { await model.createGroup() } }.disabled(model.busy)
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
            if model.nobody {
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
