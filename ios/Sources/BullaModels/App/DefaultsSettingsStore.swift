import Foundation

/// Settings in `UserDefaults`. What cannot be read there is as if it had not been set.
public final class DefaultsSettingsStore: SettingsStore {
    private let defaults: UserDefaults

    public init(_ defaults: UserDefaults = .standard) {
        self.defaults = defaults
    }

    public func load() -> Settings {
        let normal = Settings()
        let size = defaults.integer(forKey: "textSize")
        return Settings(
            language: defaults.string(forKey: "language").flatMap(Language.init) ?? normal.language,
            theme: defaults.string(forKey: "theme").flatMap(Theme.init) ?? normal.theme,
            textSize: Settings.textSizes.contains(size) ? size : normal.textSize
        )
    }

    public func save(_ settings: Settings) {
        defaults.set(settings.language.rawValue, forKey: "language")
        defaults.set(settings.theme.rawValue, forKey: "theme")
        defaults.set(settings.textSize, forKey: "textSize")
    }
}
