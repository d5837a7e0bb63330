//! What runs behind a session: attaching, syncing, trying again, pausing, ending. One task, so that orders never overlap.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime},
};

use bulla_model::{AccountSummary, Failure, KeyStore, NetworkChange, Password, SessionState};
use bulla_policy::pause_before;
use matrix_sdk::Client;
use matrix_sdk_ui::{
    room_list_service::State as ListState,
    sync_service::{State as SyncState, SyncService},
};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinSet,
    time::{Instant, sleep_until},
};
use url::Url;

use crate::{
    book::RoomBook, client, failure::{CoreError, of_sync}, keys::AccountKey, outbox, session::Seen, vault::Vault, watchers,
};

pub(crate) type Done = oneshot::Sender<Result<(), Failure>>;

/// What a session asks of its engine.
pub(crate) enum Order {
    Pause(Done),
    Resume(Done),
    Network(NetworkChange),
    SignInAgain(Password, Done),
    SignOut(bool, Done),
    Shutdown(Done),
}

/// The SDK, running.
#[derive(Clone)]
pub(crate) struct Attached {
    pub client: Client,
    pub sync: Arc<SyncService>,
}

/// Whether the SDK is there.
#[derive(Clone)]
pub(crate) enum Link {
    Pending,
    Ready(Attached),
    Broken(Failure),
    Closed,
}

/// What a session and its engine both hold.
pub(crate) struct Shared {
    pub account: AccountSummary,
    pub homeserver: Url,
    pub device_name: String,
    pub folder: PathBuf,
    pub keys: Arc<dyn KeyStore>,
    pub vault: Arc<Vault>,
    pub book: Arc<RoomBook>,
    pub state: Seen<SessionState>,
    pub link: Seen<Link>,
    pub closed: Seen<bool>,
}

/// What the watchers tell the engine.
pub(crate) enum Notice {
    /// The server no longer knows the token, as the SDK heard it.
    TokenGone,
}

pub(crate) struct Engine {
    shared: Arc<Shared>,
    orders: mpsc::UnboundedReceiver<Order>,
    notices: (mpsc::UnboundedSender<Notice>, mpsc::UnboundedReceiver<Notice>),
    watchers: JoinSet<()>,
    tries: u32,
    again: Option<Instant>,
    paused: bool,
    network_lost: bool,
}

/// What an order leads to.
enum Next {
    Go,
    Stop,
}

impl Engine {
    /// Runs behind `shared` until told to stop, or until nobody can give orders any more. `client` is there right after a sign-in.
    pub fn start(shared: Arc<Shared>, orders: mpsc::UnboundedReceiver<Order>, client: Option<Client>) {
        let engine = Self {
            shared,
            orders,
            notices: mpsc::unbounded_channel(),
            watchers: JoinSet::new(),
            tries: 0,
            again: None,
            paused: false,
            network_lost: false,
        };
        tokio::spawn(engine.run(client));
    }

    async fn run(mut self, client: Option<Client>) {
        self.attach(client).await;
        loop {
            // Subscribed before looking, so that nothing can change unseen in between.
            let (mut sync, mut list) = self.subscribe();
            self.look().await;
            let next = tokio::select! {
                order = self.orders.recv() => match order {
                    Some(order) => self.obey(order).await,
                    None => {
                        self.close().await;
                        Next::Stop
                    }
                },
                Some(notice) = self.notices.1.recv() => {
                    self.heard(notice).await;
                    Next::Go
                }
                () = changed(&mut sync) => Next::Go,
                () = changed(&mut list) => Next::Go,
                () = until(self.again) => {
                    self.try_again().await;
                    Next::Go
                }
            };
            if let Next::Stop = next {
                return;
            }
        }
    }

    fn attached(&self) -> Option<Attached> {
        match &*self.shared.link.borrow() {
            Link::Ready(attached) => Some(attached.clone()),
            _ => None,
        }
    }

    fn subscribe(&self) -> (Option<eyeball::Subscriber<SyncState>>, Option<eyeball::Subscriber<ListState>>) {
        let attached = self.attached();
        let list = attached.as_ref().map(|attached| attached.sync.room_list_service().state());
        (attached.map(|attached| attached.sync.state()), list)
    }

    async fn attach(&mut self, client: Option<Client>) {
        self.shared.state.send_replace(SessionState::Attaching);
        match self.try_attach(client).await {
            Ok(attached) => {
                self.shared.link.send_replace(Link::Ready(attached.clone()));
                attached.sync.start().await;
                self.tries = 0;
                self.again = None;
            }
            Err(error) => self.broken(error.into()),
        }
    }

