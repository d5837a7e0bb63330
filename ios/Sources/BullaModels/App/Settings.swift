/// What a person sets for the app on this device.
public struct Settings: Equatable, Sendable {
    public var language: Language
    public var theme: Theme
    /// In percent of the normal size: one of `textSizes`.
    public var textSize: Int

    public static let textSizes = [100, 115, 130, 150, 175, 200]

    public init(language: Language = .system, theme: Theme = .system, textSize: Int = 100) {
        (self.language, self.theme, self.textSize) = (language, theme, textSize)
    }
}

public enum Language: String, CaseIterable, Sendable { case system, french, english }

public enum Theme: String, CaseIterable, Sendable { case system, light, dark, contrast }

/// Where the platform keeps `Settings`. Both methods are quick and never fail.
@MainActor
public protocol SettingsStore: AnyObject {
    func load() -> Settings
    func save(_ settings: Settings)
}
