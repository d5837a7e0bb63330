#if os(iOS)
    import SwiftUI

    /// What this person may not do here, and `why`: no button, and read out as one line.
    struct Locked: View {
        let text: String
        let symbol: String
        let why: String

        var body: some View {
            VStack(alignment: .leading) {
                Label(text, systemImage: symbol)
                Text(why).font(.footnote)
            }
            .foregroundStyle(.secondary)
            .accessibilityElement(children: .combine)
        }
    }
#endif
