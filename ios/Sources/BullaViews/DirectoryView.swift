#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// Rooms that one may come into; or the one that a link named.
    struct DirectoryView: View {
        let model: DirectoryModel
        let isListed: Bool
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
                    OfferRow(
                        offer: offer, isAsked: model.asked.contains(offer.id), open: { model.open(offer.id) },
                        join: { await model.join(offer) }, knock: { await model.knock(offer, $0) }
                    )
                    .onAppear { if offer.id == model.rooms.last?.id { Task { await model.more() } } }
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
        }
    }
#endif
