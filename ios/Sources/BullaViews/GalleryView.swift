#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// The pictures and files of a conversation, newest first; older ones by looking further back.
    struct GalleryView: View {
        let model: GalleryModel
        @State private var showsOthers = false
        @Environment(\.words) private var words

        var body: some View {
            ScrollView {
                Notice(problem: model.problem, seen: model.problemSeen)
                FilesNotice(files: model.files)
                Picker(words.filesOf, selection: $showsOthers) {
                    Text(words.filesPictures).tag(false)
                    Text(words.filesOthers).tag(true)
                }
                .pickerStyle(.segmented)
                .padding(.horizontal)
                if model.loading {
                    Waiting()
                } else if shown.isEmpty, model.atStart {
                    ContentUnavailableView(words.filesNone, systemImage: "photo.on.rectangle", description: Text(words.filesNoneHint))
                } else {
                    if showsOthers {
                        LazyVStack(alignment: .leading) { ForEach(model.others) { Other(row: $0, model: model) } }.padding(.horizontal)
                    } else {
                        LazyVGrid(columns: [GridItem(.adaptive(minimum: 110), spacing: 4)], spacing: 4) {
                            ForEach(model.pictures) { Tile(row: $0, model: model) }
                        }
                    }
                    further.padding()
                }
            }
            .navigationTitle(words.filesOf)
            .fullScreenCover(isPresented: isViewing) {
                ViewerView(viewer: model.viewer, files: model.files, scanned: model.scanned)
            }
        }

        private var shown: [FileRow] { showsOthers ? model.others : model.pictures }

        private var isViewing: Binding<Bool> {
            Binding(get: { model.viewer.item != nil }, set: { if !$0 { model.viewer.leave() } })
        }

        @ViewBuilder private var further: some View {
            if model.loadingOlder {
                ProgressView(words.loadingOlder)
            } else if model.atStart {
                Text(words.filesAll).font(.footnote).foregroundStyle(.secondary)
            } else {
                Button(words.filesOlder) { Task { await model.older() } }.frame(minHeight: 44)
            }
        }
    }

    private struct Tile: View {
        let row: FileRow
        let model: GalleryModel
        @State private var state = FileState()
        @Environment(\.words) private var words

        var body: some View {
            let opens = state.mayOpen && row.isPicture
            Button {
                if opens { model.viewer.open(row.id) } else { Task { await model.files.save(row.id) } }
            } label: {
                Thumbnail(item: row.id, details: row.details, files: model.files, side: 240, mayOpen: state.mayOpen)
                    .aspectRatio(1, contentMode: .fit)
                    .overlay {
                        if row.kind == .video { Image(systemName: "film") } else if !state.mayOpen { Image(systemName: "shield") }
                    }
            }
            .buttonStyle(.plain)
            .disabled(!state.mayOpen || !opens && !model.files.saves)
            .accessibilityLabel(label)
            .accessibilityHint(opens ? words.openPicture : state.mayOpen ? words.saveCopy : "")
            .task { await model.files.watch(row.id) { state = $0 } }
        }

        private var label: String {
            let who = nameOf(row.event.sender, row.event.senderName)
            let what = words.mediaNamed(row.kind, row.name, row.size, row.details)
            return [what, who, words.day(row.event.at), words.standing(state, scanned: model.scanned)].compactMap { $0 }
                .joined(separator: ", ")
        }
    }

    private struct Other: View {
        let row: FileRow
        let model: GalleryModel
        @State private var state = FileState()
        @Environment(\.words) private var words

        var body: some View {
            VStack(alignment: .leading, spacing: 6) {
                if row.kind != .voice { FileName(kind: row.kind, name: row.name, size: row.size) }
                if row.kind != .file {
                    SoundRow(
                        item: row.id, label: words.mediaNamed(row.kind, row.name, row.size, row.details), details: row.details,
                        playback: model.playback, mayOpen: state.mayOpen, save: savesVoice(row.id, row.kind, model.files))
                }
                Text("\(nameOf(row.event.sender, row.event.senderName)) · \(words.day(row.event.at))").font(.caption)
                Standing(item: row.id, kind: row.kind, state: state, files: model.files, scanned: model.scanned)
                Divider()
            }
            .task { await model.files.watch(row.id) { state = $0 } }
        }
    }
#endif
