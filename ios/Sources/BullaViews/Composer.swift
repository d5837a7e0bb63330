#if os(iOS)
    import BullaModels
    import SwiftUI

    /// Where a message is written, answered with or changed.
    struct Composer: View {
        let model: ConversationModel
        @FocusState private var isFocused: Bool
        @State private var isAsking = false
        @State private var isLasting = false
        @State private var isChoosing = false
        @State private var isScheduling = false
        @Environment(\.words) private var words

        var body: some View {
            VStack(alignment: .leading, spacing: 8) {
                switch model.mode {
                case .write: EmptyView()
                case .reply(_, let event):
                    about(words.replyingTo(name: nameOf(event.sender, event.senderName)), stop: words.stopReply)
                case .edit: about(words.editing, stop: words.stopEdit)
                }
                ForEach(model.suggestions, id: \.user) { person in
                    Button("\(nameOf(person.user, person.name)) \(person.user)") { model.mention(person) }.frame(minHeight: 44)
                }
                if !model.emoji.isEmpty {
                    ScrollView(.horizontal) {
                        HStack {
                            ForEach(model.emoji, id: \.text) { emoji in
                                Button(emoji.text) { model.put(emoji) }.font(.title2).frame(minWidth: 44, minHeight: 44)
                            }
                        }
                    }
                }
                CommandHints(model: model)
                if let scheduling = model.scheduling { ScheduledLine(scheduling: scheduling, isShown: $isScheduling) }
                if model.mayNotMeanEverybody { Text(words.roomMentionRefused).font(.footnote).foregroundStyle(.red) }
                if model.announcing {
                    HStack {
                        Label(words.askConfirmationHint, systemImage: "megaphone").font(.footnote)
                        Spacer()
                        Button(words.stopConfirmation, systemImage: "xmark") { model.setAnnouncing(false) }
                            .labelStyle(.iconOnly)
                            .frame(minWidth: 44, minHeight: 44)
                    }
                }
                HStack(alignment: .bottom, spacing: 8) {
                    TextField(words.write, text: draft, axis: .vertical)
                        .lineLimit(1...6)
                        .focused($isFocused)
                        .padding(10)
                        .background(.fill.tertiary, in: .rect(cornerRadius: 18))
                    Menu {
                        if model.media.attachments.chooses, !isEditing {
                            Button(words.addPicture, systemImage: "photo") {
                                Task { await model.media.attachments.choose(pictures: true) }
                            }
                            Button(words.addFile, systemImage: "doc") {
                                Task { await model.media.attachments.choose(pictures: false) }
                            }
                        }
                        Button(words.moreEmoji, systemImage: "face.smiling") { isChoosing = true }
                        Button(words.newPoll, systemImage: "chart.bar") { isAsking = true }
                        if !isEditing { Button(words.endingChoose, systemImage: "timer") { isLasting = true } }
                        if model.mode == .write, model.part == nil {
                            Button(words.askConfirmation, systemImage: "megaphone") { model.setAnnouncing(true) }
                        }
                        Button(words.sendPlace, systemImage: "mappin.and.ellipse") { Task { await model.beginPlace() } }
                        if model.scheduling != nil { Button(words.sendLater, systemImage: "clock") { isScheduling = true } }
                    } label: {
                        Label(words.addToMessage, systemImage: "plus").labelStyle(.iconOnly).frame(minWidth: 44, minHeight: 44)
                    }
                    if !model.canSend, model.mode == .write, model.media.voice.records {
                        Button(words.voiceRecord, systemImage: "mic") { Task { await model.media.voice.begin() } }
                            .labelStyle(.iconOnly)
                            .frame(minWidth: 44, minHeight: 44)
                    }
                    Button(action: send) { Image(systemName: "arrow.up.circle.fill").font(.title).frame(minWidth: 44, minHeight: 44) }
                        .disabled(!model.canSend)
                        .keyboardShortcut(.return, modifiers: .command)
                        .accessibilityLabel(isEditing ? words.saveEdit : words.send)
                }
            }
            .padding(.horizontal)
            .padding(.vertical, 8)
            .background(.bar)
            .onChange(of: model.mode) { isFocused = true }
            .sheet(isPresented: $isChoosing) { EmojiPicker { model.setDraft(model.draft + $0) } }
            .sheet(isPresented: $isScheduling) {
                if let scheduling = model.scheduling { ScheduleView(model: model, scheduling: scheduling) }
            }
            .sheet(isPresented: Binding(get: { model.placing != nil }, set: { if !$0 { model.stopPlace() } })) {
                if let placing = model.placing { PlaceView(model: model, placing: placing) }
            }
            .modifier(CommandAnswers(model: model))
            .sheet(isPresented: $isLasting) { ChooseLifetime(chosen: model.lifetime, choose: model.setLifetime) }
            .sheet(isPresented: $isAsking) { NewPollView { draft in Task { await model.sendPoll(draft) } } }
        }

        private var draft: Binding<String> { Binding(get: { model.draft }, set: model.setDraft) }

        private var isEditing: Bool { if case .edit = model.mode { true } else { false } }

        private func about(_ text: String, stop: String) -> some View {
            HStack {
                Text(text).font(.footnote.bold())
                Spacer()
                Button(stop, systemImage: "xmark", action: model.stopReplyOrEdit)
                    .labelStyle(.iconOnly)
                    .frame(minWidth: 44, minHeight: 44)
                    .keyboardShortcut(.cancelAction)
            }
        }

        private func send() { Task { await model.send() } }
    }
#endif
