#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// Rooms that one may come into; or the one that a link named.
    struct DirectoryView: View {
        let model: DirectoryModel
        let isListed: Bool
        @State private var asking: RoomOffer?
        @State private var reason = ""
        @Environment(\.words) private var words

        var body: some View {
            List {
                Notice(problem: model.problem, retry: model.again)
                if isListed, !model.servers.isEmpty {
                    Picker(words.directory, selection: Binding(get: { model.server }, set: model.setServer)) {
                        Text(words.directoryOwn).tag(String?.none)
                        ForEach(model.servers, id: \.self) { Text($0).tag(String?.some($0)) }
                    }
                }
                if model.loading { ProgressView(words.loading) }
                ForEach(model.rooms, id: \.id) { offer in
                    row(offer).onAppear { if offer.id == model.rooms.last?.id { Task { await model.more() } } }
                }
            }
            .overlay {
                if !model.loading, model.rooms.isEmpty, model.problem == nil {
                    ContentUnavailableView(words.directoryEmpty, systemImage: "globe", description: Text(words.directoryEmptyHint))
                }
            }
            .searchable(text: Binding(get: { model.search }, set: model.setSearch), prompt: words.directorySearch)
            .disabled(model.busy)
            .navigationTitle(isListed ? words.directory : words.invitedByLink)
            .alert(words.knock, isPresented: Binding(get: { asking != nil }, set: { if !$0 { asking = nil } })) {
                TextField(words.knockReason, text: $reason)
                Button(words.send) { if let asking { Task { await model.knock(asking, reason) } } }
                Button(words.cancel, role: .cancel) {}
            }
        }

        private func row(_ offer: RoomOffer) -> some View {
            HStack(spacing: 12) {
                Initials(name: name(offer), id: offer.id, picture: offer.avatar)
                VStack(alignment: .leading) {
                    Text(name(offer)).font(.headline).lineLimit(2)
                    if let topic = offer.topic { Text(oneLine(topic, 200)).font(.caption).lineLimit(2) }
                    Text(words.membersCount(count: Int(offer.members))).font(.caption).foregroundStyle(.secondary)
                }
                .accessibilityElement(children: .combine)
                Spacer()
                action(offer).frame(minHeight: 44)
            }
        }

        @ViewBuilder private func action(_ offer: RoomOffer) -> some View {
            if offer.membership == .joined {
                Button(words.open) { model.open(offer.id) }.buttonStyle(.bordered)
            } else if offer.membership == .knocked || model.asked.contains(offer.id) {
                Text(words.knockWaiting).font(.caption)
            } else if offer.access == .open || offer.membership == .invited {
                Button(words.join) { Task { await model.join(offer) } }.buttonStyle(.bordered)
            } else if offer.access == .ask {
                Button(words.knock) { asking = offer }.buttonStyle(.bordered)
            } else {
                Text(words.onlyInvited).font(.caption)
            }
        }

        private func name(_ offer: RoomOffer) -> String { offer.name.map { oneLine($0, 120) } ?? offer.alias ?? offer.id }
    }
#endif
