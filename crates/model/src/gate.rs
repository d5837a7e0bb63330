//! Whether a version of the app may still be used.

/// What the deployment says of a version of the app. The texts are the manifest's own, in the person's language where it has it;
/// none where the manifest has no text at all.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum Gate {
    /// It is good.
    Open,
    /// There is a newer one: tell it once.
    Info {
        /// What to say.
        text: Option<String>,
    },
    /// It should be replaced: warn at each start.
    Mandatory {
        /// What to say.
        text: Option<String>,
    },
    /// It must not be used: show nothing but this.
    Critical {
        /// What to say.
        text: Option<String>,
    },
}
