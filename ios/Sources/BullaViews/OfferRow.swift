#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// A room that one may come into, may ask to, or is in; `notes` stand beside how many are in it.
    struct OfferRow: View {
        let offer: RoomOffer
        let isAsked: Bool
        var notes: [String] = []
        let open: () -> Void
        let join: () async -> Void
        let knock: (String) async -> Void
        @State private var isAsking = false
        @State private var reason = ""
        @Environment(\.words) private var words

        var body: some View {
            // Beside large letters a button would leave the name no room.
            ViewThatFits(in: .horizontal) {
                HStack(spacing: 12) {
                    what
                    Spacer()
                    answer.frame(minHeight: 44)
                }
                VStack(alignment: .leading, spacing: 8) {
                    what
                    answer.frame(minHeight: 44)
                }
            }
            .alert(words.knock, isPresented: $isAsking) {
                TextField(words.knockReason, text: $reason)
                Button(words.send) { Task { await knock(reason) } }
                Button(words.cancel, role: .cancel) {}
            }
        }

        private var what: some View {
            HStack(spacing: 12) {
                Initials(name: offer.shownName, id: offer.id, picture: offer.avatar)
                VStack(alignment: .leading) {
                    Text(offer.shownName).font(.headline).lineLimit(2)
                    if let topic = offer.topic { Text(oneLine(topic, 200)).font(.caption).lineLimit(2) }
                    Text(([words.membersCount(count: Int(offer.members))] + notes).joined(separator: " · "))
                        .font(.caption).foregroundStyle(.secondary)
                }
            }
            .accessibilityElement(children: .combine)
        }

        @ViewBuilder private var answer: some View {
            if offer.membership == .joined {
                Button(words.open, action: open).buttonStyle(.bordered)
            } else if offer.membership == .knocked || isAsked {
                Text(words.knockWaiting).font(.caption)
            } else if offer.access == .open || offer.membership == .invited {
                Button(words.join) { Task { await join() } }.buttonStyle(.bordered)
            } else if offer.access == .ask {
                Button(words.knock) { isAsking = true }.buttonStyle(.bordered)
            } else {
                Text(words.onlyInvited).font(.caption)
            }
        }
    }

    extension RoomOffer {
        var shownName: String { name.map { oneLine($0, 120) } ?? alias ?? id }
    }
#endif
