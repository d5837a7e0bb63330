//! The one error an app meets.

use std::time::Duration;

/// Why something could not be done, sorted by what an app does next. It holds no content and no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error, uniffi::Error)]
pub enum Failure {
    /// The server could not be reached, or did not answer in time. Nothing is lost: show it as offline, try again later.
    #[error("offline")]
    Offline,
    /// The server no longer accepts this session. `soft`: the data stays and signing in again resumes it
    /// (Matrix specification, "Soft logout"); otherwise the device was removed.
    #[error("sign in again (soft: {soft})")]
    SignInAgain {
        /// Whether the local data remains of use after a new sign-in.
        soft: bool,
    },
    /// The server asks to wait (HTTP 429). Try again after `retry_after`.
    #[error("wait {}s", retry_after.as_secs())]
    Wait {
        /// How long to wait: what the server said, or 5 seconds where it said nothing.
        retry_after: Duration,
    },
    /// What was asked for does not exist, or no longer does, or this account may not know of it.
    #[error("not found: {what:?}")]
    NotFound {
        /// What is missing.
        what: Missing,
    },
    /// Something that was handed in is not acceptable. Mark the field and let the person correct it.
    #[error("invalid {field:?}: {why:?}")]
    Invalid {
        /// Which input.
        field: Field,
        /// What is wrong with it.
        why: FieldTrouble,
    },
    /// The server understood and refused.
    #[error("rejected: {code}")]
    Rejected {
        /// The Matrix error code, such as `M_FORBIDDEN`, or `HTTP_<status>` where the answer was not Matrix.
        code: String,
    },
    /// The server could not prove who it is, so nothing was sent to it.
    #[error("untrusted: {why:?}")]
    Untrusted {
        /// What failed.
        why: TrustTrouble,
    },
    /// The deployment's rules, or the device's management, do not allow it. Nothing was sent.
    #[error("forbidden: {why:?}")]
    Forbidden {
        /// Which rule.
        why: Barrier,
    },
    /// The account's files on this device cannot be used as they are.
    #[error("storage: {trouble:?}")]
    Storage {
        /// What is wrong, and so what to do.
        trouble: StorageTrouble,
    },
    /// The session, the room or the stream was closed before this was asked of it.
    #[error("closed")]
    Closed,
    /// A defect of the library. `reference` finds the log line that belongs to it.
    #[error("unexpected ({reference})")]
    Unexpected {
        /// A short random text, also in the log.
        reference: String,
    },
}

/// What [`Failure::NotFound`] could not find.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum Missing {
    /// No account of that name on this device.
    Account,
    /// A room, or an invitation to one.
    Room,
    /// A message or another event.
    Event,
    /// A user.
    User,
    /// There is no Matrix server at that address.
    Server,
    /// A device of the account.
    Device,
    /// A QR code in a picture.
    Code,
    /// A picture.
    Picture,
    /// A file that the server no longer has, or something on its way out that has left.
    Media,
}

/// Which input [`Failure::Invalid`] speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum Field {
    /// The address of the homeserver.
    Homeserver,
    /// The user id or its local part.
    User,
    /// The password.
    Password,
    /// A room id.
    Room,
    /// An event or item id.
    Event,
    /// The text of a message.
    Text,
    /// The key of a reaction.
    Reaction,
    /// The question of a poll.
    Question,
    /// The answers of a poll, or a vote.
    Answer,
    /// The name of a room.
    Name,
    /// The topic of a room.
    Topic,
    /// The key that the key store handed in.
    Key,
    /// The folder in the configuration.
    Folder,
    /// The size of a page, or a count.
    Count,
    /// A link.
    Link,
    /// A moment.
    Date,
    /// The reason of a report.
    Reason,
    /// A place on the earth.
    Place,
    /// An e-mail address.
    Email,
    /// A device of the account.
    Device,
    /// The PIN of the app lock.
    Pin,
    /// A public key, certificate or private key that the app was built with or the platform handed in.
    Trust,
    /// A picture, or what is to be drawn.
    Picture,
    /// A file that is to be sent: `TooLong` means larger than `Session.media_limit`.
    Media,
    /// How long a message lives, a room keeps what is said, or a place is shared.
    Lifetime,
}

