#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// A row of a conversation.
    struct ItemRow: View {
        let item: TimelineItem
        let model: ConversationModel
        let openPart: (Part) -> Void
        @Environment(\.words) private var words

        var body: some View {
            switch item.content {
            case .dateDivider(let day): heading(words.day(day))
            case .readMarker: heading(words.unreadMarker).foregroundStyle(.tint)
            case .start: heading(words.conversationStart)
            case .event(let event):
                if let news = words.news(event.body, nameOf(event.sender, event.senderName)) {
                    Text(news).font(.footnote).foregroundStyle(.secondary).frame(maxWidth: .infinity)
                } else if event.canReply {
                    message(event).modifier(SwipeToReply { model.reply(item.id) })
                } else {
                    message(event)
                }
            }
        }

        private func message(_ event: EventItem) -> some View {
            MessageView(item: item.id, event: event, model: model, openPart: openPart)
        }

        private func heading(_ text: String) -> some View {
            Text(text).font(.footnote.bold()).frame(maxWidth: .infinity).padding(.vertical, 8).accessibilityAddTraits(.isHeader)
        }
    }
#endif
