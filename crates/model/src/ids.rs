//! Identifiers, as text. The core checks their form where they come in and answers
//! [`Failure::Invalid`](crate::Failure) when it is wrong.

/// A Matrix user id, `@local:server` (Matrix specification, appendix "User identifiers").
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct UserId(pub String);

/// A Matrix room id, `!opaque:server`, or `!opaque` from room version 12 on (MSC4291).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct RoomId(pub String);

/// A Matrix event id, `$opaque`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct EventId(pub String);

/// A Matrix device id: one sign-in of one account.
#[derive(Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct DeviceId(pub String);

/// The `mxc://server/media` address of an avatar or of an attachment.
#[derive(Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct MediaUri(pub String);

/// The local name of an account on this device: random, says nothing of the person.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct AccountId(pub String);

/// The name of one timeline item. A local echo takes the name of its event when the server has accepted it.
#[derive(Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct ItemId(pub String);

/// What names the content of a file: the same upload has the same name wherever it is shown. Use it as the key of what an app keeps of
/// a picture in memory; it says nothing of the content and leads nowhere.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct MediaId(pub String);

/// The name of a file on its way out.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct UploadId(pub String);

macro_rules! text_id {
    ($($name:ident),+) => {
        $(
            impl $name {
                /// The identifier as text.
                pub fn as_str(&self) -> &str {
                    &self.0
                }
            }
            impl From<&str> for $name {
                fn from(text: &str) -> Self {
                    Self(text.to_owned())
                }
            }
        )+
        crate::opaque::opaque!($($name),+);
    };
}

text_id!(UserId, RoomId, EventId, DeviceId, MediaUri, AccountId, ItemId, MediaId, UploadId);

uniffi::custom_newtype!(UserId, String);
uniffi::custom_newtype!(RoomId, String);
uniffi::custom_newtype!(EventId, String);
uniffi::custom_newtype!(DeviceId, String);
uniffi::custom_newtype!(MediaUri, String);
uniffi::custom_newtype!(AccountId, String);
uniffi::custom_newtype!(ItemId, String);
uniffi::custom_newtype!(MediaId, String);
uniffi::custom_newtype!(UploadId, String);
