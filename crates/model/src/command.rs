//! What a person asks for by a line that begins with a slash.

use crate::{FieldTrouble, Link, RoomAction, RoomId, UserId, opaque::opaque};

/// A line of a composer, understood.
#[derive(Clone, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum TypedLine {
    /// It is to be sent as it stands; so are `/me`, `/plain` and `/shrug`, which say how.
    Message,
    /// It asks for something else: [`Command`].
    Command {
        /// For what.
        command: Command,
        /// What has to be allowed for it; none: it is everybody's.
        needs: Option<RoomAction>,
    },
    /// It asks for something, and not well.
    Wrong {
        /// For what.
        name: CommandName,
        /// Which part of it is wrong.
        argument: CommandArgument,
        /// How.
        why: FieldTrouble,
    },
    /// It looks like a command and is none: ask whether it is to be sent. With one more slash before it, it is.
    Unknown {
        /// What it begins with, without the slash.
        name: String,
    },
}

/// Something to do, with what it needs.
#[derive(Clone, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum Command {
    /// Changes the topic of the room.
    Topic {
        /// To what.
        topic: String,
    },
    /// Changes this account's name, in every room.
    Nick {
        /// To what.
        name: String,
    },
    /// Invites somebody.
    Invite {
        /// Whom.
        user: UserId,
    },
    /// Comes into a room.
    Join {
        /// Into which.
        room: Link,
    },
    /// Leaves the room.
    Leave,
    /// Removes somebody.
    Kick {
        /// Whom.
        user: UserId,
        /// Why, where it was said.
        reason: Option<String>,
    },
    /// Removes somebody and does not let them in again.
    Ban {
        /// Whom.
        user: UserId,
        /// Why, where it was said.
        reason: Option<String>,
    },
    /// Lets somebody in again who was banned.
    Unban {
        /// Whom.
        user: UserId,
    },
    /// Tells which commands there are.
    Help,
}

/// What a command came to.
#[derive(Clone, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum CommandOutcome {
    /// It is done.
    Done,
    /// This account is in a room: go there.
    Joined {
        /// In which.
        room: RoomId,
    },
    /// This account has left the room: go away from it.
    Left,
    /// Show what [`CommandHint`]s there are.
    Help,
}

/// The name of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum CommandName {
    /// `/me`: what follows is said of oneself.
    Me,
    /// `/plain`: what follows is sent as it stands.
    Plain,
    /// `/shrug`: what follows ends in a shrug.
    Shrug,
    /// `/topic`.
    Topic,
    /// `/nick`.
    Nick,
    /// `/invite`.
    Invite,
    /// `/join`.
    Join,
    /// `/leave`.
    Leave,
    /// `/kick`.
    Kick,
    /// `/ban`.
    Ban,
    /// `/unban`.
    Unban,
    /// `/help`.
    Help,
}

/// A part of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum CommandArgument {
    /// A text.
    Text,
    /// A name.
    Name,
    /// A user id, `@name:server`, or a link to a person.
    User,
    /// A room: `#address:server`, `!id`, or a link to it.
    Room,
    /// A reason. It may be left out.
    Reason,
}

/// A command that there is: for suggestions while somebody types, and for help.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct CommandHint {
    /// Which.
    pub name: CommandName,
    /// What is typed for it, with the slash.
    pub typed: String,
    /// What follows, in order.
    pub arguments: Vec<CommandArgument>,
    /// What has to be allowed for it; none: it is everybody's.
    pub needs: Option<RoomAction>,
}

opaque!(TypedLine, Command, CommandOutcome);
