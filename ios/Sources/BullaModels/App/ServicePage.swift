import Bulla
import Foundation

/// A page of the deployment's about its service.
public enum ServicePage: Equatable, Sendable {
    /// How the service fares.
    case status(URL)
    /// Who helps.
    case support(URL)

    /// Where to look when the service does not answer; nil where the manifest names no such page.
    init?(of manifest: Manifest) {
        if let status = manifest.status.flatMap(URL.init(string:)) {
            self = .status(status)
        } else if let support = manifest.support.flatMap(URL.init(string:)) {
            self = .support(support)
        } else {
            return nil
        }
    }

    public var address: URL {
        switch self {
        case .status(let address), .support(let address): address
        }
    }

    /// What the way there is called.
    public func name(_ words: any Words) -> String {
        switch self {
        case .status: words.serviceStatus
        case .support: words.support
        }
    }
}
