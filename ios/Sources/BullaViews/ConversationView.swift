#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// A conversation: what was said, and where to write.
    struct ConversationView: View {
        let model: ConversationModel
        let openDetails: () -> Void
        let openPart: (Part) -> Void
        /// Opens another one, which took its place or whose place it took.
        let openRoom: @MainActor (RoomId) -> Void
        @Environment(\.words) private var words
        @Environment(\.scenePhase) private var phase

        var body: some View {
            ScrollViewReader { scroll in
                rows
                    .overlay(alignment: .bottomTrailing) { jump(scroll) }
                    .onChange(of: model.rows.last?.id) {
                        if model.atNewest { toNewest(scroll) }
                        announce()
                    }
            }
            .safeAreaInset(edge: .top, spacing: 0) {
                VStack(spacing: 0) {
                    ConnectionView(state: model.connection)
                    Notice(problem: model.streamProblem, retry: model.retryStream)
                    Notice(problem: model.problem, seen: model.problemSeen)
                    if model.summary?.successor != nil {
                        Strip(text: words.goesOn, symbol: "arrow.right") {
                            Button(words.goesOnFollow) { Task { await model.goOn(openRoom) } }
                        }
                        .announced(words.goesOn)
                    } else if model.summary?.predecessor != nil, model.atStart, model.part == nil {
                        Button(words.earlierConversation, systemImage: "clock") { Task { await model.goBack(openRoom) } }
                            .frame(minHeight: 44)
                    }
                    FilesNotice(files: model.media.files)
                }
            }
            .safeAreaInset(edge: .bottom, spacing: 0) { if canWrite { Outgoing(model: model) } }
            .fullScreenCover(isPresented: isReadingOnce) { ReadOnceView(once: model.media.once, playback: model.media.playback) }
            .fullScreenCover(isPresented: isViewing) {
                ViewerView(viewer: model.media.viewer, files: model.media.files, scanned: model.media.attachments.scanned)
            }
            .toolbar {
                if let follows = model.follows {
                    ToolbarItem(placement: .primaryAction) {
                        Button(follows ? words.unfollowThread : words.followThread, systemImage: follows ? "bell.fill" : "bell") {
                            Task { await model.follow(!follows) }
                        }
                    }
                }
                ToolbarItem(placement: .principal) { if let part = model.part { Text(words.part(part)).font(.headline) } else { head } }
            }
            .sheet(isPresented: Binding(get: { model.versions != nil }, set: { if !$0 { model.hideVersions() } })) {
                VersionsView(versions: model.versions ?? [], close: model.hideVersions)
            }
            .sheet(isPresented: Binding(get: { model.readers != nil }, set: { if !$0 { model.hideReaders() } })) {
                ReadersView(readers: model.readers ?? [], close: model.hideReaders)
            }
            .sheet(isPresented: Binding(get: { model.source != nil }, set: { if !$0 { model.hideSource() } })) {
                SourceView(source: model.source ?? "", close: model.hideSource)
            }
            .sheet(isPresented: Binding(get: { model.forwarding != nil }, set: { if !$0 { model.stopForward() } })) {
                if let forwarding = model.forwarding {
                    ForwardView(
                        forwarding: forwarding, send: { rooms in Task { await model.forward(rooms) } }, close: model.stopForward)
                }
            }
            .navigationBarTitleDisplayMode(.inline)
            .task(id: seen) { if phase == .active, model.atNewest, !model.loading { await model.markRead() } }
        }

        private var isReadingOnce: Binding<Bool> {
            Binding(get: { model.media.once.item != nil }, set: { if !$0 { model.media.once.close() } })
        }

        private var isViewing: Binding<Bool> {
            Binding(get: { model.media.viewer.item != nil }, set: { if !$0 { model.media.viewer.leave() } })
        }

        private var canWrite: Bool {
            switch model.part {
            case nil, .thread: model.summary?.successor == nil
            case .around, .pinned: false
            }
        }

        /// What has to change for the newest row to have been read anew.
        private var seen: [String] { [model.rows.last?.id ?? "", "\(model.atNewest)", "\(phase)"] }

        @ViewBuilder private var rows: some View {
            if model.loading {
                Waiting()
            } else if model.rows.isEmpty, model.streamProblem == nil {
                ContentUnavailableView(words.noMessages, systemImage: "bubble.left", description: Text(words.noMessagesHint))
            } else {
                ScrollView {
                    LazyVStack(alignment: .leading, spacing: 6) {
                        if model.loadingOlder { ProgressView(words.loadingOlder).frame(maxWidth: .infinity) }
                        Color.clear.frame(height: 1).accessibilityHidden(true)
                            .onAppear { Task { await model.older() } }
                        ForEach(model.rows, id: \.id) { ItemRow(item: $0, model: model, openPart: openPart) }
                        Color.clear.frame(height: 1).accessibilityHidden(true).id(Self.newest)
                            .onAppear {
                                model.setAtNewest(true)
                                Task { await model.newer() }
                            }
                            .onDisappear { model.setAtNewest(false) }
                    }
                    .padding(.horizontal)
                }
                .defaultScrollAnchor(.bottom)
                .scrollDismissesKeyboard(.interactively)
            }
        }

        private var head: some View {
            Button(action: openDetails) {
                VStack(spacing: 0) {
                    HStack(spacing: 4) {
                        Text(model.summary.map(words.title) ?? "").font(.headline).lineLimit(1)
                        if let summary = model.summary {
                            NameMark(summary.title)
                            Image(systemName: summary.encrypted ? "lock.fill" : "lock.open")
                                .font(.caption2)
                                .accessibilityLabel(summary.encrypted ? words.encrypted : words.notEncrypted)
                        }
                    }
                    Text(words.typing(model.typing, model.names) ?? words.membersCount(count: Int(model.summary?.members ?? 0)))
                        .font(.caption)
                        .foregroundStyle(.secondary)
                }
                .accessibilityElement(children: .combine)
                .accessibilityHint(words.openDetails)
            }
            .tint(.primary)
        }

        @ViewBuilder private func jump(_ scroll: ScrollViewProxy) -> some View {
            if !model.atNewest {
                Button {
                    model.jumpToNewest()
                    toNewest(scroll)
                } label: {
                    Image(systemName: "chevron.down").frame(width: 44, height: 44).background(.bar, in: .circle)
                }
                .accessibilityLabel(model.newBelow > 0 ? words.newMessages(count: model.newBelow) : words.jumpToNewest)
                .padding()
            }
        }

        /// Reads out what others write while the conversation is open.
        private func announce() {
            guard let event = model.rows.last(where: { $0.event != nil })?.event, !event.mine else { return }
            let line = words.line(event.body, event.sender, event.senderName)
            AccessibilityNotification.Announcement(words.preview(name: nameOf(event.sender, event.senderName), text: line)).post()
        }

        private func toNewest(_ scroll: ScrollViewProxy) { scroll.scrollTo(Self.newest, anchor: .bottom) }

        private static let newest = "newest"
    }
#endif
