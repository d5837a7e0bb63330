//! What is suggested while somebody types, and what is doubtful about a name.

use bulla_model::{Failure, Member};
use bulla_policy as policy;

use crate::{members, room::Room};

pub use policy::{emoji_groups, name_doubt, suggest_emoji};

impl Room {
    /// Who may be meant by what was typed after an `@`, the likeliest first.
    pub async fn suggest_people(&self, begun: &str, limit: u32) -> Result<Vec<Member>, Failure> {
        let members = members::members_of(self, true).await?;
        policy::suggest_people(begun, members, &self.session.shared.account.user, limit)
    }
}
