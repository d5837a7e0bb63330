#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// Writing the conversation out: asked before, with how far it is and where it went.
    struct ExportSection: View {
        let model: Exporting
        let title: String
        @State private var isAsking = false
        @State private var withFiles = true
        @Environment(\.words) private var words

        var body: some View {
            Section {
                Button(words.export, systemImage: "square.and.arrow.down") { isAsking = true }.disabled(model.running)
                Toggle(words.exportFiles, isOn: $withFiles).disabled(model.running)
                if model.running {
                    HStack {
                        ProgressView(words.exportProgress(count: model.events))
                        if model.files > 0 { Text(words.exportProgressFiles(count: model.files)).font(.footnote) }
                        Spacer()
                        Button(words.cancel, action: model.stop)
                    }
                }
                if let file = model.file {
                    Text(model.shortened ? words.exportedPart(file: isolated(file)) : words.exported(file: isolated(file)))
                        .font(.footnote)
                        .announced(words.exported(file: file))
                }
                Notice(problem: model.problem, seen: model.problemSeen)
            }
            .confirmationDialog(words.export, isPresented: $isAsking, titleVisibility: .visible) {
                Button(words.exportPage) { begin(.html) }
                Button(words.exportData) { begin(.json) }
            } message: {
                Text(words.exportText)
            }
        }

        private func begin(_ format: ExportFormat) {
            let said = ExportWords(
                title: title, deleted: words.messageDeleted, unreadable: words.undecryptableWaiting, edited: words.edited,
                file: words.mediaFile, utcOffset: Int16(TimeZone.current.secondsFromGMT() / 60))
            Task { await model.begin(format, said, files: withFiles) }
        }
    }
#endif
