#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// Commands that may be meant by what is typed; one that is refused says why.
    struct CommandHints: View {
        let model: ConversationModel
        @Environment(\.words) private var words

        var body: some View {
            ForEach(model.commands.hints.prefix(5), id: \.name) { hint in
                let why = words.whyNot(hint.needs.flatMap { model.abilities[$0] ?? nil })
                Button {
                    model.put(hint)
                } label: {
                    CommandLine(hint: hint, why: why)
                }
                .tint(.primary)
                .disabled(why != nil)
                .frame(minHeight: 44)
            }
        }
    }

    private struct CommandLine: View {
        let hint: CommandHint
        let why: String?
        @Environment(\.words) private var words

        var body: some View {
            VStack(alignment: .leading) {
                Text(words.usage(hint)).font(.body.monospaced())
                Text(why ?? words.command(hint.name)).font(.caption).foregroundStyle(.secondary)
            }
            .accessibilityElement(children: .combine)
        }
    }

    /// What is said of a line, in place of doing what it says.
    struct CommandAnswers: ViewModifier {
        let model: ConversationModel
        @Environment(\.words) private var words

        func body(content: Content) -> some View {
            content
                .alert(title, isPresented: isSaid, presenting: model.commands.answer) { answer in
                    if case .unknown = answer { Button(words.commandSend) { Task { await model.sendAsMessage() } } }
                    Button(words.close, role: .cancel, action: model.commands.answerSeen)
                } message: { answer in
                    Text(words.answer(answer) ?? "")
                }
                .sheet(isPresented: isHelp) {
                    NavigationStack {
                        List(commandHints(begun: "/"), id: \.name) { hint in
                            CommandLine(hint: hint, why: words.whyNot(hint.needs.flatMap { model.abilities[$0] ?? nil }))
                        }
                        .navigationTitle(words.commands)
                        .toolbar {
                            ToolbarItem(placement: .cancellationAction) { Button(words.close, action: model.commands.answerSeen) }
                        }
                    }
                }
        }

        private var title: String {
            if case .unknown = model.commands.answer { words.commandUnknownTitle } else { words.commands }
        }

        private var isSaid: Binding<Bool> {
            Binding(
                get: { model.commands.answer.map { $0 != .help } ?? false }, set: { if !$0 { model.commands.answerSeen() } })
        }

        private var isHelp: Binding<Bool> {
            Binding(get: { model.commands.answer == .help }, set: { if !$0 { model.commands.answerSeen() } })
        }
    }
#endif
