import Foundation

extension Settings {
    /// The words in the language that was set, or in the device's: English where that is neither French nor English.
    public func words(preferred: [String] = Locale.preferredLanguages) -> any Words {
        switch language {
        case .french: FrenchWords()
        case .english: EnglishWords()
        case .system:
            preferred.lazy.compactMap { Locale(identifier: $0).language.languageCode?.identifier }
                .first { ["fr", "en"].contains($0) } == "fr" ? FrenchWords() : EnglishWords()
        }
    }
}
