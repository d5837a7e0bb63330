#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// Comes in by the code that another device shows, or by one that it reads here.
    struct CodeSignInView: View {
        @Bindable var model: CodeSignInModel
        @Environment(\.words) private var words

        var body: some View {
            Form {
                if let problem = model.problem, !model.wrongForm { Alarm(text: words.codeProblem(problem)) {} }
                Section { step }.frame(minHeight: 44)
            }
            .navigationTitle(words.signInCode)
        }

        @ViewBuilder private var step: some View {
            switch model.step {
            case nil: beginnings
            case .connecting?: Busy(text: words.codeConnecting, cancel: model.cancel)
            case .showCode?:
                Text(words.codeShowText)
                if let picture = model.picture { QrCode(picture: picture) }
                Button(words.cancel, role: .cancel, action: model.cancel)
            case .enterCheckCode?:
                Digits(
                    text: words.codeEnterText, label: words.codeDigits, digits: $model.digits, complete: model.complete, busy: false,
                    problem: model.wrongForm ? model.problem : nil, enter: model.enter)
                Button(words.cancel, role: .cancel, action: model.cancel)
            case .showCheckCode(let code)?:
                Compared(text: words.codeDigitsText, signs: twoDigits(code))
                Button(words.cancel, role: .cancel, action: model.cancel)
            case .waitingForApproval(let code)?:
                Compared(text: words.codeApproval, signs: oneLine(code, 32))
                Busy(text: words.browserWaiting, cancel: model.cancel)
            case .receiving?, .done?: ProgressView(words.codeReceiving)
            }
        }

        /// A code is read, or shown where it is known for which server.
        @ViewBuilder private var beginnings: some View {
            if let isCamera = model.isCamera {
                Text(words.signInCodeText)
                Button(isCamera ? words.codeTake : words.codeChoose) { Task { await model.scan() } }.disabled(model.busy)
                if model.shows { Button(words.codeShow) { Task { await model.show() } }.disabled(model.busy) }
            } else {
                Text(words.codeShowText)
                Button(words.codeShow) { Task { await model.show() } }.disabled(model.busy)
            }
        }
    }
#endif
