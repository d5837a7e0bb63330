#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// A conversation in the list: swiped or held, it offers what can be done.
    struct RoomRow: View {
        let room: RoomSummary
        let model: RoomListModel
        @State private var isLeaving = false
        @Environment(\.words) private var words

        var body: some View {
            VStack(alignment: .leading, spacing: 8) {
                HStack(alignment: .top, spacing: 12) {
                    Initials(name: words.title(room), id: room.directWith ?? room.id, picture: room.avatar)
                    VStack(alignment: .leading, spacing: 2) {
                        heading
                        Text(line).font(.subheadline).foregroundStyle(.secondary).lineLimit(2)
                    }
                }
                .accessibilityElement(children: .combine)
                if room.membership == .invited { answer }
            }
            .swipeActions(edge: .trailing) { if room.membership == .joined { leave } }
            .swipeActions(edge: .leading) { if room.membership == .joined { favourite } }
            .contextMenu {
                if room.membership == .joined {
                    favourite
                    Button(room.muted ? words.unmute : words.mute, systemImage: room.muted ? "bell" : "bell.slash") {
                        Task { await model.mute(room.id, !room.muted) }
                    }
                    leave
                }
            }
            .confirmationDialog(words.leaveTitle(name: words.title(room)), isPresented: $isLeaving, titleVisibility: .visible) {
                Button(words.leave, role: .destructive) { Task { await model.leave(room.id) } }
            } message: {
                Text(words.leaveText)
            }
        }

        private var heading: some View {
            HStack(spacing: 6) {
                Text(words.title(room)).font(.headline).lineLimit(1)
                NameMark(room.title)
                if room.favourite { Image(systemName: "star.fill").accessibilityLabel(words.favourite) }
                if room.muted { Image(systemName: "bell.slash").accessibilityLabel(words.muted) }
                Spacer()
                if let at = room.activeAt { Text(words.moment(at)).font(.footnote).foregroundStyle(.secondary) }
                if room.unread > 0 {
                    Text(room.unread, format: .number)
                        .font(.footnote.bold())
                        .padding(.horizontal, 7)
                        .background(.tint, in: .capsule)
                        .foregroundStyle(.white)
                        .accessibilityLabel(unread)
                } else if room.markedUnread {
                    Image(systemName: "circle.fill").font(.caption2).accessibilityLabel(words.markedUnread)
                }
            }
        }

        private var unread: String {
            let all = words.unreadCount(count: Int(room.unread))
            return room.mentions > 0 ? "\(all), \(words.mentionCount(count: Int(room.mentions)))" : all
        }

        private var line: String {
            if room.membership == .invited { return room.invitedBy.map { words.invitedBy(name: localpart($0)) } ?? words.invited }
            return room.last.map { words.preview(room, $0) } ?? ""
        }

        private var answer: some View {
            HStack {
                Button(words.accept) { Task { await model.accept(room.id) } }.buttonStyle(.borderedProminent)
                Button(words.decline) { Task { await model.decline(room.id) } }.buttonStyle(.bordered)
            }
            .controlSize(.large)
            .disabled(model.busy.contains(room.id))
        }

        private var favourite: some View {
            Button(room.favourite ? words.removeFavourite : words.addFavourite, systemImage: room.favourite ? "star.slash" : "star") {
                Task { await model.favourite(room.id, !room.favourite) }
            }
        }

        private var leave: some View {
            Button(words.leave, systemImage: "rectangle.portrait.and.arrow.right", role: .destructive) { isLeaving = true }
        }
    }
#endif