    async fn try_attach(&mut self, client: Option<Client>) -> Result<Attached, CoreError> {
        let shared = self.shared.clone();
        let client = match client {
            Some(client) => client,
            None => {
                let key = AccountKey::load(&*shared.keys, &shared.account.id)?;
                let client = client::client(&shared.homeserver, &shared.folder, &key).await?;
                client::restore(&client, &shared.vault).await?;
                client::keep_renewed(&client, &shared.vault)?;
                client
            }
        };
        // The position is not shared: a kill between it and the event cache would lose events without a gap.
        let sync = SyncService::builder(client.clone()).with_offline_mode().with_share_pos(false).build().await?;
        let attached = Attached { client, sync: Arc::new(sync) };
        shared.book.load().await?;
        self.watchers = JoinSet::new();
        watchers::start(&mut self.watchers, &shared, &attached.client, self.notices.0.clone());
        outbox::start(&mut self.watchers, &attached.client);
        Ok(attached)
    }

    fn broken(&mut self, why: Failure) {
        tracing::warn!(%why, "cannot attach");
        self.shared.link.send_replace(Link::Broken(why.clone()));
        let state = match why {
            Failure::SignInAgain { soft } => SessionState::SignedOut { soft },
            why => SessionState::Failed { why },
        };
        self.shared.state.send_replace(state);
    }

    /// Tells what the SDK's states mean, and plans the next try where one stopped.
    async fn look(&mut self) {
        let Some(attached) = self.attached() else { return };
        if self.paused || self.ended() {
            return;
        }
        match attached.sync.state().get() {
            SyncState::Running => match attached.sync.room_list_service().state().get() {
                ListState::Running => {
                    self.tries = 0;
                    self.again = None;
                    if self.tell(SessionState::Live) {
                        outbox::go_on(&attached.client).await;
                    }
                }
                _ => {
                    if !matches!(*self.shared.state.borrow(), SessionState::Offline { .. }) {
                        self.tell(SessionState::Attaching);
                    }
                }
            },
            SyncState::Offline => {
                self.offline();
            }
            SyncState::Error(error) if self.again.is_none() => self.sync_failed(of_sync(&error)).await,
            SyncState::Terminated if self.again.is_none() => self.plan(None),
            SyncState::Error(_) | SyncState::Terminated | SyncState::Idle => {}
        }
    }

    async fn sync_failed(&mut self, failure: Failure) {
        match failure {
            Failure::SignInAgain { .. } => self.heard(Notice::TokenGone).await,
            Failure::Wait { retry_after } => {
                self.offline();
                self.plan(Some(retry_after));
            }
            Failure::Offline | Failure::NotFound { .. } => {
                self.offline();
                self.plan(None);
            }
            why => {
                self.tell(SessionState::Failed { why });
                self.plan(None);
            }
        }
    }

    fn plan(&mut self, asked: Option<Duration>) {
        let mut byte = [0];
        let _ = getrandom::fill(&mut byte);
        let pause = pause_before(self.tries, asked, f64::from(byte[0]) / 255.0);
        self.tries = self.tries.saturating_add(1);
        self.again = Some(Instant::now() + pause);
    }

    async fn try_again(&mut self) {
        self.again = None;
        match self.attached() {
            Some(attached) if !self.paused && !self.ended() => attached.sync.start().await,
            _ => {}
        }
    }

    /// Asks the server itself before believing that the session is over.
    async fn heard(&mut self, notice: Notice) {
        let Notice::TokenGone = notice;
        let Some(attached) = self.attached() else { return };
        if self.paused || self.ended() {
            return;
        }
        match attached.client.whoami().await {
            Ok(_) => self.plan(None),
            Err(error) => match Failure::from(CoreError::from(error)) {
                Failure::SignInAgain { soft } => {
                    attached.sync.stop().await;
                    self.again = None;
                    self.tell(SessionState::SignedOut { soft });
                }
                Failure::Wait { retry_after } => self.plan(Some(retry_after)),
                _ => {
                    self.offline();
                    self.plan(None);
                }
            },
        }
    }

