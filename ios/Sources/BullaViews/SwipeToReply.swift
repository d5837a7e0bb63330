#if os(iOS)
    import SwiftUI

    /// A message that a finger draws along the line is answered; its menu offers the same to whoever has no finger on it.
    struct SwipeToReply: ViewModifier {
        let reply: () -> Void
        @State private var drawn: CGFloat = 0
        @Environment(\.layoutDirection) private var direction

        /// How far a message is drawn before it is answered.
        private static let reach: CGFloat = 64

        func body(content: Content) -> some View {
            content
                .offset(x: direction == .rightToLeft ? -drawn : drawn)
                .background(alignment: .leading) {
                    Image(systemName: "arrowshape.turn.up.left")
                        .foregroundStyle(.tint)
                        .opacity(drawn / Self.reach)
                        .accessibilityHidden(true)
                }
                .simultaneousGesture(drag)
                .sensoryFeedback(.impact, trigger: drawn >= Self.reach) { _, isFar in isFar }
        }

        private var drag: some Gesture {
            DragGesture(minimumDistance: 24)
                .onChanged { drag in
                    let along = direction == .rightToLeft ? -drag.translation.width : drag.translation.width
                    // Whoever scrolls does not answer.
                    drawn = abs(drag.translation.height) < along ? min(along, Self.reach * 1.25) : 0
                }
                .onEnded { _ in
                    if drawn >= Self.reach { reply() }
                    withAnimation { drawn = 0 }
                }
        }
    }
#endif
