import Bulla
import Foundation
import Security

/// Keys in the Keychain: in the group that the app and its extension share, on this device only, readable once it was
/// unlocked after it started.
final class KeychainKeyStore: KeyStore {
    func load(name: String) throws -> Data? {
        var found: CFTypeRef?
        let query = item(name).merging([kSecReturnData: true, kSecMatchLimit: kSecMatchLimitOne]) { $1 }
        switch SecItemCopyMatching(query as CFDictionary, &found) {
        case errSecSuccess: return found as? Data
        case errSecItemNotFound: return nil
        case let status: throw failure(status)
        }
    }

    func save(name: String, key: Data) throws {
        let value: [CFString: Any] = [
            kSecValueData: key,
            kSecAttrAccessible: kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly,
        ]
        var status = SecItemUpdate(item(name) as CFDictionary, value as CFDictionary)
        if status == errSecItemNotFound {
            status = SecItemAdd(item(name).merging(value) { $1 } as CFDictionary, nil)
        }
        if status != errSecSuccess { throw failure(status) }
    }

    func erase(name: String) throws {
        let status = SecItemDelete(item(name) as CFDictionary)
        if status != errSecSuccess, status != errSecItemNotFound { throw failure(status) }
    }

    private func item(_ name: String) -> [CFString: Any] {
        [
            kSecClass: kSecClassGenericPassword,
            kSecAttrService: "org.bulla.keys",
            kSecAttrAccount: name,
            kSecAttrAccessGroup: SharedStore.keychainGroup,
            kSecAttrSynchronizable: false,
            kSecUseDataProtectionKeychain: true,
        ]
    }

    private func failure(_ status: OSStatus) -> Failure {
        status == errSecInteractionNotAllowed ? .Storage(trouble: .locked) : .Storage(trouble: .unavailable)
    }
}
