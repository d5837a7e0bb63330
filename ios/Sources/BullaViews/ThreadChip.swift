#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// Under a message that a thread began with: how many answers it has, and how many of them are new.
    struct ThreadChip: View {
        let summary: ThreadSummary
        let root: EventId
        let model: ConversationModel
        let open: () -> Void
        @State private var reading: ThreadReading?
        @Environment(\.words) private var words

        var body: some View {
            Button(action: open) {
                HStack {
                    Label(words.threadReplies(count: Int(summary.replies)), systemImage: "bubble.left.and.text.bubble.right")
                    if let unread = words.unread(reading) { Label(unread, systemImage: "circle.fill").font(.caption.bold()) }
                }
            }
            .frame(minHeight: 44)
            .accessibilityHint(words.openThread)
            // What was said, or that one comes back from it.
            .task(id: summary) { reading = await model.threadReading(root) }
        }
    }
#endif
