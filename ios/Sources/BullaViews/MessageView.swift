#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// Something that someone said. Held, it offers what can be done.
    struct MessageView: View {
        let item: ItemId
        let event: EventItem
        let model: ConversationModel
        let openPart: (Part) -> Void
        @State private var isDeleting = false
        @State private var isReporting = false
        @State private var isChoosing = false
        @State private var reason = ""
        @Environment(\.words) private var words

        var body: some View {
            VStack(alignment: event.mine ? .trailing : .leading, spacing: 4) {
                bubble
                if let thread = event.threadSummary, let root = event.eventId, !isInThread {
                    ThreadChip(summary: thread, root: root, model: model) { openPart(.thread(root: root)) }
                }
                if !event.reactions.isEmpty { reactions }
                if case .failed(_, retrying: false) = event.sendState { failed }
            }
            .frame(maxWidth: .infinity, alignment: event.mine ? .trailing : .leading)
            .sheet(isPresented: $isChoosing) { EmojiPicker { key in Task { await model.react(item, key) } } }
            .alert(words.report, isPresented: $isReporting) {
                TextField(words.reportReason, text: $reason)
                Button(words.send, role: .destructive) { Task { await model.report(item, reason) } }
                Button(words.cancel, role: .cancel) {}
            } message: {
                Text(words.reportHint)
            }
            .confirmationDialog(words.deleteTitle, isPresented: $isDeleting, titleVisibility: .visible) {
                Button(words.delete, role: .destructive) { Task { await model.redact(item) } }
            } message: {
                Text(words.deleteText)
            }
        }

        private var bubble: some View {
            VStack(alignment: .leading, spacing: 4) {
                HStack(spacing: 4) {
                    Text(event.mine ? words.you : nameOf(event.sender, event.senderName)).font(.caption.bold())
                    if !event.mine { NameMark(event.senderName) }
                }
                if event.senderNameIsAmbiguous { Text(oneLine(event.sender)).font(.caption2) }
                if let quote = event.replyTo { quoted(quote) }
                content
                if let announcement = event.announcement {
                    AnnouncementView(announcement: announcement, isMine: event.mine) { Task { await model.confirm(item) } }
                }
                Text(foot).font(.caption2).foregroundStyle(.secondary)
                if let ending = event.ending { Ends(ending: ending) }
                if let shield = event.shield { Label(words.shield(shield), systemImage: "exclamationmark.shield").font(.caption2) }
            }
            .padding(10)
            .background(
                event.mine ? AnyShapeStyle(TintShapeStyle().opacity(0.15)) : AnyShapeStyle(FillShapeStyle().tertiary),
                in: .rect(cornerRadius: 14)
            )
            .overlay { if event.highlighted { RoundedRectangle(cornerRadius: 14).strokeBorder(.tint, lineWidth: 2) } }
            .contentShape(.rect)
            .contextMenu { menu }
            .accessibilityElement(children: .combine)
            .accessibilityActions { menu }
        }

        /// As text: nothing that others write becomes markup or a link here.
        @ViewBuilder private var content: some View {
            if case .text(.emote, _, _) = event.body {
                Text(verbatim: words.line(event.body, event.sender, event.senderName))
            } else if case .text(let style, let plain, _) = event.body {
                if style == .notice { Text(words.automatic).font(.caption).foregroundStyle(.secondary) }
                Text(verbatim: plain)
            } else if case .poll(let question, let answers, _, let disclosed, let voters, let ended) = event.body {
                PollView(
                    question: question, answers: answers, voters: Int(voters), isSecret: !disclosed, isEnded: ended
                ) { answer in Task { await model.vote(item, answer) } }
            } else if case .covered(let kind) = event.body {
                Cover(item: item, event: event, kind: kind, once: model.media.once)
            } else if case .media(let kind, let name, let caption, let size, let details) = event.body {
                MediaBody(item: item, kind: kind, name: name, size: size, details: details, media: model.media)
                if let caption { Text(verbatim: caption) }
            } else {
                Text(words.line(event.body, event.sender, event.senderName)).italic()
            }
            if event.mine, case .liveLocation(_, _, _, _, _, ended: false) = event.body {
                Button(words.placeLiveStop) { Task { await model.sharing.stop() } }.frame(minHeight: 44)
            }
            if case .gallery = event.body { Text(words.mediaNotShown).font(.caption) }
            ForEach(event.disguised, id: \.self) { link in
                Label(
                    words.linkDisguised(shown: isolated(oneLine(link.shown, 60)), target: isolated(oneLine(link.target, 60))),
                    systemImage: "exclamationmark.triangle.fill"
                )
                .font(.footnote).foregroundStyle(.red)
            }
        }

        private func quoted(_ quote: ReplyQuote) -> some View {
            VStack(alignment: .leading) {
                Text(words.replyingTo(name: quote.sender.map { nameOf($0, quote.senderName) } ?? "")).font(.caption.bold())
                if let body = quote.body { Text(words.line(body, quote.sender ?? "", quote.senderName)).font(.caption).lineLimit(2) }
            }
            .padding(.leading, 8)
            .overlay(alignment: .leading) { Rectangle().frame(width: 3).foregroundStyle(.tint) }
        }

        private var isInThread: Bool { if case .thread = model.part { true } else { false } }

        private var foot: String {
            var parts = [words.time(event.at)]
            if event.pinned { parts.append(words.pinned) }
            if event.edited { parts.append(words.edited) }
            if event.mine { parts.append(words.state(of: event)) }
            return parts.joined(separator: " · ")
        }

        private var reactions: some View {
            HStack {
                ForEach(event.reactions, id: \.key) { reaction in
                    Button("\(oneLine(reaction.key, 8)) \(reaction.count)") { Task { await model.react(item, reaction.key) } }
                        .buttonStyle(.bordered)
                        .tint(reaction.mine ? .accentColor : .secondary)
                        .accessibilityLabel(words.reactionCount(key: oneLine(reaction.key, 8), count: Int(reaction.count)))
                        .accessibilityValue(reaction.mine ? words.reactionMine : "")
                        .accessibilityAddTraits(reaction.mine ? .isSelected : [])
                }
            }
        }

        private var failed: some View {
            HStack {
                Button(words.retry) { Task { await model.retry(item) } }
                Button(words.takeBack) { Task { await model.cancelSend(item) } }
            }
            .buttonStyle(.bordered)
            .frame(minHeight: 44)
        }

        @ViewBuilder private var menu: some View {
            let isThere = event.sendState == .delivered && event.body != .redacted
            if isThere {
                ForEach(["👍", "❤️", "😂", "🎉"], id: \.self) { key in
                    Button(words.reactWith(key: key)) { Task { await model.react(item, key) } }
                }
                Button(words.moreEmoji, systemImage: "face.smiling") { isChoosing = true }
            }
            if isThere, let root = event.thread ?? event.eventId, !isInThread {
                Button(words.replyInThread, systemImage: "bubble.left.and.text.bubble.right") { openPart(.thread(root: root)) }
            }
            if isThere, model.may(.pin) {
                Button(event.pinned ? words.unpin : words.pinMessage, systemImage: "pin") {
                    Task { await model.pin(item, !event.pinned) }
                }
            }
            if isThere {
                Button(words.copyMessageLink, systemImage: "link") {
                    Task { if let link = await model.link(item) { UIPasteboard.general.string = link } }
                }
                Button(words.forward, systemImage: "arrowshape.turn.up.right") { Task { await model.chooseForward(item) } }
                if event.edited { Button(words.versions, systemImage: "clock") { Task { await model.showVersions(item) } } }
                if event.mine { Button(words.whoHasRead, systemImage: "eye") { Task { await model.showReaders(item) } } }
                Button(words.source, systemImage: "curlybraces") { Task { await model.showSource(item) } }
                if !event.mine { Button(words.report, systemImage: "flag", role: .destructive) { isReporting = true } }
            }
            if event.canReply { Button(words.reply, systemImage: "arrowshape.turn.up.left") { model.reply(item) } }
            if event.canEdit { Button(words.edit, systemImage: "pencil") { model.edit(item) } }
            if event.mine, case .poll(_, _, _, _, _, ended: false) = event.body {
                Button(words.pollClose, systemImage: "checkmark.circle") { Task { await model.closePoll(item) } }
            }
            if case .text(_, let plain, _) = event.body {
                Button(words.copy, systemImage: "doc.on.doc") { UIPasteboard.general.string = plain }
                ShareLink(item: plain) { Label(words.share, systemImage: "square.and.arrow.up") }
            }
            if event.mine, isThere { Button(words.delete, systemImage: "trash", role: .destructive) { isDeleting = true } }
        }
    }
#endif
