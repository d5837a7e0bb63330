#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// A message that can be opened once: nothing of it is seen.
    struct Cover: View {
        let item: ItemId
        let event: EventItem
        let kind: MediaKind?
        let once: ReadOnce
        @State private var isAsking = false
        @Environment(\.words) private var words

        var body: some View {
            VStack(alignment: .leading, spacing: 6) {
                Label(words.covered(kind), systemImage: "1.circle")
                if event.mine {
                    Text(words.coverMine).font(.caption).foregroundStyle(.secondary)
                    if let by = event.ending?.openedBy, !by.isEmpty { Text(words.openedBy(count: by.count)).font(.caption) }
                } else {
                    Button(words.coverOpen) { isAsking = true }.buttonStyle(.bordered).frame(minHeight: 44)
                }
            }
            .confirmationDialog(words.coverOpen, isPresented: $isAsking, titleVisibility: .visible) {
                Button(words.coverOpen) { Task { await once.open(item) } }
            } message: {
                Text(words.coverAsk)
            }
        }
    }

    /// When a message ends.
    struct Ends: View {
        let ending: Ending
        @Environment(\.words) private var words

        var body: some View {
            TimelineView(.periodic(from: .now, by: 1)) { moment in
                if let text = words.ending(ending, now: moment.date) {
                    Label(text, systemImage: "timer").font(.caption2).foregroundStyle(.secondary)
                }
            }
        }
    }

    /// What can be read once, for as long as it is open.
    struct ReadOnceView: View {
        let once: ReadOnce
        let playback: Playback
        @State private var picture: UIImage?
        @Environment(\.words) private var words
        @Environment(\.thumbnails) private var thumbnails

        var body: some View {
            NavigationStack {
                ScrollView {
                    VStack(spacing: 16) {
                        Notice(problem: once.problem)
                        content
                    }
                    .padding()
                }
                .safeAreaInset(edge: .bottom) {
                    VStack(alignment: .leading, spacing: 6) {
                        ForEach(endingLimits(lifetime: .once), id: \.self) {
                            Text(words.limit($0)).font(.footnote).foregroundStyle(.secondary)
                        }
                        Button(words.coverClose, action: once.close).buttonStyle(.borderedProminent).frame(
                            maxWidth: .infinity, minHeight: 44
                        )
                        .keyboardShortcut(.cancelAction)
                    }
                    .padding()
                    .background(.bar)
                }
                .navigationTitle(words.endingOnce)
                .navigationBarTitleDisplayMode(.inline)
            }
            .interactiveDismissDisabled()
            .task(id: once.picture) { if let bytes = once.picture { picture = await thumbnails?.passing(bytes) } }
        }

        @ViewBuilder private var content: some View {
            switch once.body {
            case .text(_, let plain, _): Text(verbatim: plain).font(.title3).frame(maxWidth: .infinity, alignment: .leading)
            case .media(let kind, let name, let caption, let size, let details):
                let label = words.mediaNamed(kind, name, size, details)
                switch kind {
                case .image, .sticker:
                    if let picture {
                        Image(uiImage: picture).resizable().scaledToFit().accessibilityLabel(label)
                    } else {
                        ProgressView(words.loading)
                    }
                case .voice, .audio:
                    SoundRow(item: once.item ?? "", label: label, details: details, playback: playback, mayOpen: true) { await once.play() }
                case .video, .file:
                    FileName(kind: kind, name: name, size: size)
                    if once.saves {
                        Button(words.saveCopy, systemImage: "square.and.arrow.down") { Task { await once.save() } }.disabled(once.saving)
                    }
                }
                if let caption { Text(verbatim: caption).frame(maxWidth: .infinity, alignment: .leading) }
            case nil: if once.problem == nil { ProgressView(words.loading) }
            default: Text(words.unknownMessage)
            }
        }
    }
#endif
