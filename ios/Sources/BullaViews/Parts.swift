#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// Until there is something to show.
    struct Waiting: View {
        @Environment(\.words) private var words

        var body: some View {
            ProgressView(words.loading).frame(maxWidth: .infinity, maxHeight: .infinity)
        }
    }

    /// What went wrong, and what to do: read out when it comes.
    struct Notice: View {
        let problem: Problem?
        /// A screen's own words for it.
        var text: ((Problem) -> String)?
        var retry: (() -> Void)?
        var seen: (() -> Void)?
        @Environment(\.words) private var words

        var body: some View {
            if let problem {
                Alarm(text: text?(problem) ?? words.problem(problem)) {
                    if let retry { Button(words.retry, action: retry) }
                    if let seen { Button(words.close, systemImage: "xmark", action: seen).labelStyle(.iconOnly) }
                }
            }
        }
    }

    /// The same, in a screen's own words.
    struct Alarm<Actions: View>: View {
        let text: String
        @ViewBuilder let actions: Actions

        var body: some View {
            Strip(text: text, symbol: "exclamationmark.triangle.fill", isDanger: true) { actions }.announced(text)
        }
    }

    extension View {
        /// Read out as `text` when it comes.
        func announced(_ text: String) -> some View {
            onAppear { AccessibilityNotification.Announcement(text).post() }
        }
    }

    /// A line above a screen's content. Its symbol and its words say the same as its colour.
    struct Strip<Actions: View>: View {
        let text: String
        let symbol: String
        var isDanger = false
        @ViewBuilder let actions: Actions

        var body: some View {
            HStack(spacing: 12) {
                Label(text, systemImage: symbol).frame(maxWidth: .infinity, alignment: .leading)
                actions.frame(minWidth: 44, minHeight: 44)
            }
            .padding(.horizontal)
            .padding(.vertical, 8)
            .foregroundStyle(isDanger ? AnyShapeStyle(.red) : AnyShapeStyle(.primary))
            .background(.bar)
        }
    }

    /// Someone in a list.
    struct PersonRow: View {
        let user: String
        let name: String?
        var picture: MediaUri?
        var note: String?

        var body: some View {
            HStack(spacing: 12) {
                Initials(name: nameOf(user, name), id: user, picture: picture)
                VStack(alignment: .leading, spacing: 2) {
                    HStack(spacing: 4) {
                        Text(nameOf(user, name)).font(.body)
                        NameMark(name)
                    }
                    Text(oneLine(user)).font(.footnote).foregroundStyle(.secondary)
                }
                Spacer()
                if let note { Text(note).font(.footnote).foregroundStyle(.secondary) }
            }
            .frame(minHeight: 44)
            .accessibilityElement(children: .combine)
        }
    }

    /// Choosing the picture that others see, and taking it away.
    struct PictureButtons: View {
        let isChosenHere: Bool
        let isThere: Bool
        let choose: () async -> Void
        let remove: () async -> Void
        @Environment(\.words) private var words

        var body: some View {
            if isChosenHere {
                Button(words.avatarChoose, systemImage: "photo") { Task { await choose() } }
                Text(words.avatarSeen).font(.footnote).foregroundStyle(.secondary)
            }
            if isThere { Button(words.avatarRemove, systemImage: "trash") { Task { await remove() } } }
        }
    }
#endif
