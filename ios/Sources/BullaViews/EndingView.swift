#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// How long the messages of a conversation stay, and what of it cannot be promised.
    struct EndingView: View {
        let model: EndingModel
        @Environment(\.words) private var words

        var body: some View {
            Form {
                Notice(problem: model.problem, seen: model.problemSeen)
                if model.loading { ProgressView(words.loading) }
                Section {
                    if model.mayChange {
                        Lifetimes(chosen: model.lifetime, once: false, none: words.endingNever) { wanted in
                            Task { await model.setLifetime(wanted) }
                        }
                    } else {
                        Text(words.lifetime(model.lifetime))
                    }
                } header: {
                    Text(words.endingOf)
                } footer: {
                    Text(model.mayChange ? words.endingOfHint : words.endingRefused)
                }
                if let retention = model.retention {
                    Section(words.retention) {
                        Text(words.retention(retention))
                        if let longest = retention.deployment {
                            Text(words.retentionOrganisation(time: words.span(longest))).font(.footnote)
                        }
                        if model.mayChangeRetention {
                            let ages = Set(EndingModel.ages + [retention.room].compactMap { $0 }).sorted()
                            Picker(
                                words.retention,
                                selection: Binding(get: { retention.room }, set: { wanted in Task { await model.setRetention(wanted) } })
                            ) {
                                Text(words.retentionNone).tag(TimeInterval?.none)
                                ForEach(ages, id: \.self) { Text(words.span($0)).tag(TimeInterval?.some($0)) }
                            }
                        }
                    }
                }
                Section(words.endingLimits) {
                    ForEach(endingLimits(lifetime: .once), id: \.self) { Text(words.limit($0)) }
                }
            }
            .disabled(model.busy)
            .navigationTitle(words.ending)
        }
    }

    /// How long something lives: not at all, once, or so long from sending or from reading.
    struct Lifetimes: View {
        let chosen: Lifetime?
        let once: Bool
        let none: String
        let choose: (Lifetime?) -> Void
        @Environment(\.words) private var words

        var body: some View {
            Picker(words.endingChoose, selection: Binding(get: { chosen }, set: choose)) {
                Text(none).tag(Lifetime?.none)
                if once { Text(words.lifetime(.once)).tag(Lifetime?.some(.once)) }
                ForEach(lives, id: \.self) { Text(words.lifetime($0)).tag(Lifetime?.some($0)) }
            }
            .pickerStyle(.inline)
            .labelsHidden()
            if let after {
                Toggle(
                    words.endingFromReading,
                    isOn: Binding(
                        get: { isFromReading }, set: { choose($0 ? .fromReading(after: after) : .fromSending(after: after)) }))
            }
        }

        private var isFromReading: Bool { if case .fromReading = chosen { true } else { false } }

        private var after: TimeInterval? {
            switch chosen {
            case .fromSending(let after), .fromReading(let after): after
            case .once, nil: nil
            }
        }

        private var lives: [Lifetime] {
            let usual = EndingModel.lives.map { isFromReading ? Lifetime.fromReading(after: $0) : .fromSending(after: $0) }
            guard let chosen, chosen != .once, !usual.contains(chosen) else { return usual }
            return usual + [chosen]
        }
    }

    /// How long the next message stays, and what cannot be promised of it.
    struct ChooseLifetime: View {
        let chosen: Lifetime?
        let choose: (Lifetime?) -> Void
        @Environment(\.words) private var words
        @Environment(\.dismiss) private var dismiss

        var body: some View {
            NavigationStack {
                Form {
                    Lifetimes(chosen: chosen, once: true, none: words.endingUsual, choose: choose)
                    if let chosen {
                        Section(words.endingLimits) {
                            ForEach(endingLimits(lifetime: chosen), id: \.self) { Text(words.limit($0)) }
                        }
                    }
                }
                .navigationTitle(words.endingChoose)
                .toolbar { Button(words.close) { dismiss() } }
            }
        }
    }
#endif
