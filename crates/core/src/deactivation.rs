//! Deleting an account: on the server, then here.

use bulla_model::{Failure, Password};
use ruma::api::client::account::deactivate::v3::Request;

use crate::{engine::Order, session::Session, uia};

impl Session {
    /// Deletes the account on its server and erases everything of it here. `erase` asks the server to forget what it wrote as
    /// well. Where the server did not do it, nothing is erased.
    pub async fn deactivate(&self, password: Option<Password>, erase: bool) -> Result<(), Failure> {
        let client = self.inner.attached_in_any_order().await?.client;
        let ask = |auth| {
            let mut request = Request::new();
            (request.auth, request.erase) = (auth, erase);
            client.send(request)
        };
        uia::with_password(&client, password.as_ref(), ask).await?;
        self.inner.order(Order::Erase).await
    }
}
