//! The deployment manifest: one signed document that says what a deployment is made of. Its JSON is told in
//! `crates/policy/manifest.schema.json`, its rules in `bulla-policy`.

use std::{
    collections::HashMap,
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Deserializer, de::Error as _};

/// Who an app trusts, and what it shipped with.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Trust {
    /// The public keys of which one must have signed a manifest or a server's proof: PEM or base64 of a SubjectPublicKeyInfo
    /// (RFC 5280), Ed25519 or RSA of 3072 bits at least.
    pub keys: Vec<String>,
    /// The manifest that the app shipped with: a compact JWS (RFC 7515).
    #[uniffi(default = None)]
    pub manifest: Option<String>,
    /// The certificate by which this device shows itself to servers that ask for one.
    #[uniffi(default = None)]
    pub device: Option<DeviceCertificate>,
}

/// A certificate of this device with its key, for servers that ask for one (mutual TLS).
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct DeviceCertificate {
    /// The certificates in DER, the device's own first.
    pub chain: Vec<Vec<u8>>,
    /// The private key in DER: PKCS #8.
    pub key: Vec<u8>,
}

crate::opaque::opaque!(DeviceCertificate);

/// What a deployment is made of. Fields that this version of the library does not know stay in the signed text that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, uniffi::Record)]
pub struct Manifest {
    /// The version of the form: 1.
    pub schema: u32,
    /// Grows with each manifest of the deployment; an older one is refused.
    pub version: u64,
    /// Until when it may be adopted. One that is in force stays so, and [`DeploymentStatus::expired`] tells.
    #[serde(rename = "exp", deserialize_with = "seconds")]
    pub expires: SystemTime,
    /// What the deployment is called.
    pub name: String,
    /// Its servers.
    pub instances: Vec<Instance>,
    /// Base addresses of the directory services that know which server answers for an e-mail address.
    pub discovery: Vec<String>,
    /// What a server's TLS certificate has to show.
    #[serde(default)]
    pub tls: TlsTrust,
    /// The base address of the service that scans media for malware.
    #[serde(default)]
    pub media_scanner: Option<String>,
    /// Whether that service is told the account's access token even where it is on another host than the homeserver.
    #[serde(default)]
    pub media_scanner_token: bool,
    /// The base address of the service that finds people by e-mail address and writes to those who are invited by theirs: an identity
    /// server. No path: homeservers are told its host alone.
    #[serde(default)]
    pub lookup: Option<String>,
    /// The address of the push gateway.
    #[serde(default)]
    pub push_gateway: Option<String>,
    /// What a password must be.
    #[serde(default)]
    pub password: PasswordPolicy,
    /// How the app guards what is on the device.
    #[serde(default)]
    pub session: SessionPolicy,
    /// How long messages are kept.
    #[serde(default)]
    pub retention: RetentionPolicy,
    /// From which version of the app on.
    #[serde(default)]
    pub app_versions: AppVersions,
    /// Where people are helped.
    #[serde(default)]
    pub support: Option<String>,
    /// Where it is told how the service stands.
    #[serde(default)]
    pub status: Option<String>,
}

/// A homeserver of the deployment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, uniffi::Record)]
pub struct Instance {
    /// The server's name: what stands behind the colon of a user id.
    pub server: String,
    /// The base address of its client API.
    pub base_url: String,
    /// What it is called.
    pub label: String,
    /// Its colour, `#rrggbb`.
    #[serde(default)]
    pub colour: Option<String>,
    /// Whether it is the one for guests from outside, who need an invitation.
    #[serde(default)]
    pub external_guests: bool,
    /// The ways to sign in there, the preferred first.
    pub sign_in: Vec<SignInWay>,
    /// What is on or off there, by name.
    #[serde(default)]
    pub features: HashMap<String, bool>,
}

/// A way to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum SignInWay {
    /// OAuth 2.0 in the system's browser.
    Oauth,
    /// A password typed in the app.
    Password,
    /// A way that this version of the library does not know.
    #[serde(other)]
    Other,
}

/// What a server's TLS certificate has to show.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, uniffi::Record)]
pub struct TlsTrust {
    /// The only roots that are trusted: base64 of the certificates in DER. Empty: those of the platform.
    #[serde(default)]
    pub roots: Vec<String>,
    /// Hosts whose public key is known.
    #[serde(default)]
    pub pins: Vec<HostPins>,
}

