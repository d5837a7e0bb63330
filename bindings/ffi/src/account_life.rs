//! Who this is, and an account that ends.

use bulla_model::{AgentCard, Failure};

use crate::{
    runtime::{command, query},
    session::Session,
};

#[uniffi::export]
impl Session {
    /// Who the person of this account is, at a glance: name, organisation, server, guest or agent, e-mail address. A query.
    pub async fn who_am_i(&self) -> Result<AgentCard, Failure> {
        let core = (*self.core).clone();
        query(async move { core.who_am_i().await }).await
    }

    /// Has the server send a mail with a link that renews the account, after `Expired` or before. Once the person has opened it,
    /// [`Session::resume`] tries again. A command.
    ///
    /// Fails with `Wait` within 30 seconds of the last one, with `Rejected` where accounts do not end on this server.
    pub async fn send_renewal_mail(&self) -> Result<(), Failure> {
        let core = (*self.core).clone();
        command(async move { core.send_renewal_mail().await }).await
    }
}
