#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// How many messages are to leave later, above the field; a touch shows them.
    struct ScheduledLine: View {
        let scheduling: Scheduling
        @Binding var isShown: Bool
        @Environment(\.words) private var words

        var body: some View {
            Group {
                if !scheduling.waiting.isEmpty {
                    Button(words.scheduledCount(count: scheduling.waiting.count), systemImage: "clock") { isShown = true }
                        .font(.footnote)
                        .frame(minHeight: 44)
                }
            }
            .task { await scheduling.look() }
        }
    }

    /// When the draft is to leave, and what waits already.
    struct ScheduleView: View {
        let model: ConversationModel
        let scheduling: Scheduling
        @State private var moment = Date.now.addingTimeInterval(3_600)
        @Environment(\.words) private var words
        @Environment(\.dismiss) private var dismiss

        var body: some View {
            NavigationStack {
                List {
                    Notice(problem: scheduling.problem, text: words.schedulingProblem, seen: scheduling.problemSeen)
                    if let why = scheduling.refused {
                        Locked(text: words.sendLater, symbol: "clock", why: words.noScheduling(why))
                    } else if scheduling.may, model.canSend {
                        Section {
                            Text(oneLine(model.draft, 200)).lineLimit(3)
                            DatePicker(words.sendLaterDay, selection: $moment, in: Date.now...)
                            Button(words.sendLater, systemImage: "clock") {
                                Task {
                                    await model.sendLater(at: moment)
                                    if scheduling.problem == nil { dismiss() }
                                }
                            }
                        }
                    }
                    if scheduling.busy { ProgressView(words.loading) }
                    Section(words.scheduled) {
                        if scheduling.waiting.isEmpty { Text(words.scheduledNone).foregroundStyle(.secondary) }
                        ForEach(scheduling.waiting, id: \.id) { waiting($0) }
                    }
                }
                .disabled(scheduling.busy)
                .navigationTitle(words.sendLater)
                .toolbar { ToolbarItem(placement: .cancellationAction) { Button(words.close) { dismiss() } } }
                .task { await scheduling.look() }
            }
        }

        private func waiting(_ message: ScheduledMessage) -> some View {
            VStack(alignment: .leading, spacing: 4) {
                Text(words.sendLaterAt(day: words.day(message.at), time: words.time(message.at))).font(.caption)
                Text(oneLine(message.plain, 200)).lineLimit(3)
                HStack {
                    Button(words.scheduledNow) { Task { await scheduling.sendNow(message.id) } }
                    Button(words.scheduledCancel, role: .destructive) { Task { await scheduling.cancel(message.id) } }
                }
                .buttonStyle(.bordered)
                .frame(minHeight: 44)
            }
        }
    }
#endif
