#if os(iOS)
    import BullaModels
    import SwiftUI

    /// SwiftUI has `Settings` of its own.
    typealias AppSettings = BullaModels.Settings

    /// What was set, on top of what the system sets.
    struct Appearance: ViewModifier {
        let settings: AppSettings
        @Environment(\.dynamicTypeSize) private var systemSize

        func body(content: Content) -> some View {
            content
                .environment(\.locale, settings.words().locale)
                .preferredColorScheme(scheme)
                .contrast(settings.theme == .contrast ? 1.25 : 1)
                .dynamicTypeSize(size)
        }

        private var scheme: ColorScheme? {
            switch settings.theme {
            case .light, .contrast: .light
            case .dark: .dark
            case .system: nil
            }
        }

        /// Never smaller than the system's own.
        private var size: DynamicTypeSize {
            let wanted: DynamicTypeSize =
                switch settings.textSize {
                case ..<110: .large
                case ..<125: .xLarge
                case ..<145: .xxxLarge
                case ..<170: .accessibility1
                case ..<190: .accessibility2
                default: .accessibility3
                }
            return max(wanted, systemSize)
        }
    }

    extension EnvironmentValues {
        /// The words of the language that was set.
        @Entry var words: any Words = EnglishWords()
        /// The deployment's page about its service.
        @Entry var servicePage: ServicePage?
        /// Pictures as the current account sees them.
        @Entry var portraits: Portraits<UIImage>?
        @Entry var thumbnails: Thumbnails<UIImage>?
    }
#endif
