//! What runs behind a session: attaching, syncing, trying again. One task, so that orders never overlap.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use bulla_model::{Failure, NetworkChange, OfflineCause, Password, SessionState};
use bulla_policy::{Asked, EXPIRED_ACCOUNT, pause_before};
use matrix_sdk_ui::room_list_service::State as ListState;
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinSet,
    time::{Instant, sleep_until},
};

use crate::{
    client::{self, Wired},
    devices, eraser,
    failure::CoreError,
    identity,
    keys::AccountKey,
    outbox,
    shared::{Attached, Link, Shared},
    sync::{Sync, SyncState},
    temporary, upload_push, watchers,
};

pub(crate) type Done = oneshot::Sender<Result<(), Failure>>;

/// What a session asks of its engine.
pub(crate) enum Order {
    Pause(Done),
    Resume(Done),
    Network(NetworkChange),
    SignInAgain(Password, Done),
    /// The browser is back after a soft logout.
    ComeBack {
        code: String,
        asked: Asked,
        done: Done,
    },
    SignOut(bool, Done),
    /// The account is gone from the server: leave nothing of it here.
    Erase(Done),
    /// Begin anew with the SDK.
    Reattach(Done),
    Shutdown(Done),
}

/// What the engine's own tasks tell it.
pub(crate) enum Notice {
    /// The server no longer knows the token, as the SDK heard it.
    /// `soft` is what it said of the data, where that is known.
    TokenGone { soft: Option<bool> },
    /// What the server itself says of that.
    Asked(Result<(), Failure>),
    /// What the server says when asked a second time whether the device is gone; none where it said nothing of use.
    Sure(Option<bool>),
    /// An administrator gave another password, which has to be changed.
    MustChoose,
    /// The password was changed elsewhere.
    Chosen,
    /// The SDK has given up looking for the newest messages.
    LatestOver,
}

pub(crate) struct Engine {
    pub shared: Arc<Shared>,
    pub orders: mpsc::UnboundedReceiver<Order>,
    pub notices: (mpsc::UnboundedSender<Notice>, mpsc::UnboundedReceiver<Notice>),
    /// Ends with the attachment.
    pub watchers: JoinSet<()>,
    pub tries: u32,
    pub again: Option<Instant>,
    pub paused: bool,
    pub asking: bool,
    /// The platform says that there is no network.
    pub lost: bool,
    /// Whether the server spoke of a soft logout when it last refused the token.
    soft: Option<bool>,
    /// Told when the engine has let go of every file.
    ended: watch::Sender<bool>,
}

/// What an order leads to.
pub(crate) enum Next {
    Go,
    Stop,
}

impl Engine {
    /// Runs behind `shared` until told to stop, or until nobody can give orders any more. `client` is there right after a sign-in.
    /// What is returned turns true when every file is closed.
    pub fn start(
        shared: Arc<Shared>,
        orders: mpsc::UnboundedReceiver<Order>,
        client: Option<Wired>,
    ) -> watch::Receiver<bool> {
        let (ended, told) = watch::channel(false);
        let engine = Self {
            shared,
            orders,
            notices: mpsc::unbounded_channel(),
            watchers: JoinSet::new(),
            tries: 0,
            again: None,
            paused: false,
            asking: false,
            lost: false,
            soft: None,
            ended,
        };
        tokio::spawn(engine.run(client));
        told
    }

