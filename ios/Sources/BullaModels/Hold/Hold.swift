import Bulla

/// What holds an account up, so that its screen stands before all others.
public enum Hold: Hashable, Sendable, CaseIterable {
    /// The password is a temporary one.
    case choosePassword
    /// The account has to be renewed. What is here can still be read.
    case expired
    /// Nothing of the account is left on this device.
    case erased

    /// What holds after `state` was told, when `before` held.
    static func after(_ state: SessionState, _ before: Hold?) -> Hold? {
        switch state {
        case .mustChoosePassword: .choosePassword
        case .expired: .expired
        case .erased: .erased
        // Not known yet whether it still does.
        case .attaching, .paused, .offline: before
        case .live, .signedOut, .failed: nil
        }
    }
}
