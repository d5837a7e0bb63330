#if os(iOS)
    import BullaModels
    import SwiftUI

    /// Someone, or a conversation, as initials on a disc. The words beside it say who: it is not read out.
    struct Initials: View {
        let name: String
        let id: String
        @ScaledMetric private var size = 44.0

        var body: some View {
            let shade = Disc.shade(of: id)
            Text(Disc.initials(of: name))
                .font(.system(size: size * 0.4, weight: .semibold))
                .foregroundStyle(.white)
                .frame(width: size, height: size)
                .background(Color(red: shade.red, green: shade.green, blue: shade.blue), in: .circle)
                .accessibilityHidden(true)
        }
    }
#endif
