#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// The list of conversations, with its filters, its search and its invitations.
    struct RoomListView: View {
        let model: RoomListModel
        @Binding var chosen: RoomId?
        let go: (Route) -> Void
        let newSpace: () -> Void
        let renew: () -> Void
        @State private var password = ""
        @Environment(\.words) private var words

        var body: some View {
            List(selection: $chosen) {
                ForEach(model.rows, id: \.id) { room in
                    RoomRow(room: room, model: model)
                        .tag(room.id)
                        .selectionDisabled(room.membership == .invited)
                        .onAppear { if room.id == model.rows.last?.id { model.more() } }
                }
            }
            .listStyle(.plain)
            .overlay { overlay }
            .safeAreaInset(edge: .top, spacing: 0) {
                VStack(spacing: 0) {
                    if model.browsing {
                        Strip(text: words.browserWaiting, symbol: "lock.fill") {}
                    } else {
                        ConnectionView(state: model.connection, comeBack: model.comeBack, renew: renew)
                    }
                    if let told = model.marking {
                        Strip(text: words.marking(told), symbol: "checkmark.circle") {
                            Button(words.close, systemImage: "xmark", action: model.markingSeen).labelStyle(.iconOnly)
                        }
                        .announced(words.marking(told))
                    }
                    Notice(problem: model.problem, seen: model.problemSeen)
                    filters
                }
            }
            .searchable(
                text: Binding(get: { model.search }, set: model.setSearch), prompt: Text(words.searchConversations)
            )
            .navigationTitle(words.conversations)
            .alert(words.signInAgain, isPresented: Binding(get: { model.wantsPassword }, set: { if !$0 { model.stayAway() } })) {
                SecureField(words.password, text: $password)
                Button(words.signIn) {
                    let typed = password
                    password = ""
                    Task { await model.signInAgain(typed) }
                }
                Button(words.cancel, role: .cancel) { password = "" }
            }
            .toolbar {
                ToolbarItemGroup(placement: .topBarTrailing) {
                    Button(words.newConversation, systemImage: "square.and.pencil") { go(.newConversation(with: nil)) }
                        .keyboardShortcut("n")
                    Menu(words.moreActions, systemImage: "ellipsis.circle") {
                        Button(words.markAllRead, systemImage: "checkmark.circle") { Task { await model.markAllRead() } }
                        Button(words.contacts, systemImage: "person.crop.rectangle.stack") { go(.contacts) }
                        Button(words.accounts, systemImage: "person.2") { go(.accounts) }
                        Button(words.settings, systemImage: "gearshape") { go(.settings) }
                    }
                }
            }
        }

        private var filters: some View {
            Picker(words.conversations, selection: Binding(get: { model.filter }, set: model.setFilter)) {
                ForEach(Self.order, id: \.self) { Text(name($0)).tag($0) }
            }
            .pickerStyle(.menu)
            .frame(maxWidth: .infinity, minHeight: 44, alignment: .leading)
            .padding(.horizontal)
            .background(.bar)
        }

        @ViewBuilder private var overlay: some View {
            if model.loading {
                Waiting()
            } else if let problem = model.listProblem, model.rows.isEmpty {
                ContentUnavailableView {
                    Label(words.conversations, systemImage: "exclamationmark.triangle")
                } description: {
                    Text(words.problem(problem))
                } actions: {
                    Button(words.retry, action: model.retry)
                }
            } else if model.empty {
                let (title, hint) = nothing
                ContentUnavailableView {
                    Label(title, systemImage: "bubble.left")
                } description: {
                    Text(hint)
                } actions: {
                    if model.filter == .spaces, model.search.isEmpty { Button(words.newSpace, action: newSpace) }
                }
            }
        }

        private static let order: [RoomFilter] = [.all, .unread, .people, .rooms, .invitations, .favourites, .spaces]

        private func name(_ filter: RoomFilter) -> String {
            switch filter {
            case .all: words.filterAll
            case .unread: words.filterUnread
            case .people: words.filterPeople
            case .rooms: words.filterRooms
            case .spaces: words.filterSpaces
            case .invitations: model.invitations > 0 ? words.invitations(count: model.invitations) : words.filterInvitations
            case .favourites: words.filterFavourites
            }
        }

        private var nothing: (String, String) {
            if !model.search.isEmpty { return (words.nothingFound(text: oneLine(model.search)), words.nothingFoundHint) }
            return switch model.filter {
            case .all: (words.noConversations, words.noConversationsHint)
            case .unread: (words.noUnread, words.noUnreadHint)
            case .people: (words.noPeople, words.noPeopleHint)
            case .rooms: (words.noRooms, words.noRoomsHint)
            case .spaces: (words.noSpaces, words.noSpacesHint)
            case .invitations: (words.noInvitations, words.noInvitationsHint)
            case .favourites: (words.noFavourites, words.noFavouritesHint)
            }
        }
    }
#endif
