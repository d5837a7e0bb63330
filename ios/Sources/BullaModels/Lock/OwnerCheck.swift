import Bulla

/// How the device knows its owner beside the PIN: by a finger, by a face. An app on a device that can fills it.
public protocol OwnerCheck: PlatformUnlock {
    /// The owner has set such a thing up on this device.
    var available: Bool { get }

    /// A key of the lock is kept here.
    var kept: Bool { get }
}
