#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// The threads of a conversation, the one with the newest answer first.
    struct ThreadsView: View {
        let model: ThreadsModel
        let open: (EventId) -> Void
        @Environment(\.words) private var words

        var body: some View {
            List {
                Notice(problem: model.problem, retry: model.again)
                if model.loading { ProgressView(words.loading) }
                ForEach(model.rows, id: \.root) { row in
                    Button {
                        open(row.root)
                    } label: {
                        line(row)
                    }
                    .tint(.primary)
                    .swipeActions { if words.unread(row.reading) != nil { markRead(row) } }
                    .contextMenu { if words.unread(row.reading) != nil { markRead(row) } }
                    .onAppear { if row.root == model.rows.last?.root { Task { await model.more() } } }
                }
            }
            .overlay {
                if !model.loading, model.rows.isEmpty, model.problem == nil {
                    ContentUnavailableView(
                        words.noThreads, systemImage: "bubble.left.and.text.bubble.right", description: Text(words.noThreadsHint))
                }
            }
            .navigationTitle(words.threads)
        }

        private func markRead(_ row: ThreadRow) -> some View {
            Button(words.threadMarkRead, systemImage: "checkmark") { Task { await model.markRead(row.root) } }
        }

        private func line(_ row: ThreadRow) -> some View {
            VStack(alignment: .leading, spacing: 2) {
                Text(nameOf(row.sender, row.senderName)).font(.caption.bold())
                Text(row.body.map { words.line($0, row.sender, row.senderName) } ?? words.unknownMessage).lineLimit(2)
                Text("\(words.threadReplies(count: Int(row.replies))) · \(words.day(row.lastAt))").font(.caption).foregroundStyle(
                    .secondary)
                if let unread = words.unread(row.reading) {
                    Label(unread, systemImage: "circle.fill").font(.caption.bold()).tint(.accentColor)
                }
            }
            .accessibilityElement(children: .combine)
        }
    }
#endif
