//! What the device's management (MDM) narrows a deployment to.

/// What is in force after the device's management was heard: never wider than the manifest.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ManagedRules {
    /// The only server this device may sign in to; none: any of the manifest.
    pub instance: Option<String>,
    /// The app has to be locked.
    pub app_lock: Rule,
    /// Screenshots are forbidden.
    pub no_screenshots: Rule,
    /// A second account is forbidden.
    pub no_other_accounts: Rule,
    /// Exporting conversations and keys is forbidden.
    pub no_export: Rule,
    /// What the device's management asked for and is not heard, by key.
    pub unheard: Vec<Unheard>,
}

/// Whether a rule holds, and who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct Rule {
    /// It holds.
    pub on: bool,
    /// Who decided.
    pub by: RuleSource,
}

/// Who decided on a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum RuleSource {
    /// Nobody: what the library does by itself.
    Default,
    /// The manifest.
    Manifest,
    /// The device's management, by the key of that name: `app_lock`, `no_screenshots`, `no_other_accounts`, `no_export`.
    Managed,
}

/// An entry of the device's management that is not heard.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Unheard {
    /// Its key.
    pub key: String,
    /// Why.
    pub why: UnheardReason,
}

/// Why an entry of the device's management is not heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum UnheardReason {
    /// There is no such key.
    UnknownKey,
    /// The key is known, the value is not one it takes.
    WrongValue,
    /// It would allow what the manifest forbids.
    Wider,
    /// The server it names is not in the manifest. Until that is mended, no server may be signed in to.
    NotListed,
}
