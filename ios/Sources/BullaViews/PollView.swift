#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// A poll in its bubble: each answer with its votes, in words, a number and a bar. A touch votes.
    struct PollView: View {
        let question: String
        let answers: [PollAnswer]
        let voters: Int
        let isSecret: Bool
        let isEnded: Bool
        let vote: (String) -> Void
        @Environment(\.words) private var words

        var body: some View {
            VStack(alignment: .leading, spacing: 8) {
                Text(verbatim: oneLine(question, 340)).font(.headline)
                ForEach(answers, id: \.id) { answer in
                    Button {
                        vote(answer.id)
                    } label: {
                        row(answer)
                    }
                    .buttonStyle(.plain)
                    .disabled(isEnded)
                    .accessibilityLabel(told(answer))
                    .accessibilityAddTraits(answer.mine ? .isSelected : [])
                }
                Text(foot).font(.caption).foregroundStyle(.secondary)
            }
        }

        private func row(_ answer: PollAnswer) -> some View {
            VStack(alignment: .leading, spacing: 4) {
                HStack {
                    Text(verbatim: oneLine(answer.text, 340)).fontWeight(answer.mine ? .semibold : .regular)
                    Spacer()
                    if answer.mine { Image(systemName: "checkmark") }
                    if let votes = answer.votes { Text(votes, format: .number).foregroundStyle(.secondary) }
                }
                if let votes = answer.votes { ProgressView(value: Double(min(Int(votes), voters)), total: Double(max(voters, 1))) }
            }
            .frame(minHeight: 44)
        }

        private func told(_ answer: PollAnswer) -> String {
            let votes = answer.votes.map { words.pollVotes(count: Int($0)) }
            return [oneLine(answer.text, 340), votes, answer.mine ? words.pollMine : nil].compactMap { $0 }.joined(separator: ", ")
        }

        private var foot: String {
            let parts = [
                isEnded ? words.pollEnded : nil, words.pollVoters(count: voters), isSecret && !isEnded ? words.pollSecret : nil,
            ]
            return parts.compactMap { $0 }.joined(separator: " · ")
        }
    }

    /// Asks for a poll: a question, two answers or more, and how it is voted on.
    struct NewPollView: View {
        let send: (PollDraft) -> Void
        @State private var question = ""
        @State private var answers = ["", ""]
        @State private var isSecret = false
        @State private var takesSeveral = false
        @Environment(\.words) private var words
        @Environment(\.dismiss) private var dismiss

        var body: some View {
            NavigationStack {
                Form {
                    TextField(words.pollQuestion, text: $question)
                    Section {
                        ForEach(answers.indices, id: \.self) { at in
                            TextField(words.pollAnswer(number: "\(at + 1)"), text: $answers[at])
                        }
                        if answers.count < 20 { Button(words.pollAddAnswer) { answers.append("") } }
                    }
                    Toggle(words.pollSeveral, isOn: $takesSeveral)
                    Toggle(words.pollSecret, isOn: $isSecret)
                }
                .navigationTitle(words.newPoll)
                .toolbar {
                    ToolbarItem(placement: .cancellationAction) { Button(words.cancel) { dismiss() } }
                    ToolbarItem(placement: .confirmationAction) { Button(words.pollSend, action: ask).disabled(!isComplete) }
                }
            }
        }

        private var given: [String] {
            answers.map(\.trimmed).reduce(into: []) { if !$1.isEmpty, !$0.contains($1) { $0.append($1) } }
        }

        private var isComplete: Bool { !question.trimmed.isEmpty && given.count >= 2 }

        private func ask() {
            let choices = takesSeveral ? UInt32(given.count) : 1
            send(PollDraft(question: question.trimmed, answers: given, maxChoices: choices, disclosed: !isSecret))
            dismiss()
        }
    }
#endif
