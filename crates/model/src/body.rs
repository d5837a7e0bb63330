//! What a message says, or what an event is.

use std::time::SystemTime;

use crate::{MediaDetails, Place, PollAnswer, UserId, opaque::opaque};

/// The body of a message or event. Text is untrusted: it may hold right-to-left overrides, look-alike letters, line breaks.
#[derive(Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Enum)]
pub enum MessageBody {
    /// A text message.
    Text {
        /// Whether it is said, done (`/me`) or announced by a program.
        style: TextStyle,
        /// The text without formatting.
        plain: String,
        /// The same as HTML, reduced to Matrix's safe subset (specification, "m.room.message msgtypes"): no script,
        /// no style, no remote image. None where it says no more than `plain`.
        html: Option<String>,
    },
    /// A file of some kind. `Timeline.media` fetches it.
    Media {
        /// What it is.
        kind: MediaKind,
        /// Its name, as the sender gave it. Untrusted: never a path.
        name: String,
        /// What the sender wrote under it.
        caption: Option<String>,
        /// Its size in bytes, as the sender said.
        size: Option<u64>,
        /// What else the sender said.
        #[serde(default)]
        details: MediaDetails,
    },
    /// A place.
    Location {
        /// The sender's words for it.
        plain: String,
        /// A `geo:` URI (RFC 5870), unchecked.
        geo: String,
        /// Where that is; none where the URI names no place on earth.
        #[serde(default)]
        place: Option<Place>,
        /// What the sender says of it (MSC3488), at most 1,000 characters.
        #[serde(default)]
        description: Option<String>,
    },
    /// Somebody lets others follow where they are (MSC3489).
    LiveLocation {
        /// What they say of it, at most 1,000 characters.
        description: Option<String>,
        /// When it began.
        since: SystemTime,
        /// When it ends by itself.
        until: SystemTime,
        /// Where they were last.
        place: Option<Place>,
        /// When that was.
        place_at: Option<SystemTime>,
        /// Whether it was stopped, or its time was over when this row was made.
        ended: bool,
    },
    /// Several files in one message (MSC4274), by name.
    Gallery {
        /// What the sender wrote under them.
        plain: String,
        /// What they are, 30 at most.
        parts: Vec<GalleryPart>,
        /// How many more there are.
        more: u32,
    },
    /// A poll (MSC3381).
    Poll {
        /// Its question. Untrusted text, at most 340 characters.
        question: String,
        /// Its answers, 20 at most.
        #[serde(default)]
        answers: Vec<PollAnswer>,
        /// How many one person may choose.
        #[serde(default)]
        max_choices: u32,
        /// Whether the votes are told before it is closed.
        #[serde(default)]
        disclosed: bool,
        /// How many people have voted.
        #[serde(default)]
        voters: u32,
        /// Whether it is closed.
        #[serde(default)]
        ended: bool,
    },
    /// It is shown once, and nothing of it before: `Timeline.open_once`.
    Covered {
        /// What sort of file it is; none: a text.
        media: Option<MediaKind>,
    },
    /// It was shown once and is gone.
    Opened,
    /// Deleted.
    Redacted,
    /// It could not be decrypted yet. The item is replaced when the key arrives.
    Undecryptable {
        /// What is known of the cause.
        why: UndecryptableReason,
    },
    /// Someone's membership changed.
    Member {
        /// Whose.
        user: UserId,
        /// Their name, if known.
        name: Option<String>,
        /// What happened.
        change: MembershipKind,
        /// The reason that was given, if any.
        reason: Option<String>,
    },
    /// Someone changed their name or avatar.
    Profile {
        /// Whose.
        user: UserId,
        /// The name before, if the name changed.
        old_name: Option<String>,
        /// The name after, if the name changed.
        new_name: Option<String>,
        /// Whether the avatar changed.
        avatar_changed: bool,
    },
    /// The room's settings changed.
    State {
        /// Which setting.
        kind: StateKind,
        /// The new value where it is a short text: a name, a topic, an address, or the specification's word for a rule, such as `invite`
        /// (join rules) or `shared` (history visibility).
        value: Option<String>,
    },
    /// A call, or what became of one.
    Call {
        /// What happened.
        kind: CallKind,
        /// Whether it has pictures, where its caller said so.
        video: Option<bool>,
        /// How many people declined it.
        declined: u32,
    },
    /// An event of a type that this version does not know, or that does not parse.
    Unknown {
        /// Its type, such as `org.example.vote`. Untrusted, at most 255 characters.
        event_type: String,
        /// Whether its content was not of the form its type asks for.
        malformed: bool,
    },
}

