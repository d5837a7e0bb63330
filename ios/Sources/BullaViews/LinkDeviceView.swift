#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// A code for a new device to read, or the reading of its own, and what is to be done until it is in.
    struct LinkDeviceView: View {
        @Bindable var model: LinkDeviceModel
        let close: () -> Void
        @Environment(\.words) private var words

        var body: some View {
            if model.done {
                Standstill(symbol: "checkmark", title: words.linkDevice, text: words.linkDone) {
                    MainButton(text: words.close, action: close)
                }
            } else {
                Form {
                    if model.problem != nil, !model.wrongForm {
                        Notice(problem: model.problem, text: words.linkProblem, retry: model.again)
                    } else {
                        Section { step }.frame(minHeight: 44)
                    }
                }
                .navigationTitle(words.linkDevice)
            }
        }

        @ViewBuilder private var step: some View {
            switch model.step {
            case nil, .connecting?: ProgressView(words.linkPreparing)
            case .showCode?:
                Text(words.linkDeviceText)
                if let picture = model.picture { QrCode(picture: picture) }
                if model.reads { Button(words.linkRead) { Task { await model.read() } } }
            case .enterCheckCode?:
                Digits(
                    text: words.linkDigitsText, label: words.linkDigits, digits: $model.digits, complete: model.complete, busy: model.busy,
                    problem: model.wrongForm ? model.problem : nil, enter: model.enter)
            case .showCheckCode(let code)?:
                Compared(text: words.linkShowDigits, signs: twoDigits(code))
                Button(words.linkShow, action: model.again)
            case .approve?:
                Text(words.linkApprove).announced(words.linkApprove)
                Button(words.openPage) { Task { await model.approve() } }
                if model.browsing { ProgressView(words.browserWaiting) }
            case .sending?, .done?: ProgressView(words.linkSending)
            }
        }
    }
#endif
