//! Inviting people by their e-mail address.

use bulla_model::{EmailInvitation, EmailInvited, Failure};

use crate::{
    room::Room,
    runtime::{command, query},
    session::Session,
};

/// The e-mail address that a person typed: trimmed, in lower case; none where it is none. Nobody is asked.
#[uniffi::export]
pub fn email_address(text: String) -> Option<String> {
    bulla_core::email_address(&text)
}

#[uniffi::export]
impl Session {
    /// Whether people may be invited by their e-mail address, before the button is shown. No server is asked.
    ///
    /// Fails with `Forbidden` (`NoEmailInvitations`) where the deployment's manifest names no service for it (`lookup`).
    pub fn may_invite_by_email(&self) -> Result<(), Failure> {
        self.core.may_invite_by_email()
    }
}

#[uniffi::export]
impl Room {
    /// Invites people by their e-mail addresses, 1,000 at most. Whoever has an address is invited as themselves; to the others a mail
    /// is sent, and they are invited when they come in with that address. Each has a result of their own, in the order given; one that
    /// fails stops no other. A command.
    ///
    /// The identity server is asked by hashes, and learns only the addresses that a mail goes to; the deployment's directory services
    /// hear those too. A result's failure is `Invalid` (`Email`) for what is no address, `Forbidden` (`Guest`) for an address from outside
    /// where the room is not open to guests, (`NotProfessional`) for one that nobody answers for. Nothing was sent then.
    ///
    /// Fails as a whole with `Forbidden` (`NoEmailInvitations`) where there is no such service, `Rejected` where it refuses this account.
    pub async fn invite_emails(&self, emails: Vec<String>) -> Result<Vec<EmailInvited>, Failure> {
        let core = (*self.core).clone();
        command(async move { core.invite_emails(emails).await }).await
    }

    /// Who was sent a mail and has not come yet, as the server has it now. A query.
    pub async fn email_invitations(&self) -> Result<Vec<EmailInvitation>, Failure> {
        let core = (*self.core).clone();
        query(async move { core.email_invitations().await }).await
    }

    /// Takes back an invitation that was sent by mail: whoever follows it comes in no more. A command.
    ///
    /// Fails with `Rejected` where this account may not invite.
    pub async fn revoke_email_invitation(&self, id: String) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.revoke_email_invitation(&id).await }).await
    }
}
