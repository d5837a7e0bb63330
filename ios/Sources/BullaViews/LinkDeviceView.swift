#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// A code for a new device to read, and what is to be done until it is in.
    struct LinkDeviceView: View {
        @Bindable var model: LinkDeviceModel
        let close: () -> Void
        @FocusState private var isTyping: Bool
        @Environment(\.words) private var words

        var body: some View {
            if model.done {
                Standstill(symbol: "checkmark", title: words.linkDevice, text: words.linkDone) {
                    MainButton(text: words.close, action: close)
                }
            } else {
                Form {
                    if model.problem != nil, !model.wrongForm {
                        Notice(problem: model.problem, retry: model.again)
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
            case .enterCheckCode?: digits
            case .approve?:
                Text(words.linkApprove).announced(words.linkApprove)
                Button(words.openPage) { Task { await model.approve() } }
                if model.browsing { ProgressView(words.browserWaiting) }
            case .sending?, .done?: ProgressView(words.linkSending)
            }
        }

        @ViewBuilder private var digits: some View {
            Text(words.linkDigitsText).announced(words.linkDigitsText)
            TextField(words.linkDigits, text: $model.digits)
                .keyboardType(.numberPad)
                .font(.largeTitle.monospacedDigit())
                .focused($isTyping)
                .onSubmit(enter)
                .onAppear { isTyping = true }
            if model.wrongForm { Notice(problem: model.problem) }
            if model.busy { ProgressView(words.loading) } else { Button(words.goOn, action: enter).disabled(!model.complete) }
        }

        private func enter() { if model.complete { Task { await model.enter() } } }
    }

    /// A QR code, black on white in every theme. Its modules are whole pixels, without seams between them.
    private struct QrCode: View {
        let picture: QrPicture
        @Environment(\.displayScale) private var scale
        @Environment(\.words) private var words

        var body: some View {
            Canvas { context, size in
                context.fill(Path(CGRect(origin: .zero, size: size)), with: .color(.white))
                context.fill(dark(in: size.width), with: .color(.black))
            }
            .aspectRatio(1, contentMode: .fit)
            .frame(maxWidth: 360)
            .frame(maxWidth: .infinity)
            .accessibilityIgnoresInvertColors()
            .accessibilityElement()
            .accessibilityAddTraits(.isImage)
            .accessibilityLabel(words.linkCode)
        }

        private func dark(in width: CGFloat) -> Path {
            let modules = Int(picture.width)
            let side = floor(width * scale / CGFloat(modules)) / scale
            let edge = floor((width - side * CGFloat(modules)) * scale / 2) / scale
            var path = Path()
            for (at, module) in picture.modules.enumerated() where module == 1 {
                let (column, row) = (CGFloat(at % modules), CGFloat(at / modules))
                path.addRect(CGRect(x: edge + column * side, y: edge + row * side, width: side, height: side))
            }
            return path
        }
    }
#endif
