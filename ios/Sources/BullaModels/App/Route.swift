import Bulla

/// A part of a room that is looked at for itself.
public enum Part: Hashable, Sendable {
    /// What was said after an event, apart from the conversation.
    case thread(root: EventId)

    /// What was said around an event.
    case around(EventId)
    case pinned
}

/// A place in the app. The way to where a person is, is a list of them.
public enum Route: Hashable, Sendable {
    case welcome
    case signIn

    /// In by the code that another device shows, or by one for `server`, where it is known.
    case signInCode(server: String)

    /// Server and address as far as they are known.
    case forgottenPassword(server: String, email: String)
    case rooms
    case conversation(RoomId)
    case details(RoomId)
    case roomSettings(RoomId)

    /// The rooms that a space holds.
    case space(RoomId)

    /// A part of a conversation.
    case part(RoomId, Part)
    case threads(RoomId)

    /// The files of a conversation.
    case gallery(RoomId)

    /// How long the messages of a conversation stay.
    case ending(RoomId)

    /// Who is named is found at once: a link named them.
    case newConversation(with: UserId?)
    case newGroup
    case contacts

    /// The rooms that servers list.
    case directory

    /// The room that a link names, for whoever is not in it.
    case offer(Link)
    case accounts
    case settings
    case storage
    case managed
    case contactRules
    case devices

    /// A new device is let in by this one.
    case linkDevice
    case password
    case appLock
    case delete
    case about
}
