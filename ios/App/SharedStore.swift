import Foundation

/// What the app and its notification extension share.
enum SharedStore {
    /// The app group; the same name is in both targets' entitlements.
    static let group = "group.org.bulla.app"

    /// The Keychain access group, with the team's prefix, which the build writes into `Info.plist`.
    static let keychainGroup = Bundle.main.object(forInfoDictionaryKey: "BullaKeychainGroup") as? String ?? ""

    /// The library's folder: out of backups, and readable once the device was unlocked after it started.
    static func folder() throws -> URL {
        guard let container = FileManager.default.containerURL(forSecurityApplicationGroupIdentifier: group) else {
            throw CocoaError(.fileNoSuchFile)
        }
        var folder = container.appending(path: "Bulla", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(
            at: folder,
            withIntermediateDirectories: true,
            attributes: [.protectionKey: FileProtectionType.completeUntilFirstUserAuthentication]
        )
        var values = URLResourceValues()
        values.isExcludedFromBackup = true
        try folder.setResourceValues(values)
        return folder
    }
}
