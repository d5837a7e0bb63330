#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// The two digits that the other device shows are typed here.
    struct Digits: View {
        let text: String
        let label: String
        @Binding var digits: String
        let complete: Bool
        let busy: Bool
        let problem: Problem?
        let enter: () async -> Void
        @FocusState private var isTyping: Bool
        @Environment(\.words) private var words

        var body: some View {
            Text(text).announced(text)
            TextField(label, text: $digits)
                .keyboardType(.numberPad)
                .font(.largeTitle.monospacedDigit())
                .focused($isTyping)
                .onSubmit(go)
                .onAppear { isTyping = true }
            Notice(problem: problem)
            if busy { ProgressView(words.loading) } else { Button(words.goOn, action: go).disabled(!complete) }
        }

        private func go() { if complete { Task { await enter() } } }
    }

    /// What is the same on another screen, sign by sign.
    struct Compared: View {
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

    /// A QR code, black on white in every theme. Its modules are whole pixels, without seams between them.
    struct QrCode: View {
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
