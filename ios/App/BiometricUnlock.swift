import Bulla
import BullaModels
import Foundation
import LocalAuthentication
import Security

/// A key in the Keychain that the system gives out after Face ID or Touch ID alone. Another face or finger that is set up later gets
/// nothing: the PIN is asked for then.
final class BiometricUnlock: OwnerCheck {
    /// What the system says of the reason, and what its button for the PIN says, in the language that is set.
    private let words: @Sendable () -> (reason: String, pin: String)

    init(words: @escaping @Sendable () -> (reason: String, pin: String)) { self.words = words }

    var available: Bool { LAContext().canEvaluatePolicy(.deviceOwnerAuthenticationWithBiometrics, error: nil) }

    var kept: Bool {
        // Without a question: the item is found, and not read.
        let silent = LAContext()
        silent.interactionNotAllowed = true
        let query = item.merging([kSecUseAuthenticationContext: silent]) { $1 }
        let status = SecItemCopyMatching(query as CFDictionary, nil)
        return status == errSecSuccess || status == errSecInteractionNotAllowed
    }

    func keep(key: Data) throws {
        try forget()
        let here = kSecAttrAccessibleWhenPasscodeSetThisDeviceOnly
        guard let access = SecAccessControlCreateWithFlags(nil, here, .biometryCurrentSet, nil) else {
            throw Failure.Storage(trouble: .unavailable)
        }
        let status = SecItemAdd(item.merging([kSecValueData: key, kSecAttrAccessControl: access]) { $1 } as CFDictionary, nil)
        if status != errSecSuccess { throw Failure.Storage(trouble: .unavailable) }
    }

    func ask() throws -> Data? {
        let (context, said) = (LAContext(), words())
        context.localizedReason = said.reason
        context.localizedFallbackTitle = ""
        context.localizedCancelTitle = said.pin
        var found: CFTypeRef?
        let query = item.merging([kSecReturnData: true, kSecUseAuthenticationContext: context]) { $1 }
        switch SecItemCopyMatching(query as CFDictionary, &found) {
        case errSecSuccess: return found as? Data
        case errSecUserCanceled, errSecAuthFailed, errSecItemNotFound: return nil
        default: throw Failure.Storage(trouble: .unavailable)
        }
    }

    func forget() throws {
        let status = SecItemDelete(item as CFDictionary)
        if status != errSecSuccess, status != errSecItemNotFound { throw Failure.Storage(trouble: .unavailable) }
    }

    private var item: [CFString: Any] {
        [
            kSecClass: kSecClassGenericPassword,
            kSecAttrService: "org.bulla.owner",
            kSecAttrAccount: "app-lock",
            kSecAttrSynchronizable: false,
            kSecUseDataProtectionKeychain: true,
        ]
    }
}