/// What is wrong with an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum FieldTrouble {
    /// It is empty.
    Empty,
    /// It is longer or larger than what is allowed.
    TooLong,
    /// It does not have the form that is expected.
    Malformed,
    /// It was understood, and is wrong: the password does not match the user.
    Wrong,
    /// It asks for an unencrypted connection to another machine.
    NotSecure,
    /// It cannot be used for this: editing another person's message, reacting to a message that is not sent yet, keeping a
    /// password that has to be changed.
    NotAllowed,
    /// It is shorter than what is asked for.
    TooShort,
    /// It is too easily guessed.
    TooWeak,
    /// It needs a digit.
    NoDigit,
    /// It needs a sign that is neither letter nor digit.
    NoSymbol,
    /// It needs a lower-case letter.
    NoLower,
    /// It needs an upper-case letter.
    NoUpper,
}

/// What [`Failure::Untrusted`] failed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum TrustTrouble {
    /// The TLS certificate does not verify.
    Certificate,
    /// The TLS certificate verifies, but its key is not one that the manifest knows for this host, or that key's time is over.
    Pin,
    /// The server asks for a certificate of this device, and there is none or not the right one.
    DeviceCertificate,
    /// The server speaks no TLS that is still safe (1.2 at least).
    TlsVersion,
    /// The server is not in the deployment's manifest: it may be somebody else's.
    NotListed,
    /// There is no manifest in force to tell the deployment's servers by.
    NoManifest,
    /// The manifest is not of the form that is expected, or is too long.
    ManifestMalformed,
    /// The manifest is not signed by a key that the app trusts.
    ManifestSignature,
    /// The manifest's time is over.
    ManifestExpired,
    /// The manifest is older than the one in force.
    ManifestOlder,
    /// The manifest is written for a newer version of the library.
    ManifestTooNew,
    /// The server shows no proof that it belongs to the deployment.
    ProofMissing,
    /// The server's proof is not of the form that is expected.
    ProofMalformed,
    /// The server's proof is not signed by a key that the app trusts.
    ProofSignature,
    /// The server's proof is another server's.
    ProofOtherServer,
    /// The server's proof is over. The device's clock may be wrong.
    ProofExpired,
    /// The server's proof was made in the future. The device's clock may be wrong.
    ProofNotYet,
}

/// Which rule [`Failure::Forbidden`] speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum Barrier {
    /// No server of the deployment answers for this e-mail address: it is not a professional one.
    NotProfessional,
    /// This e-mail address is from outside the deployment, and no invitation waits for it.
    NotInvited,
    /// This server does not allow this way to sign in.
    SignInWay,
    /// The device's management allows another server only.
    OtherInstance,
    /// The deployment, or the device's management, allows no second account.
    OtherAccount,
    /// Guests from outside may not.
    Guest,
    /// The deployment does not allow rooms of this kind.
    RoomKind,
    /// The password is a temporary one: the person chooses their own first (`Session.change_password`).
    TemporaryPassword,
    /// The link in the mail was not opened yet.
    EmailNotConfirmed,
    /// The app is locked: unlock it first.
    AppLocked,
    /// The deployment, or the device's management, asks for the app lock: nothing opens before a PIN is set, and it cannot be
    /// taken away.
    AppLockForced,
    /// The deployment has media looked at for viruses before they are shown, and this was not.
    NotScanned,
    /// Something harmful was found in it.
    Infected,
    /// The deployment lets no files of this type pass.
    MediaType,
    /// The deployment, or the device's management, allows no export.
    NoExport,
    /// The deployment lets nobody send where they are.
    NoPlace,
    /// The deployment names no service that finds people by their e-mail address, or could write to them.
    NoEmailInvitations,
    /// The server leaves this to the service that signs people in: `Session.account_management_url` says where.
    Delegated,
    /// The message ends by itself, or is read once: no copy is made of it, and only others open it.
    Ending,
}

/// What is wrong with an account's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum StorageTrouble {
    /// The device has no room left. Free some; nothing that was confirmed is lost.
    Full,
    /// A file is damaged. `Bulla.repair` rebuilds what can be fetched again and keeps what cannot.
    Corrupt,
    /// The key store has no key for this account, or another one than the files were written with.
    WrongKey,
    /// Another process, or another session of this one, has the account open.
    Locked,
    /// The file system refused: permissions, a missing folder, an I/O error.
    Unavailable,
    /// The files were written by a newer version of the library.
    TooNew,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for Failure {
    /// A port of the app threw something that is not a [`Failure`]: its text may hold anything, so it is dropped.
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unexpected { reference: "port".to_owned() }
    }
}
