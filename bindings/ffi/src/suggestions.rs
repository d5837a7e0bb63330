//! What is suggested while somebody types, and what is doubtful about a name.

use bulla_model::{Emoji, EmojiGroup, Failure, Member, NameDoubt};

use crate::{room::Room, runtime::query};

#[uniffi::export]
impl Room {
    /// Who may be meant by what was typed after an `@`, the likeliest first, `limit` at most, 1 to 1,000: by the beginning of a name, of a
    /// word in it or of an id. Capitals and accents make no difference. A query.
    pub async fn suggest_people(&self, begun: String, limit: u32) -> Result<Vec<Member>, Failure> {
        let core = (*self.core).clone();
        query(async move { core.suggest_people(&begun, limit).await }).await
    }
}

/// Emoji by what was typed after a `:`, two letters at least, the likeliest first, `limit` at most. Names are English.
#[uniffi::export]
pub fn suggest_emoji(begun: String, limit: u32) -> Vec<Emoji> {
    bulla_core::suggest_emoji(&begun, limit)
}

/// Every emoji, by group.
#[uniffi::export]
pub fn emoji_groups() -> Vec<EmojiGroup> {
    bulla_core::emoji_groups()
}

/// What is doubtful about a name that a person or a room gives itself; none where nothing is. Show it beside the name, wherever somebody
/// decides by the name whom to trust.
#[uniffi::export]
pub fn name_doubt(name: String) -> Option<NameDoubt> {
    bulla_core::name_doubt(&name)
}