/// How a text is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Enum)]
pub enum TextStyle {
    /// Said (`m.text`).
    Said,
    /// Done (`m.emote`).
    Emote,
    /// Announced by a program (`m.notice`).
    Notice,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Enum)]
pub enum MediaKind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// Sound.
    Audio,
    /// A spoken message (MSC3245).
    Voice,
    /// Any file.
    File,
    /// A sticker.
    Sticker,
}

/// A file of a gallery.
#[derive(Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Record)]
pub struct GalleryPart {
    /// What it is.
    pub kind: MediaKind,
    /// Its name, as the sender gave it. Untrusted: never a path.
    pub name: String,
}

/// What happened to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Enum)]
pub enum CallKind {
    /// Somebody calls another (`m.call.invite`).
    Invited,
    /// Somebody began a call and lets others know (`m.rtc.notification`, MSC4075).
    Begun,
    /// Somebody took it (`m.call.answer`).
    Answered,
    /// Somebody declined it (`m.call.reject`).
    Declined,
    /// It was hung up (`m.call.hangup`).
    Ended,
}

/// Why a message cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Enum)]
pub enum UndecryptableReason {
    /// The key has not arrived yet.
    Waiting,
    /// It was sent before this account joined.
    BeforeJoining,
    /// It was sent before this device signed in, and no backup holds its key.
    BeforeThisDevice,
    /// The sender withheld the key: this device is not signed by its owner.
    DeviceNotSigned,
    /// The sender's identity changed after it was verified.
    SenderChanged,
    /// The sender's device is not signed by its owner, or unknown, so that its messages are not shown.
    SenderNotSigned,
    /// It uses an algorithm that is not known.
    UnknownAlgorithm,
}

/// What happened to a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Enum)]
pub enum MembershipKind {
    /// Came in.
    Joined,
    /// Went.
    Left,
    /// Was invited.
    Invited,
    /// Accepted the invitation.
    InvitationAccepted,
    /// Declined the invitation.
    InvitationDeclined,
    /// The invitation was taken back.
    InvitationRevoked,
    /// Was removed.
    Removed,
    /// Was banned.
    Banned,
    /// Is no longer banned.
    Unbanned,
    /// Asked to come in.
    Knocked,
    /// Was let in after asking.
    KnockAccepted,
    /// Stopped asking.
    KnockRetracted,
    /// Was not let in.
    KnockDenied,
    /// Something changed that is not described.
    Other,
}

/// Which setting of a room changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Enum)]
pub enum StateKind {
    /// It was made.
    Created,
    /// Its name.
    Name,
    /// Its topic.
    Topic,
    /// Its avatar.
    Avatar,
    /// Encryption was turned on.
    Encryption,
    /// Who may join.
    JoinRules,
    /// Who may see what was said before.
    HistoryVisibility,
    /// Who may do what.
    PowerLevels,
    /// Which messages are pinned.
    PinnedEvents,
    /// Its address.
    Address,
    /// It was replaced by another room.
    Replaced,
    /// Which servers may take part.
    ServerAccess,
    /// Whether guests from outside may come in (`im.vector.room.access_rules`).
    GuestAccess,
    /// Whether people without an account may come in (`m.room.guest_access`).
    Visitors,
    /// Somebody was invited by their e-mail address (`m.room.third_party_invite`).
    EmailInvitation,
    /// A room was put into the space, or taken out of it (`m.space.child`).
    SpaceChild,
    /// The room was put into a space, or taken out of it (`m.space.parent`).
    SpaceParent,
    /// A rule about whom the room's moderators do not let in (`m.policy.rule.*`).
    ModerationRule,
    /// How long messages live here where nothing else is said (`org.bulla.ending`).
    Ending,
    /// How long the room keeps what is said (`m.room.retention`, MSC1763).
    Retention,
    /// Another setting.
    Other,
}

opaque!(MessageBody, GalleryPart);
