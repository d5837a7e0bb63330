import Bulla

/// What a deployment has built into the app: `BullaTrustKeys`, its public keys, and `BullaTrustManifest`, the manifest that one of
/// them has signed, of `Info.plist`. Nil where it names no key.
public func builtInTrust(_ info: [String: Any]) -> Trust? {
    let keys = info["BullaTrustKeys"] as? [String] ?? []
    let manifest = info["BullaTrustManifest"] as? String ?? ""
    return keys.isEmpty ? nil : Trust(keys: keys, manifest: manifest.isEmpty ? nil : manifest)
}

/// What the device's management says of this app (`com.apple.configuration.managed` of the user defaults), as the library hears it:
/// texts.
public func managedTexts(_ configuration: [String: Any]?) -> [String: String] {
    (configuration ?? [:]).mapValues { value in
        switch value {
        case let text as String: text
        case let on as Bool: on ? "true" : "false"
        default: "\(value)"
        }
    }
}
