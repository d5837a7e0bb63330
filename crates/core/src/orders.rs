//! What a session may ask of its engine: pause, resume, another network, signing in again or out, the end.

use std::time::Duration;

use bulla_model::{Failure, NetworkChange, Password, SessionState, SignInWay};
use matrix_sdk::Client;
use tokio::{sync::watch, time::Instant};

use crate::{
    client,
    engine::{Engine, Next, Order},
    failure::CoreError,
    keys::AccountKey,
    oauth, outbox, proof,
    shared::Link,
    temporary,
};

/// How long signing out waits for the server.
const GOODBYE: Duration = Duration::from_secs(10);
/// A platform may forget to say that the network is back.
const FORGETFUL: Duration = Duration::from_secs(60);

impl Engine {
    pub async fn obey(&mut self, order: Order) -> Next {
        match order {
            Order::Pause(done) => {
                let paused = self.pause().await.map_err(Failure::from);
                let _ = done.send(paused);
            }
            Order::Resume(done) => {
                let resumed = self.resume().await.map_err(Failure::from);
                let _ = done.send(resumed);
            }
            Order::Reattach(done) => {
                let attached = self.reattach().await.map_err(Failure::from);
                let _ = done.send(attached);
            }
            Order::Network(change) => self.network(change).await,
            Order::SignInAgain(password, done) => {
                let signed = self.sign_in_again(password).await.map_err(Failure::from);
                let _ = done.send(signed);
            }
            Order::ComeBack { code, asked, done } => {
                let back = self.come_back(&code, &asked).await.map_err(Failure::from);
                let _ = done.send(back);
            }
            Order::SignOut(even_offline, done) => match self.sign_out(even_offline).await {
                Ok(()) => {
                    let _ = done.send(Ok(()));
                    return Next::Stop;
                }
                Err(error) => {
                    let _ = done.send(Err(error.into()));
                }
            },
            Order::Erase(done) => {
                self.shared.closed.send_replace(true);
                let _ = done.send(self.wipe().await.map_err(Failure::from));
                return Next::Stop;
            }
            Order::Shutdown(done) => {
                self.close().await;
                let _ = done.send(Ok(()));
                return Next::Stop;
            }
        }
        Next::Go
    }

    async fn pause(&mut self) -> Result<(), CoreError> {
        if self.paused {
            return Ok(());
        }
        self.paused = true;
        self.again = None;
        if let Some(attached) = self.attached() {
            attached.sync.stop().await;
            if *self.shared.state.borrow() == SessionState::Live {
                outbox::leave(&attached.client).await;
            }
            attached.lines.hold();
            attached.client.pause().await?;
        }
        self.shared.flush().await;
        let vault = self.shared.vault.clone();
        let _ = tokio::task::spawn_blocking(move || vault.close()).await;
        if !self.ended() {
            self.tell(SessionState::Paused);
        }
        Ok(())
    }

    pub async fn resume(&mut self) -> Result<(), CoreError> {
        let vault = self.shared.vault.clone();
        let reopened = tokio::task::spawn_blocking(move || vault.reopen()).await;
        reopened.map_err(|_| CoreError::Defect("opening did not end"))??;
        let Some(attached) = self.attached() else {
            self.paused = false;
            if !self.ended() {
                self.attach(None).await;
            }
            return Ok(());
        };
        if self.paused {
            attached.lines.release();
            attached.client.resume().await?;
            self.paused = false;
            if !self.ended() {
                self.tell(SessionState::Attaching);
            }
        }
        if !self.ended() {
            self.again = None;
            self.listen(&attached).await;
            outbox::go_on(&attached.client).await;
        } else if *self.shared.state.borrow() == (SessionState::SignedOut { soft: false }) {
            self.make_sure();
        }
        Ok(())
    }

    async fn network(&mut self, change: NetworkChange) {
        let lost = change == NetworkChange::Lost;
        self.lost = lost;
        if self.paused || self.ended() {
            return;
        }
        let Some(attached) = self.attached() else {
            if !lost {
                self.attach(None).await;
            }
            return;
        };
        // A request that hangs on the old network would be waited for: both loops are stopped either way.
        attached.sync.stop().await;
        if lost {
            self.offline();
            self.again = Some(Instant::now() + FORGETFUL);
        } else {
            self.again = None;
            self.tries = 0;
            self.listen(&attached).await;
            outbox::go_on(&attached.client).await;
        }
    }