    async fn run(mut self, client: Option<Wired>) {
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
                Some(notice) = self.notices.1.recv() => match notice {
                    Notice::Sure(gone) => self.sure(gone).await,
                    notice => {
                        self.heard(notice).await;
                        Next::Go
                    }
                },
                () = sync_changed(&mut sync) => Next::Go,
                () = list_changed(&mut list) => Next::Go,
                () = until(self.again) => {
                    self.try_again().await;
                    Next::Go
                }
            };
            if let Next::Stop = next {
                self.ended.send_replace(true);
                return;
            }
        }
    }

    pub fn attached(&self) -> Option<Attached> {
        match &*self.shared.link.borrow() {
            Link::Ready(attached) => Some(attached.clone()),
            _ => None,
        }
    }

    fn subscribe(&self) -> (Option<watch::Receiver<SyncState>>, Option<eyeball::Subscriber<ListState>>) {
        let attached = self.attached();
        let list = attached.as_ref().map(|attached| attached.sync.list().state());
        (attached.map(|attached| attached.sync.watch()), list)
    }

    pub async fn attach(&mut self, client: Option<Wired>) {
        self.tell(SessionState::Attaching);
        match self.try_attach(client).await {
            Ok(attached) => {
                self.shared.link.send_replace(Link::Ready(attached.clone()));
                self.shared.subscribe_shown().await;
                self.listen(&attached).await;
                self.tries = 0;
                self.again = None;
            }
            Err(error) => self.broken(error.into()),
        }
    }

    /// Begins to listen, unless the person has to choose a password first.
    pub async fn listen(&mut self, attached: &Attached) {
        if !self.shared.upkeep.must_choose() {
            return attached.sync.start().await;
        }
        self.tell(SessionState::MustChoosePassword);
        // They may have done so elsewhere.
        let (client, notices) = (attached.client.clone(), self.notices.0.clone());
        self.watchers.spawn(async move {
            if let Ok(false) = temporary::ask(&client).await {
                let _ = notices.send(Notice::Chosen);
            }
        });
    }

    async fn try_attach(&mut self, client: Option<Wired>) -> Result<Attached, CoreError> {
        let shared = self.shared.clone();
        let client = match client {
            Some(client) => client,
            None => {
                let key = AccountKey::load(&*shared.keys, &shared.account.id)?;
                let client = client::client(&shared.homeserver, &shared.folder, &key, &shared.deployment).await?;
                client::restore(&client, &shared.vault).await?;
                client::keep_renewed(&client, &shared.vault)?;
                client
            }
        };
        client.events.watch(&shared.endings, &shared.vault);
        let sync = Sync::new(&client).await?;
        let attached =
            Attached { client: client.sdk, lines: client.lines, sync: Arc::new(sync), events: client.events };
        shared.book.load().await?;
        shared.prepare_media().await?;
        self.watchers = JoinSet::new();
        self.watchers.spawn(devices::watch(shared.clone(), attached.client.clone()));
        watchers::start(&mut self.watchers, &shared, &attached.client, self.notices.0.clone());
        outbox::start(&mut self.watchers, &attached.client);
        self.watchers.spawn(watchers::latest(attached.sync.clone(), self.notices.0.clone()));
        eraser::start(&mut self.watchers, &shared, &attached);
        upload_push::start(&mut self.watchers, &shared, &attached.client);
        Ok(attached)
    }

    fn broken(&mut self, why: Failure) {
        tracing::warn!(%why, "cannot attach");
        self.shared.link.send_replace(Link::Broken(why.clone()));
        self.tell(match why {
            Failure::SignInAgain { soft } => SessionState::SignedOut { soft },
            why => SessionState::Failed { why },
        });
    }

    /// Tells what the SDK's states mean, and plans the next try where one stopped.
    async fn look(&mut self) {
        while self.watchers.try_join_next().is_some() {}
        let Some(attached) = self.attached() else { return };
        if self.paused || self.ended() || self.shared.upkeep.must_choose() {
            return;
        }
        match attached.sync.state() {
            SyncState::Running => match attached.sync.list().state().get() {
                ListState::Running => {
                    self.tries = 0;
                    self.again = None;
                    if self.tell(SessionState::Live) {
                        outbox::go_on(&attached.client).await;
                        let (client, vault) = (attached.client.clone(), self.shared.vault.clone());
                        let notices = self.notices.0.clone();
                        self.watchers.spawn(async move {
                            temporary::settle(&client, &vault).await;
                            if temporary::has_come(&client, &vault).await {
                                let _ = notices.send(Notice::MustChoose);
                            }
                        });
                        self.watchers.spawn(devices::settle(self.shared.clone(), attached.client.clone()));
                        self.watchers.spawn(identity::publish(attached.client));
                    }
                }
                _ => {
                    if !matches!(*self.shared.state.borrow(), SessionState::Offline { .. }) {
                        self.tell(SessionState::Attaching);
                    }
                }
            },
            SyncState::Ended(why) if self.again.is_none() && !self.asking => self.sync_failed(why),
            SyncState::Ended(_) | SyncState::Idle => {}
        }
    }

    fn sync_failed(&mut self, failure: Failure) {
        match failure {
            Failure::SignInAgain { .. } => self.ask(),
            // The server has forgotten where we were: from the start, at once.
            Failure::Rejected { code } if code == "M_UNKNOWN_POS" => self.again = Some(Instant::now()),
            Failure::Wait { retry_after } => {
                self.offline();
                self.plan(Some(retry_after));
            }
            Failure::Rejected { code } if code == EXPIRED_ACCOUNT => _ = self.tell(SessionState::Expired),
            why @ (Failure::Storage { .. } | Failure::Untrusted { .. } | Failure::Unexpected { .. }) => {
                self.tell(SessionState::Failed { why });
                self.plan(None);
            }
            // Not reached, or reached something that is no Matrix server just now: a hotel's portal, a proxy whose server is down.
            _ => {
                self.offline();
                self.plan(None);
            }
        }
    }

    pub fn plan(&mut self, asked: Option<Duration>) {
        let mut byte = [0];
        let _ = getrandom::fill(&mut byte);
        let pause = pause_before(self.tries, asked, f64::from(byte[0]) / 255.0);
        self.tries = self.tries.saturating_add(1);
        self.again = Some(Instant::now() + pause);
    }

    async fn try_again(&mut self) {
        self.again = None;
        match self.attached() {
            Some(attached) if !self.paused && !self.ended() => self.listen(&attached).await,
            _ => {}
        }
    }

    /// Asks the server itself before believing that the session is over. The answer comes as a notice.
    fn ask(&mut self) {
        let Some(attached) = self.attached() else { return };
        if std::mem::replace(&mut self.asking, true) {
            return;
        }
        let notices = self.notices.0.clone();
        self.watchers.spawn(async move {
            let answer = attached.client.whoami().await;
            let _ = notices.send(Notice::Asked(answer.map(drop).map_err(|error| CoreError::from(error).into())));
        });
    }

    async fn heard(&mut self, notice: Notice) {
        let Some(attached) = self.attached() else { return };
        if let Notice::Asked(_) = notice {
            self.asking = false;
        }
        if self.paused || self.ended() {
            return;
        }
        match notice {
            Notice::Sure(_) => {}
            Notice::TokenGone { soft } => {
                self.soft = soft.or(self.soft);
                self.ask();
            }
            Notice::MustChoose => {
                attached.sync.stop().await;
                self.must_choose(&attached, true).await;
            }
            Notice::Chosen => self.must_choose(&attached, false).await,
            Notice::LatestOver => {
                tracing::warn!("the SDK fell behind its own changes: beginning anew");
                drop(attached);
                if let Err(error) = self.reattach().await {
                    tracing::warn!(kind = %Failure::from(error), "not begun anew yet");
                }
            }
            Notice::Asked(Ok(())) => self.again_if_stopped(&attached, None),
            Notice::Asked(Err(Failure::SignInAgain { soft })) => {
                self.again = None;
                attached.sync.stop().await;
                // Where renewing the token failed, its refusal hides the first one.
                let soft = self.soft.take().unwrap_or(soft);
                self.tell(SessionState::SignedOut { soft });
                if !soft {
                    self.make_sure();
                }
            }
            Notice::Asked(Err(Failure::Wait { retry_after })) => self.again_if_stopped(&attached, Some(retry_after)),
            Notice::Asked(Err(Failure::Rejected { code })) if code == EXPIRED_ACCOUNT => {
                attached.sync.stop().await;
                self.tell(SessionState::Expired);
            }
            Notice::Asked(Err(_)) => {
                self.offline();
                self.again_if_stopped(&attached, None);
            }
        }
    }

    async fn must_choose(&mut self, attached: &Attached, must_choose: bool) {
        if let Err(error) = temporary::keep(&self.shared.vault, must_choose).await {
            tracing::warn!(kind = %Failure::from(error), "not kept whether a password has to be chosen");
        }
        self.shared.upkeep.set_must_choose(must_choose);
        self.listen(attached).await;
    }

    fn again_if_stopped(&mut self, attached: &Attached, asked: Option<Duration>) {
        if attached.sync.state() != SyncState::Running {
            self.plan(asked);
        }
    }

    pub fn ended(&self) -> bool {
        matches!(*self.shared.state.borrow(), SessionState::SignedOut { .. } | SessionState::Erased)
    }

    pub fn offline(&self) -> bool {
        let since = match *self.shared.state.borrow() {
            SessionState::Offline { since, .. } => since,
            _ => SystemTime::now(),
        };
        let cause = if self.lost { OfflineCause::NoNetwork } else { OfflineCause::NoAnswer };
        self.tell(SessionState::Offline { since, cause })
    }

    pub fn tell(&self, new: SessionState) -> bool {
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

fn name(state: &SessionState) -> &'static str {
    match state {
        SessionState::Attaching => "attaching",
        SessionState::Live => "live",
        SessionState::Offline { .. } => "offline",
        SessionState::Paused => "paused",
        SessionState::MustChoosePassword => "must choose a password",
        SessionState::Expired => "expired",
        SessionState::SignedOut { .. } => "signed out",
        SessionState::Erased => "erased",
        SessionState::Failed { .. } => "failed",
    }
}

async fn sync_changed(watched: &mut Option<watch::Receiver<SyncState>>) {
    let going_on = match watched {
        Some(watched) => watched.changed().await.is_ok(),
        None => false,
    };
    if !going_on {
        std::future::pending().await
    }
}

async fn list_changed(watched: &mut Option<eyeball::Subscriber<ListState>>) {
    let going_on = match watched {
        Some(watched) => watched.next().await.is_some(),
        None => false,
    };
    if !going_on {
        std::future::pending().await
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}
