//! The vocabulary of Bulla: the values that cross the boundary between the core and an app.
//!
//! Plain data only: no I/O, no async, no clock. Every value that carries something a person wrote, or who they are,
//! has an opaque `Debug`, so that it cannot reach a log by accident.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod ability;
mod account;
mod agent_card;
mod app_lock;
mod body;
mod change;
mod command;
mod contact;
mod device;
mod directory;
mod discovery;
mod disguise;
mod email_invitation;
mod emoji;
mod ending;
mod export;
mod failure;
mod gate;
mod ids;
mod link;
mod log;
mod managed;
mod manifest;
mod media;
mod member;
mod message;
mod oauth;
mod opaque;
mod password;
mod place;
mod poll;
mod ports;
mod qr;
mod reading;
mod room;
mod schedule;
mod secret;
mod session;
mod thread;
mod timeline;

pub use ability::{Ability, Invited, Refusal, RoomAction};
pub use account::{AccountSummary, IdentityStatus};
pub use agent_card::AgentCard;
pub use app_lock::AppLockState;
pub use body::{
    CallKind, GalleryPart, MediaKind, MembershipKind, MessageBody, StateKind, TextStyle, UndecryptableReason,
};
pub use change::{RoomListChange, TimelineChange, apply_room_changes, apply_timeline_changes};
pub use command::{Command, CommandArgument, CommandHint, CommandName, CommandOutcome, TypedLine};
pub use contact::ContactRules;
pub use device::{AccountAction, DeviceInfo};
pub use directory::{DirectoryPage, RoomAccess, RoomOffer, SpaceChild, SpacePage};
pub use discovery::Discovery;
pub use disguise::{DisguisedLink, NameDoubt};
pub use email_invitation::{EmailInvitation, EmailInvited};
pub use emoji::{Emoji, EmojiGroup, EmojiKind};
pub use ending::{Ending, EndingLimit, EndingState, Lifetime, Retention};
pub use export::{ExportFormat, ExportProgress, ExportWords};
pub use failure::{Barrier, Failure, Field, FieldTrouble, Missing, StorageTrouble, TrustTrouble};
pub use gate::Gate;
pub use ids::{AccountId, DeviceId, EventId, ItemId, MediaId, MediaUri, RoomId, UploadId, UserId};
pub use link::Link;
pub use log::{LogLevel, LogRecord};
pub use managed::{ManagedRules, Rule, RuleSource, Unheard, UnheardReason};
pub use manifest::{
    AppVersions, DeploymentStatus, DeviceCertificate, HostPins, Instance, Manifest, MinimumVersion, PasswordPolicy,
    Pin, RetentionPolicy, SessionPolicy, SignInWay, TlsTrust, Trust,
};
pub use media::{
    MediaDetails, MediaDraft, MediaRetention, MediaState, MediaStorage, ScanState, Transfer, Upload, UploadState,
};
pub use member::{Member, MemberRole, Person};
pub use message::{Announcement, DraftPurpose, Forwarded, Mention, MessageDraft, MessageVersion, SavedDraft};
pub use oauth::{OauthApp, OauthStart};
pub use password::{PasswordHint, PasswordStrength};
pub use place::Place;
pub use poll::{PollAnswer, PollDraft};
pub use ports::{KeyStore, LogSink, PlatformUnlock};
pub use qr::{QrGrantState, QrPicture, QrSignInState};
pub use reading::{MarkedRead, Reader};
pub use room::{
    GroupDraft, HistoryAccess, Membership, MessagePreview, RoomFilter, RoomKind, RoomNotifications, RoomSummary,
    RoomTitle, UpgradedRoom,
};
pub use schedule::{NoScheduling, ScheduledMessage};
pub use secret::Password;
pub use session::{Config, LiveObjects, NetworkChange, OfflineCause, SessionState};
pub use thread::{ThreadReading, ThreadRow, ThreadSummary};
pub use timeline::{
    EventItem, ItemContent, Reaction, ReadReceipt, ReplyQuote, SendState, SendTrouble, Shield, TimelineItem,
};

uniffi::setup_scaffolding!("bulla_model");
