#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// What a message said before it was edited.
    struct VersionsView: View {
        let versions: [MessageVersion]
        let close: () -> Void
        @Environment(\.words) private var words

        var body: some View {
            NavigationStack {
                List(versions, id: \.at) { version in
                    VStack(alignment: .leading) {
                        Text("\(words.day(version.at)) · \(words.time(version.at))").font(.caption).foregroundStyle(.secondary)
                        Text(words.line(version.body, "", nil))
                    }
                    .accessibilityElement(children: .combine)
                }
                .navigationTitle(words.versions)
                .toolbar { Button(words.close, action: close) }
            }
        }
    }

    /// Where a message is to go, and where it did not.
    struct ForwardView: View {
        let forwarding: Forwarding
        let send: ([RoomId]) -> Void
        let close: () -> Void
        @State private var chosen: Set<RoomId> = []
        @Environment(\.words) private var words

        var body: some View {
            NavigationStack {
                List(forwarding.rooms, id: \.id, selection: $chosen) { Text(words.title($0)) }
                    .environment(\.editMode, .constant(.active))
                    .overlay { if forwarding.rooms.isEmpty { Text(words.forwardNowhere) } }
                    .safeAreaInset(edge: .top) {
                        if let failed = forwarding.failed { Text(words.forwardFailed(count: failed)).foregroundStyle(.red) }
                    }
                    .navigationTitle(words.forwardTo)
                    .toolbar {
                        ToolbarItem(placement: .cancellationAction) { Button(words.cancel, action: close) }
                        ToolbarItem(placement: .confirmationAction) {
                            Button(words.send) { send(Array(chosen)) }.disabled(chosen.isEmpty)
                        }
                    }
            }
        }
    }
#endif