    async fn obey(&mut self, order: Order) -> Next {
        match order {
            Order::Pause(done) => {
                let paused = self.pause().await.map_err(Failure::from);
                let _ = done.send(paused);
            }
            Order::Resume(done) => {
                let resumed = self.resume().await.map_err(Failure::from);
                let _ = done.send(resumed);
            }
            Order::Network(change) => self.network(change).await,
            Order::SignInAgain(password, done) => {
                let signed = self.sign_in_again(password).await.map_err(Failure::from);
                let _ = done.send(signed);
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
            attached.client.pause().await?;
        }
        let vault = self.shared.vault.clone();
        let _ = tokio::task::spawn_blocking(move || vault.close()).await;
        self.tell(SessionState::Paused);
        Ok(())
    }

    async fn resume(&mut self) -> Result<(), CoreError> {
        self.shared.vault.reopen()?;
        let was_paused = std::mem::take(&mut self.paused);
        match self.attached() {
            Some(attached) => {
                if self.ended() {
                    return Ok(());
                }
                if was_paused {
                    attached.client.resume().await?;
                    self.tell(SessionState::Attaching);
                }
                self.again = None;
                attached.sync.start().await;
                outbox::go_on(&attached.client).await;
            }
            None => self.attach(None).await,
        }
        Ok(())
    }

    async fn network(&mut self, change: NetworkChange) {
        self.network_lost = change == NetworkChange::Lost;
        let Some(attached) = self.attached() else {
            if !self.network_lost && !self.paused {
                self.attach(None).await;
            }
            return;
        };
        if self.paused || self.ended() {
            return;
        }
        // A request that hangs on the old network would be waited for: both loops are stopped either way.
        attached.sync.stop().await;
        if self.network_lost {
            self.offline();
            // A platform may forget to say that the network is back.
            self.again = Some(Instant::now() + Duration::from_secs(60));
        } else {
            self.again = None;
            self.tries = 0;
            attached.sync.start().await;
            outbox::go_on(&attached.client).await;
        }
    }

    async fn sign_in_again(&mut self, password: Password) -> Result<(), CoreError> {
        let shared = self.shared.clone();
        if let Some(attached) = self.attached() {
            attached.sync.stop().await;
            self.watchers.shutdown().await;
            shared.link.send_replace(Link::Pending);
            attached.client.pause().await?;
        }
        let key = AccountKey::load(&*shared.keys, &shared.account.id)?;
        let signed = async {
            let client = client::client(&shared.homeserver, &shared.folder, &key).await?;
            let (user, device) = (shared.account.user.as_str(), &shared.account.device);
            client::sign_in(&client, user, &password, &shared.device_name, Some(device)).await?;
            client::keep(&client, &shared.vault).await?;
            Ok::<_, CoreError>(client)
        };
        match signed.await {
            Ok(client) => {
                self.attach(Some(client)).await;
                Ok(())
            }
            Err(error) => {
                let failure = Failure::from(error);
                shared.link.send_replace(Link::Broken(Failure::SignInAgain { soft: true }));
                Err(failure.into())
            }
        }
    }

    async fn sign_out(&mut self, even_offline: bool) -> Result<(), CoreError> {
        if let Some(attached) = self.attached()
            && let Err(error) = attached.client.logout().await
        {
            match Failure::from(CoreError::from(error)) {
                Failure::SignInAgain { .. } => {}
                _ if even_offline => tracing::warn!("signed out without the server"),
                failure => return Err(failure.into()),
            }
        }
        // The key first: whatever stops us after this, the files are noise.
        AccountKey::erase(&*self.shared.keys, &self.shared.account.id)?;
        self.close().await;
        let folder = self.shared.folder.clone();
        tokio::task::spawn_blocking(move || crate::accounts::erase_folder(&folder))
            .await
            .map_err(|_| CoreError::Defect("erasing did not end"))??;
        Ok(())
    }

    /// Ends everything. Streams end; later calls fail with `Closed`.
    async fn close(&mut self) {
        self.shared.closed.send_replace(true);
        if let Some(attached) = self.attached() {
            attached.sync.stop().await;
            self.watchers.shutdown().await;
            if let Err(error) = attached.client.pause().await {
                tracing::warn!(kind = %Failure::from(CoreError::from(error)), "the SDK's stores did not close");
            }
        }
        self.shared.link.send_replace(Link::Closed);
        let vault = self.shared.vault.clone();
        let _ = tokio::task::spawn_blocking(move || vault.close()).await;
    }

    fn ended(&self) -> bool {
        matches!(*self.shared.state.borrow(), SessionState::SignedOut { .. })
    }

    fn offline(&self) -> bool {
        self.shared.state.send_if_modified(|state| match state {
            SessionState::Offline { .. } => false,
            _ => {
                *state = SessionState::Offline { since: SystemTime::now() };
                true
            }
        })
    }

    fn tell(&self, new: SessionState) -> bool {
        self.shared.state.send_if_modified(|state| {
            let differs = *state != new;
            if differs {
                tracing::info!(state = name(&new), "session");
                *state = new;
            }
            differs
        })
    }
}

impl Shared {
    /// Brings rooms' rows up to date.
    pub async fn refresh(&self, rooms: &[matrix_sdk::Room]) {
        let mut rows = Vec::with_capacity(rooms.len());
        for room in rooms {
            let known = self.book.known(&bulla_model::RoomId(room.room_id().to_string()));
            match crate::summary::summarise(room, known.as_deref()).await {
                Ok(row) => rows.push(row),
                Err(error) => tracing::warn!(kind = %Failure::from(error), "a room's row could not be made"),
            }
        }
        self.book.put(rows).await;
    }
}

fn name(state: &SessionState) -> &'static str {
    match state {
        SessionState::Attaching => "attaching",
        SessionState::Live => "live",
        SessionState::Offline { .. } => "offline",
        SessionState::Paused => "paused",
        SessionState::SignedOut { .. } => "signed out",
        SessionState::Failed { .. } => "failed",
    }
}

async fn changed<T: Clone>(subscriber: &mut Option<eyeball::Subscriber<T>>) {
    match subscriber {
        Some(subscriber) => {
            subscriber.next().await;
        }
        None => std::future::pending().await,
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}
