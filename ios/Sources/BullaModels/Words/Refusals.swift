import Bulla

extension Words {
    /// Why something may not be done, before anybody tries; nil where it may.
    public func whyNot(_ why: Refusal?) -> String? {
        switch why {
        case nil: nil
        case .needsRole(let needed): role(needed).map { notAllowedRole(role: $0) } ?? notAllowedOutside
        case .guest: notAllowedGuest
        case .kind: notAllowedKind
        case .notMember: notAllowedOutside
        case .alreadySo: notAllowedAlready
        }
    }
}