/// The public keys that a host may show: one in use and one held in reserve at least.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, uniffi::Record)]
pub struct HostPins {
    /// The host's name or address.
    pub host: String,
    /// Its keys. A certificate with another key, or with one whose time is over, is refused.
    pub keys: Vec<Pin>,
}

/// A public key of a server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, uniffi::Record)]
pub struct Pin {
    /// SHA-256 of the SubjectPublicKeyInfo in DER, in base64 (RFC 7469, section 2.4).
    pub sha256: String,
    /// Until when it is good.
    #[serde(deserialize_with = "seconds")]
    pub until: SystemTime,
}

/// What a password must be. Zero or false asks for nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, uniffi::Record)]
#[serde(default)]
pub struct PasswordPolicy {
    /// How many characters at least.
    pub min_length: u32,
    /// A digit is needed.
    pub digit: bool,
    /// A sign that is neither letter nor digit is needed.
    pub symbol: bool,
    /// A lower-case letter is needed.
    pub lower: bool,
    /// An upper-case letter is needed.
    pub upper: bool,
    /// Its strength at least, as zxcvbn counts: 0 to 4.
    pub strength: u8,
}

/// How the app guards what is on the device.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, uniffi::Record)]
#[serde(default)]
pub struct SessionPolicy {
    /// The app has to be locked.
    pub app_lock: bool,
    /// After how long in the background it locks itself.
    #[serde(rename = "lock_after_s", deserialize_with = "span")]
    pub lock_after: Duration,
    /// After how many wrong attempts the data is erased; 0: never.
    pub wipe_after: u32,
    /// Screenshots may be made.
    pub screenshots: bool,
    /// Accounts elsewhere may be added.
    pub other_accounts: bool,
    /// Conversations and keys may be exported.
    pub export: bool,
}

impl Default for SessionPolicy {
    fn default() -> Self {
        Self {
            app_lock: false,
            lock_after: Duration::from_secs(300),
            wipe_after: 0,
            screenshots: true,
            other_accounts: true,
            export: true,
        }
    }
}

/// How long messages are kept, in days; 0: for ever.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, uniffi::Record)]
#[serde(default)]
pub struct RetentionPolicy {
    /// Where a room does not say.
    pub default_days: u32,
    /// What no room may exceed.
    pub max_days: u32,
}

/// From which version of the app on: each level is empty where nothing is asked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, uniffi::Record)]
#[serde(default)]
pub struct AppVersions {
    /// An older one is told that there is a newer one.
    pub info: Option<MinimumVersion>,
    /// An older one is warned at each start.
    pub mandatory: Option<MinimumVersion>,
    /// An older one must not be used.
    pub critical: Option<MinimumVersion>,
}

/// The oldest version of the app that passes, and what an older one says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, uniffi::Record)]
pub struct MinimumVersion {
    /// Numbers with dots between them.
    pub version: String,
    /// The text by language (`fr`, `en`).
    pub text: HashMap<String, String>,
}

/// What is in force on this device, and why.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct DeploymentStatus {
    /// The manifest in force; none where the app trusts nobody, or was given none yet.
    pub manifest: Option<Manifest>,
    /// Its time is over: it stays in force, but the app should find a newer one.
    pub expired: bool,
    /// Why one that was kept on the device, or handed in by the device's management, is not the one in force.
    pub rejected: Option<crate::Failure>,
    /// What the device's management narrows it to.
    pub rules: crate::ManagedRules,
}

/// A time written as whole seconds since 1970 (RFC 7519, `NumericDate`).
fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SystemTime, D::Error> {
    let since = span(deserializer)?;
    SystemTime::UNIX_EPOCH.checked_add(since).ok_or_else(|| D::Error::custom("a time out of range"))
}

fn span<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    // Beyond it, other clocks than ours would overflow.
    const LATEST: u64 = 253_402_300_799;
    match u64::deserialize(deserializer)? {
        seconds if seconds <= LATEST => Ok(Duration::from_secs(seconds)),
        _ => Err(D::Error::custom("a time out of range")),
    }
}
