#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// A space: what it is about, and the conversations that it holds.
    struct SpaceView: View {
        let model: SpaceModel
        let openDetails: () -> Void
        @State private var removing: RoomOffer?
        @Environment(\.words) private var words

        var body: some View {
            List {
                Notice(problem: model.problem, retry: { Task { await model.again() } }, seen: model.problemSeen)
                if let topic = model.summary?.topic { Text(oneLine(topic, 500)).font(.subheadline).foregroundStyle(.secondary) }
                if model.may(.changeChildren) {
                    Button(words.spaceAdd, systemImage: "plus") { Task { await model.chooseRooms() } }.frame(minHeight: 44)
                } else if let why = words.whyNot(model.abilities[.changeChildren] ?? nil) {
                    Locked(text: words.spaceAdd, symbol: "plus", why: why)
                }
                if model.loading { ProgressView(words.loading) }
                ForEach(model.rooms, id: \.room.id) { child in
                    OfferRow(
                        offer: child.room, isAsked: model.asked.contains(child.room.id), notes: notes(child),
                        open: { model.open(child.room) }, join: { await model.join(child.room) },
                        knock: { await model.knock(child.room, $0) }
                    )
                    .swipeActions { if model.may(.changeChildren) { remove(child.room) } }
                    .contextMenu { if model.may(.changeChildren) { remove(child.room) } }
                    .onAppear { if child.room.id == model.rooms.last?.room.id { Task { await model.more() } } }
                }
            }
            .overlay {
                if !model.loading, model.rooms.isEmpty, model.problem == nil {
                    ContentUnavailableView(words.spaceEmpty, systemImage: "square.stack", description: Text(words.spaceEmptyHint))
                }
            }
            .refreshable { await model.again() }
            .disabled(model.busy)
            .navigationTitle(model.summary.map(words.title) ?? words.kindSpace)
            .toolbar {
                ToolbarItem(placement: .primaryAction) {
                    Button(words.openDetails, systemImage: "info.circle", action: openDetails)
                }
            }
            .confirmationDialog(
                words.spaceRemove(name: removing?.shownName ?? ""),
                isPresented: Binding(get: { removing != nil }, set: { if !$0 { removing = nil } }), titleVisibility: .visible,
                presenting: removing
            ) { offer in
                Button(words.spaceRemoveYes, role: .destructive) { Task { await model.remove(offer.id) } }
            } message: { _ in
                Text(words.spaceRemoveText)
            }
            .sheet(isPresented: Binding(get: { model.addable != nil }, set: { if !$0 { model.stopChoosing() } })) {
                SpaceAddView(model: model)
            }
        }

        private func remove(_ offer: RoomOffer) -> some View {
            Button(words.spaceRemove(name: offer.shownName), systemImage: "minus.circle", role: .destructive) { removing = offer }
        }

        private func notes(_ child: SpaceChild) -> [String] {
            var notes: [String] = []
            if child.room.space { notes.append(words.kindSpace) }
            if child.room.space, child.children > 0 { notes.append(words.spaceConversations(count: Int(child.children))) }
            if child.suggested { notes.append(words.spaceSuggested) }
            return notes
        }
    }

    /// What is to be put into a space, with what follows from it.
    private struct SpaceAddView: View {
        let model: SpaceModel
        @State private var chosen: Set<RoomId> = []
        @Environment(\.words) private var words

        var body: some View {
            NavigationStack {
                List(selection: $chosen) {
                    if model.notAdded > 0 { Text(words.spaceAddFailed(count: model.notAdded)).foregroundStyle(.red) }
                    Text(model.addable?.isEmpty == false ? words.spaceAddHint : words.spaceAddNothing).font(.footnote)
                    ForEach(model.addable ?? [], id: \.id) { room in
                        VStack(alignment: .leading) {
                            Text(words.title(room))
                            Text(words.kind(room.kind)).font(.caption).foregroundStyle(.secondary)
                        }
                        .tag(room.id)
                    }
                }
                .environment(\.editMode, .constant(.active))
                .disabled(model.busy)
                .navigationTitle(words.spaceAdd)
                .toolbar {
                    ToolbarItem(placement: .cancellationAction) { Button(words.cancel, action: model.stopChoosing) }
                    ToolbarItem(placement: .confirmationAction) {
                        Button(words.spaceAddSend) { Task { await model.add(Array(chosen)) } }.disabled(chosen.isEmpty)
                    }
                }
            }
        }
    }
#endif
