//! Where something is.

use crate::opaque::opaque;

/// A place on the earth (WGS 84).
#[derive(Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Record)]
pub struct Place {
    /// How far north, in millionths of a degree: -90,000,000 to 90,000,000.
    pub latitude: i32,
    /// How far east, in millionths of a degree: -180,000,000 to 180,000,000.
    pub longitude: i32,
    /// How exact that is, in metres, where the sender said so.
    #[uniffi(default)]
    pub accuracy: Option<u32>,
}

opaque!(Place);
