#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// What the organisation asks for on this device, and by whom.
    struct ManagedView: View {
        let deployment: DeploymentStatus?
        @Environment(\.words) private var words

        var body: some View {
            List {
                if let name = deployment?.manifest?.name { Text(verbatim: oneLine(name)).font(.headline) }
                if asked.isEmpty { Text(words.managedNothing) }
                ForEach(asked, id: \.what) { rule in
                    VStack(alignment: .leading, spacing: 2) {
                        Text(rule.what)
                        if let by = rule.by { Text(by).font(.subheadline).foregroundStyle(.secondary) }
                    }
                    .accessibilityElement(children: .combine)
                }
            }
            .navigationTitle(words.managed)
        }

        private var asked: [(what: String, by: String?)] {
            guard let rules = deployment?.rules else { return [] }
            let all = [
                (words.managedLock, rules.appLock), (words.managedScreenshots, rules.noScreenshots),
                (words.managedAccounts, rules.noOtherAccounts), (words.managedExport, rules.noExport),
            ]
            let instance = rules.instance.map {
                (what: words.managedOnlyInstance(server: oneLine($0)), by: String?.some(words.managedByDevice))
            }
            return all.filter(\.1.on).map { (what: $0.0, by: by($0.1.by)) } + (instance.map { [$0] } ?? [])
        }

        private func by(_ source: RuleSource) -> String? {
            switch source {
            case .default: nil
            case .manifest: words.managedByDeployment
            case .managed: words.managedByDevice
            }
        }
    }

    /// That this version should be another one, while it still may be used.
    struct TooOld: View {
        let gate: Gate?
        let seen: () -> Void
        @Environment(\.words) private var words

        var body: some View {
            switch gate {
            case .info(let text):
                Strip(text: text ?? words.tooOldInfo, symbol: "info.circle") {
                    Button(words.close, systemImage: "xmark", action: seen).labelStyle(.iconOnly)
                }
            case .mandatory(let text):
                // Before everything else, until the person says that they have read it.
                Color.clear.frame(height: 0).alert(words.tooOldSoonTitle, isPresented: .constant(true)) {
                    Button(words.tooOldLater, action: seen)
                } message: {
                    Text(text ?? words.tooOldSoon)
                }
            case .critical, .open, nil: EmptyView()
            }
        }
    }
#endif
