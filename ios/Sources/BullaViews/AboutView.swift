#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// What the app is made of.
    struct AboutView: View {
        @Environment(\.words) private var words

        var body: some View {
            List { Text(words.aboutText(app: words.appName, version: libraryVersion())) }.navigationTitle(words.about)
        }
    }
#endif