    /// Lets the SDK go and takes it up again from its stores.
    pub async fn reattach(&mut self) -> Result<(), CoreError> {
        if self.paused || self.ended() {
            return Ok(());
        }
        self.let_go().await?;
        self.attach(None).await;
        Ok(())
    }

    pub async fn let_go(&mut self) -> Result<(), CoreError> {
        if let Some(attached) = self.attached() {
            attached.sync.stop().await;
            self.watchers.shutdown().await;
            self.asking = false;
            self.again = None;
            self.shared.link.send_replace(Link::Pending);
            attached.client.pause().await?;
        }
        Ok(())
    }

    async fn sign_in_again(&mut self, password: Password) -> Result<(), CoreError> {
        if self.paused {
            return Err(Failure::Closed.into());
        }
        let shared = self.shared.clone();
        let mut urgent = shared.urgent.subscribe();
        self.let_go().await?;
        let key = AccountKey::load(&*shared.keys, &shared.account.id)?;
        let signed = async {
            proof::prove(&shared.deployment, &shared.homeserver, SignInWay::Password).await?;
            let client = client::client(&shared.homeserver, &shared.folder, &key, &shared.deployment).await?;
            let (user, device) = (shared.account.user.as_str(), &shared.account.device);
            client::sign_in(&client, user, &password, &shared.device_name, Some(device)).await?;
            client::keep(&client, &shared.vault).await?;
            let must_choose = temporary::ask(&client).await?;
            temporary::keep(&shared.vault, must_choose).await?;
            shared.upkeep.set_must_choose(must_choose);
            Ok::<_, CoreError>(client)
        };
        match unless(&mut urgent, signed).await {
            Ok(client) => {
                self.attach(Some(client)).await;
                Ok(())
            }
            Err(error) => {
                shared.link.send_replace(Link::Broken(Failure::SignInAgain { soft: true }));
                self.tell(SessionState::SignedOut { soft: true });
                Err(error)
            }
        }
    }

    async fn sign_out(&mut self, even_offline: bool) -> Result<(), CoreError> {
        let mut urgent = self.shared.urgent.subscribe();
        if !self.ended() {
            let attached = self.attached();
            let goodbye = async {
                let Some(attached) = attached else { return Err(Failure::Offline.into()) };
                attached.lines.release();
                let done = tokio::time::timeout(GOODBYE, goodbye(&attached.client)).await;
                done.unwrap_or_else(|_| Err(Failure::Offline.into()))
            };
            if let Err(error) = unless(&mut urgent, goodbye).await {
                match Failure::from(error) {
                    Failure::SignInAgain { .. } => {}
                    _ if even_offline => tracing::warn!("signed out without the server"),
                    failure => return Err(failure.into()),
                }
            }
        }
        self.shared.closed.send_replace(true);
        self.wipe().await
    }

    /// Ends everything. Streams end; later calls fail with `Closed`.
    pub async fn close(&mut self) {
        self.shared.closed.send_replace(true);
        self.let_files_go().await;
    }

    /// Ends everything that runs, and closes every file.
    pub async fn let_files_go(&mut self) {
        if let Some(attached) = self.attached() {
            attached.sync.stop().await;
            self.watchers.shutdown().await;
            if let Err(error) = attached.client.pause().await {
                tracing::warn!(kind = %Failure::from(CoreError::from(error)), "the SDK's stores did not close");
            }
        }
        self.shared.flush().await;
        self.shared.link.send_replace(Link::Closed);
        self.shared.media.close();
        let vault = self.shared.vault.clone();
        let _ = tokio::task::spawn_blocking(move || vault.close_for_good()).await;
    }
}

/// Ends the session on the server, and makes sure of it: any answer looks like a yes, a hotel's portal too.
async fn goodbye(client: &Client) -> Result<(), CoreError> {
    oauth::log_out(client).await?;
    match client.whoami().await.map_err(|error| Failure::from(CoreError::from(error))) {
        Err(Failure::SignInAgain { .. }) => Ok(()),
        _ => Err(Failure::Offline.into()),
    }
}

/// What `work` gives, or `Offline` as soon as an order comes that must not wait for it.
pub(crate) async fn unless<T>(
    urgent: &mut watch::Receiver<u64>,
    work: impl Future<Output = Result<T, CoreError>>,
) -> Result<T, CoreError> {
    tokio::select! {
        biased;
        done = work => done,
        _ = urgent.changed() => Err(Failure::Offline.into()),
    }
}
