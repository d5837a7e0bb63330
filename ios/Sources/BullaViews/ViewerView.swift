#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// A picture as large as there is room for: nearer, further, the next and the one before, a copy of it.
    struct ViewerView: View {
        let viewer: Viewer
        let files: ConversationFiles
        let scanned: Bool
        @State private var scale = 1.0
        @State private var begun = 1.0
        @State private var offset = CGSize.zero
        @State private var dragged = CGSize.zero
        @Environment(\.words) private var words

        var body: some View {
            let all = viewer.pictures
            NavigationStack {
                if let at = all.firstIndex(where: { $0.id == viewer.item }) {
                    Large(row: all[at], files: files, scanned: scanned)
                        .id(all[at].id)
                        .scaleEffect(scale)
                        .offset(offset)
                        .gesture(zoom)
                        .simultaneousGesture(scale > 1 ? pan : nil)
                        .onTapGesture(count: 2) { set(scale > 1 ? 1 : 2.5) }
                        .frame(maxWidth: .infinity, maxHeight: .infinity)
                        .clipped()
                        .safeAreaInset(edge: .top) { FilesNotice(files: files) }
                        .navigationTitle(oneLine(all[at].name, 80))
                        .navigationBarTitleDisplayMode(.inline)
                        .toolbar { tools(all, at) }
                        .onChange(of: viewer.item) { set(1) }
                } else {
                    // It was deleted, or has ended, while it was looked at.
                    Color.clear.onAppear { viewer.leave() }
                }
            }
        }

        @ToolbarContentBuilder private func tools(_ all: [FileRow], _ at: Int) -> some ToolbarContent {
            ToolbarItem(placement: .cancellationAction) {
                Button(words.close) { viewer.leave() }.keyboardShortcut(.cancelAction)
            }
            ToolbarItem(placement: .primaryAction) {
                if files.saves {
                    Button(words.saveCopy, systemImage: "square.and.arrow.down") { Task { await files.save(all[at].id) } }
                        .disabled(files.saving.contains(all[at].id))
                }
            }
            ToolbarItemGroup(placement: .bottomBar) {
                Button(words.viewerPrevious, systemImage: "chevron.left") { viewer.move(-1) }
                    .disabled(at == 0)
                    .keyboardShortcut(.leftArrow, modifiers: [])
                Spacer()
                Button(words.viewerSmaller, systemImage: "minus.magnifyingglass") { set(scale / 1.5) }.disabled(scale <= 1)
                Text(words.viewerPosition(position: "\(at + 1)", total: "\(all.count)")).font(.footnote)
                Button(words.viewerLarger, systemImage: "plus.magnifyingglass") { set(scale * 1.5) }.disabled(scale >= 8)
                Spacer()
                Button(words.viewerNext, systemImage: "chevron.right") { viewer.move(1) }
                    .disabled(at == all.count - 1)
                    .keyboardShortcut(.rightArrow, modifiers: [])
            }
        }

        private var zoom: some Gesture {
            MagnifyGesture()
                .onChanged { scale = min(max(begun * $0.magnification, 1), 8) }
                .onEnded { _ in set(scale) }
        }

        private var pan: some Gesture {
            DragGesture()
                .onChanged { offset = CGSize(width: dragged.width + $0.translation.width, height: dragged.height + $0.translation.height) }
                .onEnded { _ in dragged = offset }
        }

        private func set(_ wanted: Double) {
            scale = min(max(wanted, 1), 8)
            begun = scale
            if scale == 1 { (offset, dragged) = (.zero, .zero) }
        }
    }

    private struct Large: View {
        let row: FileRow
        let files: ConversationFiles
        let scanned: Bool
        @State private var state = FileState()
        @State private var picture: UIImage?
        @Environment(\.words) private var words
        @Environment(\.thumbnails) private var thumbnails

        /// The most that the core makes.
        private static let side: UInt32 = 2_048

        var body: some View {
            Group {
                if let picture {
                    Image(uiImage: picture).resizable().scaledToFit()
                        .accessibilityLabel(words.mediaNamed(row.kind, row.name, row.size, row.details))
                } else if let text = words.standing(state, scanned: scanned) {
                    Text(text).padding()
                } else {
                    ProgressView(words.loading)
                }
            }
            .task { await files.watch(row.id) { state = $0 } }
            .task(id: state.mayOpen) {
                guard state.mayOpen, let bytes = await files.thumbnail(row.id, side: Self.side) else { return }
                picture = await thumbnails?.passing(bytes)
            }
        }
    }
#endif
