#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// Comes in by the code that another device shows.
    struct CodeSignInView: View {
        let model: CodeSignInModel
        @Environment(\.words) private var words

        var body: some View {
            Form {
                if let problem = model.problem { Alarm(text: words.codeProblem(problem)) {} }
                Section { step }.frame(minHeight: 44)
            }
            .navigationTitle(words.signInCode)
        }

        @ViewBuilder private var step: some View {
            switch model.step {
            case nil:
                Text(words.signInCodeText)
                Button(model.isCamera ? words.codeTake : words.codeChoose) { Task { await model.scan() } }.disabled(model.busy)
            case .connecting?: Busy(text: words.codeConnecting, cancel: model.cancel)
            case .showCheckCode(let code)?:
                Compared(text: words.codeDigitsText, signs: twoDigits(code))
                Button(words.cancel, role: .cancel, action: model.cancel)
            case .waitingForApproval(let code)?:
                Compared(text: words.codeApproval, signs: oneLine(code, 32))
                Busy(text: words.browserWaiting, cancel: model.cancel)
            case .receiving?, .done?: ProgressView(words.codeReceiving)
            }
        }
    }

    /// What is the same on another screen, sign by sign.
    private struct Compared: View {
        let text: String
        let signs: String

        var body: some View {
            Text(text).announced("\(text) \(spelled)")
            Text(verbatim: signs)
                .font(.system(.largeTitle, design: .monospaced).bold())
                .frame(maxWidth: .infinity)
                .accessibilityLabel(spelled)
        }

        /// One by one: otherwise 42 is a number, and a code is a word.
        private var spelled: String { signs.map(String.init).joined(separator: " ") }
    }
#endif
