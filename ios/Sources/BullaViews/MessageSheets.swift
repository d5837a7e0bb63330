#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// Who has read a message, and when.
    struct ReadersView: View {
        let readers: [Reader]
        let close: () -> Void
        @Environment(\.words) private var words

        var body: some View {
            NavigationStack {
                List(readers, id: \.user) { reader in
                    PersonRow(user: reader.user, name: reader.name, picture: reader.avatar, note: reader.at.map(words.moment))
                }
                .overlay { if readers.isEmpty { Text(words.nobodyHasRead) } }
                .navigationTitle(words.whoHasRead)
                .toolbar { Button(words.close, action: close) }
            }
        }
    }

    /// What an event is on the wire. As text: nothing that others write becomes markup here.
    struct SourceView: View {
        let source: String
        let close: () -> Void
        @Environment(\.words) private var words

        var body: some View {
            NavigationStack {
                ScrollView([.vertical, .horizontal]) {
                    Text(verbatim: String(source.prefix(20_000))).font(.footnote.monospaced()).textSelection(.enabled).padding()
                }
                .navigationTitle(words.source)
                .toolbar { Button(words.close, action: close) }
            }
        }
    }

    /// Every emoji, by group or by its name.
    struct EmojiPicker: View {
        let choose: (String) -> Void
        @State private var search = ""
        @Environment(\.dismiss) private var dismiss
        @Environment(\.words) private var words

        var body: some View {
            NavigationStack {
                ScrollView {
                    LazyVGrid(columns: [GridItem(.adaptive(minimum: 48))]) {
                        if search.isEmpty {
                            ForEach(Self.groups, id: \.kind) { group in
                                Section {
                                    ForEach(group.emoji, id: \.text, content: button)
                                } header: {
                                    Text(words.emoji(group.kind)).font(.footnote.bold()).accessibilityAddTraits(.isHeader)
                                }
                            }
                        } else {
                            ForEach(suggestEmoji(begun: search, limit: 60), id: \.text, content: button)
                        }
                    }
                    .padding(.horizontal)
                }
                .searchable(text: $search, prompt: words.search)
                .navigationTitle(words.moreEmoji)
                .toolbar { Button(words.close) { dismiss() } }
            }
        }

        private func button(_ emoji: Emoji) -> some View {
            Button(emoji.text) {
                dismiss()
                choose(emoji.text)
            }
            .font(.title)
            .frame(minWidth: 44, minHeight: 44)
        }

        private static let groups = emojiGroups()
    }

    /// Says so where a name may be taken for another.
    struct NameMark: View {
        let names: [String]
        @Environment(\.words) private var words

        init(_ name: String?) { names = name.map { [$0] } ?? [] }

        init(_ title: RoomTitle) {
            names =
                switch title {
                case .named(let text): [text]
                case .people(let names, _): names
                case .empty(let former): former
                }
        }

        var body: some View {
            if let doubt = names.lazy.compactMap({ nameDoubt(name: $0) }).first {
                Image(systemName: "exclamationmark.triangle.fill").foregroundStyle(.red).font(.caption)
                    .accessibilityLabel(words.doubt(doubt))
            }
        }
    }
#endif
