#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// A file in a message, how it stands with the antivirus, and what can be done with it.
    struct MediaBody: View {
        let item: ItemId
        let kind: MediaKind
        let name: String
        let size: UInt64?
        let details: MediaDetails
        let media: ConversationMedia
        @State private var state = FileState()
        @Environment(\.words) private var words

        var body: some View {
            VStack(alignment: .leading, spacing: 6) {
                switch kind {
                case .image, .sticker, .video:
                    picture
                    if kind == .video, state.mayOpen { Text(words.filmElsewhere).font(.caption).foregroundStyle(.secondary) }
                case .voice, .audio:
                    if kind == .audio { FileName(kind: kind, name: name, size: size) }
                    SoundRow(
                        item: item, label: words.mediaNamed(kind, name, size, details), details: details, playback: media.playback,
                        mayOpen: state.mayOpen, save: savesVoice(item, kind, media.files))
                case .file: FileName(kind: kind, name: name, size: size)
                }
                Standing(item: item, kind: kind, state: state, files: media.files, scanned: media.attachments.scanned)
            }
            .task(id: item) { await media.files.watch(item) { state = $0 } }
        }

        @ViewBuilder private var picture: some View {
            let opens = state.mayOpen && kind == .image && details.hasThumbnail
            Button {
                media.viewer.open(item)
            } label: {
                Thumbnail(item: item, details: details, files: media.files, side: 480, mayOpen: state.mayOpen)
                    .aspectRatio(aspectRatio(of: details), contentMode: .fit)
                    .frame(maxWidth: kind == .sticker ? 180 : 300)
                    .overlay { if kind == .video { Image(systemName: "film.circle.fill").font(.largeTitle) } }
                    .overlay(alignment: .bottomTrailing) {
                        if kind == .video, let duration = details.duration {
                            Text(clock(duration)).font(.caption).padding(4).background(.bar, in: .capsule).padding(6)
                        }
                    }
                    .clipShape(.rect(cornerRadius: 12))
            }
            .buttonStyle(.plain)
            .disabled(!opens)
            .accessibilityLabel(words.mediaNamed(kind, name, size, details))
            .accessibilityHint(opens ? words.openPicture : "")
        }
    }

    /// What the sender says of its sides may be anything: no picture is a line.
    func aspectRatio(of details: MediaDetails) -> Double {
        guard let width = details.width, let height = details.height, width > 0, height > 0 else { return 4 / 3 }
        return min(max(Double(width) / Double(height), 0.6), 2.2)
    }

    /// Other sounds can be written out at any time.
    @MainActor func savesVoice(_ item: ItemId, _ kind: MediaKind, _ files: ConversationFiles) -> (() -> Void)? {
        kind == .voice && files.saves ? { Task { await files.save(item) } } : nil
    }

    func symbol(_ kind: MediaKind) -> String {
        switch kind {
        case .image, .sticker: "photo"
        case .video: "film"
        case .audio: "waveform"
        case .voice: "mic"
        case .file: "doc"
        }
    }

    /// A file by its name and size.
    struct FileName: View {
        let kind: MediaKind
        let name: String
        let size: UInt64?
        @Environment(\.words) private var words

        var body: some View {
            HStack(spacing: 10) {
                Image(systemName: symbol(kind)).font(.title2).accessibilityHidden(true)
                VStack(alignment: .leading) {
                    Text(verbatim: oneLine(name, 80)).lineLimit(2)
                    Text([words.media(kind), size.map(words.size)].compactMap { $0 }.joined(separator: " · "))
                        .font(.caption).foregroundStyle(.secondary)
                }
            }
            .accessibilityElement(children: .combine)
        }
    }

    /// A file's picture: its colours first, then what the core made of it once it may be opened.
    struct Thumbnail: View {
        let item: ItemId
        let details: MediaDetails
        let files: ConversationFiles
        let side: UInt32
        let mayOpen: Bool
        @State private var picture: UIImage?
        @State private var colours: UIImage?
        @Environment(\.thumbnails) private var thumbnails

        var body: some View {
            Rectangle().fill(.fill.tertiary)
                .overlay {
                    if let seen = picture ?? colours { Image(uiImage: seen).resizable().scaledToFill() }
                }
                .clipped()
                .task(id: mayOpen) {
                    if picture == nil, let hash = details.blurhash { colours = await thumbnails?.colours(hash) }
                    guard mayOpen, details.hasThumbnail, let id = details.id else { return }
                    picture = await thumbnails?.thumbnail(id, side: side) { await files.thumbnail(item, side: side) }
                }
                .accessibilityHidden(true)
        }
    }

    /// Why it cannot be opened, or how it comes; a copy of it can be had once it may be opened.
    struct Standing: View {
        let item: ItemId
        let kind: MediaKind
        let state: FileState
        let files: ConversationFiles
        let scanned: Bool
        @Environment(\.words) private var words

        var body: some View {
            if let text = words.standing(state, scanned: scanned) {
                Label(text, systemImage: sign).font(.callout).fixedSize(horizontal: false, vertical: true).announced(text)
                if state.scan == .unavailable || state.problem != nil {
                    Button(words.retry) { Task { await files.again(item) } }.buttonStyle(.bordered).frame(minHeight: 44)
                }
            } else {
                if let transfer = state.transfer { Label(words.transferred(transfer), systemImage: "arrow.down.circle").font(.caption) }
                if files.saves, kind != .voice, kind != .sticker, kind != .image {
                    Button(words.saveCopy, systemImage: "square.and.arrow.down") { Task { await files.save(item) } }
                        .disabled(files.saving.contains(item))
                        .buttonStyle(.bordered)
                        .frame(minHeight: 44)
                }
            }
        }

        private var sign: String {
            switch state.scan {
            case .infected: "exclamationmark.triangle.fill"
            case .gone: "trash"
            case .waiting: state.problem == nil ? "hourglass" : "wifi.slash"
            case .clean, .typeNotAllowed, .unavailable: "shield"
            }
        }
    }

    /// What came of writing a copy.
    struct FilesNotice: View {
        let files: ConversationFiles
        @Environment(\.words) private var words

        var body: some View {
            Notice(problem: files.problem, seen: files.seen)
            if files.saved {
                Strip(text: words.savedCopy, symbol: "checkmark.circle") {
                    Button(words.close, systemImage: "xmark", action: files.seen).labelStyle(.iconOnly)
                }
                .announced(words.savedCopy)
            }
        }
    }
#endif
