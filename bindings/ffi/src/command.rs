//! Lines that begin with a slash.

use bulla_model::{Command, CommandHint, CommandOutcome, Failure, TypedLine};

use crate::{room::Room, runtime::command};

#[uniffi::export]
impl Room {
    /// Does what a line asked for: [`read_line`] gives it. Compare what it needs with [`Room::abilities`] before. A command.
    ///
    /// Fails as the method does that does the same: [`Room::set_topic`], [`Room::invite`], [`Room::remove`] and the others.
    pub async fn run(&self, wanted: Command) -> Result<CommandOutcome, Failure> {
        let core = (*self.core).clone();
        command(async move { core.run(wanted).await }).await
    }
}

/// What a line of a composer asks for. Nothing is done, and nothing asked of a server.
#[uniffi::export]
pub fn read_line(text: String) -> TypedLine {
    bulla_core::read_line(&text)
}

/// The commands that begin with what was typed, all of them for `/`.
#[uniffi::export]
pub fn command_hints(begun: String) -> Vec<CommandHint> {
    bulla_core::command_hints(&begun)
}
