#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// What is on its way out, and where something is made to be sent: a file, a voice message, or what is written.
    struct Outgoing: View {
        let model: ConversationModel
        @Environment(\.words) private var words

        var body: some View {
            let attachments = model.media.attachments
            let voice = model.media.voice
            // Until it is known, nothing is said of it.
            let encrypted = model.summary?.encrypted ?? true
            VStack(spacing: 0) {
                ForEach(attachments.uploads, id: \.id) { UploadRow(upload: $0, attachments: attachments) }
                Notice(problem: attachments.problem, text: words.pictureProblem, seen: attachments.problemSeen)
                if let trouble = voice.trouble {
                    Alarm(text: words.sound(trouble)) {
                        Button(words.retry) { Task { await voice.begin() } }
                        Button(words.close, systemImage: "xmark", action: voice.seen).labelStyle(.iconOnly)
                    }
                }
                if let lifetime = model.lifetime ?? model.summary?.ending {
                    HStack {
                        Label(words.lifetime(lifetime), systemImage: lifetime == .once ? "1.circle" : "timer").font(.footnote)
                        Spacer()
                        if model.lifetime != nil {
                            Button(words.endingStop, systemImage: "xmark") { model.setLifetime(nil) }.labelStyle(.iconOnly)
                                .frame(minWidth: 44, minHeight: 44)
                        }
                    }
                    .padding(.horizontal)
                }
                if let file = attachments.chosen {
                    AttachPanel(file: file, attachments: attachments, encrypted: encrypted) { Task { await send() } }
                } else if voice.active {
                    VoicePanel(voice: voice, encrypted: encrypted)
                } else {
                    Composer(model: model)
                }
            }
        }

        private func send() async {
            let answered: ItemId? = if case .reply(let item, _) = model.mode { item } else { nil }
            await model.media.attachments.send(replyTo: answered)
            if answered != nil, model.media.attachments.chosen == nil { model.stopReplyOrEdit() }
        }
    }

    /// A file on its way out.
    private struct UploadRow: View {
        let upload: Upload
        let attachments: Attachments
        @Environment(\.words) private var words

        var body: some View {
            let name = upload.kind == .voice ? words.mediaVoice : oneLine(upload.name, 80)
            HStack {
                Image(systemName: isFailed ? "exclamationmark.triangle.fill" : symbol(upload.kind)).accessibilityHidden(true)
                VStack(alignment: .leading) {
                    Text(verbatim: name).lineLimit(1)
                    Text(words.standing(upload)).font(.caption).foregroundStyle(isFailed ? .red : .secondary)
                    if upload.state == .uploading {
                        ProgressView(value: Double(percentage(upload.sent, of: upload.size)), total: 100).accessibilityHidden(true)
                    }
                }
                .accessibilityElement(children: .combine)
                Spacer()
                if isFailed { Button(words.retry) { Task { await attachments.retry(upload.id) } }.frame(minHeight: 44) }
                Button(words.uploadCancel(name: isolated(name)), systemImage: "xmark") { Task { await attachments.cancel(upload.id) } }
                    .labelStyle(.iconOnly)
                    .frame(minWidth: 44, minHeight: 44)
            }
            .padding(.horizontal)
            .background(.bar)
        }

        private var isFailed: Bool { if case .failed = upload.state { true } else { false } }
    }

    /// What was chosen, in the composer's place: what becomes of it is said before it is sent.
    private struct AttachPanel: View {
        let file: ChosenFile
        let attachments: Attachments
        let encrypted: Bool
        let send: () -> Void
        @Environment(\.words) private var words

        var body: some View {
            ScrollView {
                VStack(alignment: .leading, spacing: 10) {
                    Text(words.attachTitle).font(.headline).accessibilityAddTraits(.isHeader)
                    FileName(kind: file.kind, name: file.name, size: file.size)
                    if let limit = attachments.limit {
                        if attachments.tooLarge {
                            Label(
                                words.attachTooLarge(size: words.size(file.size), limit: words.size(limit)),
                                systemImage: "exclamationmark.triangle.fill"
                            )
                            .foregroundStyle(.red)
                        } else {
                            Label(words.attachLimit(size: words.size(limit)), systemImage: "info.circle").foregroundStyle(.secondary)
                        }
                    }
                    if !encrypted { Label(words.attachNotEncrypted, systemImage: "lock.open").foregroundStyle(.red) }
                    if attachments.scanned { Label(words.attachScanned, systemImage: "shield").foregroundStyle(.secondary) }
                    if file.kind == .image {
                        Toggle(
                            words.attachOriginal, isOn: Binding(get: { attachments.original }, set: attachments.setOriginal))
                        Text(attachments.original ? words.attachOriginalSaid : words.attachOriginalHint).font(.footnote)
                    }
                    TextField(
                        words.attachCaption, text: Binding(get: { attachments.caption }, set: attachments.setCaption), axis: .vertical
                    )
                    .lineLimit(1...4)
                    .textFieldStyle(.roundedBorder)
                    HStack {
                        Button(words.cancel, role: .cancel, action: attachments.giveUp).keyboardShortcut(.cancelAction)
                        Spacer()
                        Button(words.send, action: send).buttonStyle(.borderedProminent).disabled(!attachments.canSend)
                    }
                    .frame(minHeight: 44)
                }
                .font(.callout)
                .padding()
            }
            .frame(maxHeight: 420)
            .fixedSize(horizontal: false, vertical: true)
            .background(.bar)
        }
    }

    /// A voice message while it is recorded, and before it is sent.
    private struct VoicePanel: View {
        let voice: VoiceMessage
        let encrypted: Bool
        @Environment(\.words) private var words

        var body: some View {
            VStack(alignment: .leading, spacing: 8) {
                let time = clock(voice.heard.duration)
                Label(voice.recording ? words.voiceRecording(time: time) : words.voiceReady(time: time), systemImage: "mic.fill")
                    .font(.headline.monospacedDigit())
                Text(words.voiceLimit).font(.caption).foregroundStyle(.secondary)
                if !encrypted { Label(words.attachNotEncrypted, systemImage: "lock.open").font(.callout).foregroundStyle(.red) }
                Notice(problem: voice.problem, seen: voice.seen)
                Wave(levels: Array(voice.heard.levels.suffix(120)), done: 0).frame(height: 40).accessibilityHidden(true)
                HStack {
                    Button(words.voiceDiscard, systemImage: "trash", role: .destructive, action: voice.discard)
                        .keyboardShortcut(.cancelAction)
                        .frame(minWidth: 44, minHeight: 44)
                    Spacer()
                    if voice.recording {
                        Button(words.voiceStop, systemImage: "stop.fill") { Task { await voice.stop() } }
                            .frame(minWidth: 44, minHeight: 44)
                        Spacer()
                    }
                    Button(words.voiceSend, systemImage: "arrow.up.circle.fill") { Task { await voice.send() } }
                        .font(.title)
                        .frame(minWidth: 44, minHeight: 44)
                }
                .labelStyle(.iconOnly)
            }
            .padding()
            .background(.bar)
        }
    }
#endif
