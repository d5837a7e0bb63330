import Bulla

/// A place in the app. The way to where a person is, is a list of them.
public enum Route: Hashable, Sendable {
    case welcome
    case signIn

    /// Server and address as far as they are known.
    case forgottenPassword(server: String, email: String)
    case rooms
    case conversation(RoomId)
    case details(RoomId)

    /// Who is named is found at once: a link named them.
    case newConversation(with: UserId?)
    case newGroup
    case accounts
    case settings
    case managed
    case devices
    case password
    case appLock
    case delete
    case about
}
