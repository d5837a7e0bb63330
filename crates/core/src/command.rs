//! What a person asks for by a line that begins with a slash, and doing it.

use bulla_model::{Command, CommandHint, CommandOutcome, Failure, Membership, TypedLine};
use bulla_policy as policy;

use crate::{link::parse_link, room::Room, session::Session};

/// What a line of a composer asks for.
pub fn read_line(text: &str) -> TypedLine {
    policy::typed_line(text, |link| parse_link(link).ok())
}

/// The commands that begin with `begun`.
pub fn command_hints(begun: &str) -> Vec<CommandHint> {
    policy::command_hints(begun)
}

impl Room {
    /// Does what a line asked for.
    pub async fn run(&self, command: Command) -> Result<CommandOutcome, Failure> {
        let session = Session { inner: self.session.clone() };
        match command {
            Command::Help => return Ok(CommandOutcome::Help),
            Command::Leave => {
                session.leave(&self.id()).await?;
                return Ok(CommandOutcome::Left);
            }
            Command::Join { room } => {
                let offer = session.look_at(&room).await?;
                if offer.membership != Some(Membership::Joined) {
                    session.join_through(&offer.id, &offer.via).await?;
                }
                return Ok(CommandOutcome::Joined { room: offer.id });
            }
            Command::Topic { topic } => self.set_topic(&topic).await?,
            Command::Nick { name } => session.set_display_name(&name).await?,
            Command::Invite { user } => self.invite(&user).await?,
            Command::Kick { user, reason } => self.remove(&user, reason.as_deref()).await?,
            Command::Ban { user, reason } => self.ban(&user, reason.as_deref()).await?,
            Command::Unban { user } => self.unban(&user).await?,
        }
        Ok(CommandOutcome::Done)
    }
}
