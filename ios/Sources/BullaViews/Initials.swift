#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// Someone's or a conversation's picture, or else initials on a disc. The words beside it say who: it is not read out.
    struct Initials: View {
        let name: String
        let id: String
        var picture: MediaUri?
        @ScaledMetric private var size = 44.0

        var body: some View {
            let shade = Disc.shade(of: id)
            Text(Disc.initials(of: name))
                .font(.system(size: size * 0.4, weight: .semibold))
                .foregroundStyle(.white)
                .frame(width: size, height: size)
                .background(Color(red: shade.red, green: shade.green, blue: shade.blue), in: .circle)
                .overlay { if let picture { Portrait(uri: picture).id(picture) } }
                .clipShape(.circle)
                .accessibilityHidden(true)
        }
    }

    /// A picture once it is there. What is in memory is there at once.
    private struct Portrait: View {
        let uri: MediaUri
        @State private var image: UIImage?
        @Environment(\.portraits) private var portraits

        /// Sharp enough on every device, for a few points as for many.
        private static let side: UInt32 = 320

        var body: some View {
            ZStack {
                if let image = image ?? portraits?.at(uri, side: Self.side) {
                    Image(uiImage: image).resizable().scaledToFill()
                }
            }
            .task { image = await portraits?.portrait(uri, side: Self.side) }
        }
    }
#endif
