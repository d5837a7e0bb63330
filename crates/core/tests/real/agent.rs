//! An agent as a test drives it: an account in a folder of its own, and lists that are waited on.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use bulla_core::{Accounts, Room, RoomList, Session, StateStream, Timeline, TimelineStream};
use bulla_model::{
    Config, EventItem, Failure, ItemContent, KeyStore, Membership, MessageBody, Password, RoomFilter, RoomId,
    RoomSummary, SessionState, TimelineChange, TimelineItem, UserId, apply_room_changes, apply_timeline_changes,
};
use bulla_testkit::{Handle, User};
use tokio::time::timeout;

/// No test waits longer for anything.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// Keys in memory.
#[derive(Default)]
pub struct Keys(Mutex<HashMap<String, Vec<u8>>>);

impl KeyStore for Keys {
    fn load(&self, name: String) -> Result<Option<Vec<u8>>, Failure> {
        Ok(self.0.lock().unwrap().get(&name).cloned())
    }
    fn save(&self, name: String, key: Vec<u8>) -> Result<(), Failure> {
        self.0.lock().unwrap().insert(name, key);
        Ok(())
    }
    fn erase(&self, name: String) -> Result<(), Failure> {
        self.0.lock().unwrap().remove(&name);
        Ok(())
    }
}

impl Keys {
    pub fn all(&self) -> HashMap<String, Vec<u8>> {
        self.0.lock().unwrap().clone()
    }

    pub fn values(&self) -> Vec<Vec<u8>> {
        self.0.lock().unwrap().values().cloned().collect()
    }

    pub fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

/// The deployment of this run.
pub async fn deployment() -> &'static Handle {
    bulla_testkit::attach_or_start().await.expect("a deployment")
}

/// One person's app.
pub struct Agent {
    pub folder: tempfile::TempDir,
    pub keys: Arc<Keys>,
    pub accounts: Accounts,
    pub user: User,
    pub session: Session,
}

impl Agent {
    /// A new user of `server`, signed in at its own address.
    pub async fn on(server: usize) -> Self {
        let user = deployment().await.new_user(server).await.expect("a user");
        let homeserver = user.homeserver.clone();
        Self::at(user, &homeserver).await
    }

    /// `user`, signed in at `homeserver`, which may be a proxy.
    pub async fn at(user: User, homeserver: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = Arc::new(Keys::default());
        let accounts = accounts(folder.path().to_owned(), keys.clone());
        let password = Password::new(user.password.clone());
        let session = accounts.sign_in(homeserver, &user.user_id, &password).await.expect("sign-in");
        Self { folder, keys, accounts, user, session }
    }

    pub fn id(&self) -> UserId {
        UserId(self.user.user_id.clone())
    }

    /// The session is up to date.
    pub async fn live(&self) {
        self.state(|state| *state == SessionState::Live).await;
    }

    /// Waits for a state.
    pub async fn state(&self, wanted: impl Fn(&SessionState) -> bool) -> SessionState {
        wait_state(&self.session.states(), wanted).await
    }

    /// Closes the session and opens it again, as a new start of the app would.
    pub async fn restart(&mut self) {
        let account = self.session.account().id;
        self.session.shutdown().await.expect("shutdown");
        self.session = self.accounts.open(&account).await.expect("open");
    }

    /// Waits for a room of the list of everything.
    pub async fn room(&self, wanted: impl Fn(&RoomSummary) -> bool) -> RoomSummary {
        let mut list = List::of(&self.session, RoomFilter::All);
        list.wait("a room", |rows| rows.iter().find(|room| wanted(room)).cloned()).await
    }

    /// Accepts the invitation to `room` once it is there.
    pub async fn accept(&self, room: &RoomId) {
        // Two given users of somebody else's server may have met before.
        let here = |row: &RoomSummary| matches!(row.membership, Membership::Invited | Membership::Joined);
        self.room(|row| row.id == *room && here(row)).await;
        self.session.join(room).await.expect("join");
    }

    /// The conversation in `room`.
    pub async fn open(&self, room: &RoomId) -> Conversation {
        let room = self.session.room(room).await.expect("room");
        Conversation::of(room).await
    }
}

pub fn accounts(folder: PathBuf, keys: Arc<Keys>) -> Accounts {
    let folder = folder.to_string_lossy().into_owned();
    Accounts::new(Config { folder, device_name: "Bulla test".into(), trust: None }, keys).expect("accounts")
}

/// Two agents in an encrypted direct conversation, on servers 0 and 1.
pub async fn two() -> (Agent, Agent, RoomId) {
    let (alice, bob) = tokio::join!(Agent::on(0), Agent::on(1));
    let room = meet(&alice, &bob).await;
    (alice, bob, room)
}

/// Alice invites Bob into a direct conversation, and he comes in.
pub async fn meet(alice: &Agent, bob: &Agent) -> RoomId {
    tokio::join!(alice.live(), bob.live());
    let room = alice.session.create_direct(&bob.id()).await.expect("create");
    bob.accept(&room).await;
    alice.room(|row| row.id == room && row.members == 2).await;
    room
}

pub async fn wait_state(states: &StateStream, wanted: impl Fn(&SessionState) -> bool) -> SessionState {
    let found = async {
        let mut last = None;
        loop {
            let state = states.next().await.expect("states").unwrap_or_else(|| panic!("states ended after {last:?}"));
            if wanted(&state) {
                return state;
            }
            last = Some(state);
        }
    };
    timeout(DEADLINE, found).await.expect("a state in time")
}

/// A list of rooms as a screen would hold it.
pub struct List {
    pub stream: RoomList,
    pub rows: Vec<RoomSummary>,
    started: bool,
}

impl List {
    pub fn of(session: &Session, filter: RoomFilter) -> Self {
        Self::page(session, filter, 100)
    }

    pub fn page(session: &Session, filter: RoomFilter, page: u32) -> Self {
        let stream = session.rooms(filter, page).expect("rooms");
        Self { stream, rows: Vec::new(), started: false }
    }

    pub async fn wait<T>(&mut self, what: &str, found: impl Fn(&[RoomSummary]) -> Option<T>) -> T {
        let search = async {
            loop {
                if let Some(found) = found(&self.rows).filter(|_| self.started) {
                    return found;
                }
                let batch = self.stream.next().await.expect("batch").expect("the list goes on");
                apply_room_changes(&mut self.rows, batch);
                self.started = true;
            }
        };
        timeout(DEADLINE, search).await.unwrap_or_else(|_| {
            let told = |row: &RoomSummary| (row.membership, row.members, row.unread, row.mentions);
            let rows: Vec<_> = self.rows.iter().map(told).collect();
            panic!("{what}: not in time; membership, members, unread and mentions of each: {rows:?}")
        })
    }
}

/// A conversation as a screen would hold it.
pub struct Conversation {
    pub room: Room,
    pub timeline: Timeline,
    pub stream: TimelineStream,
    pub rows: Vec<TimelineItem>,
    started: bool,
}

impl Conversation {
    pub async fn of(room: Room) -> Self {
        let timeline = room.timeline().await.expect("timeline");
        Self::over(room, timeline)
    }

    /// One that was opened at something: a thread, what is pinned, a moment.
    pub fn over(room: Room, timeline: Timeline) -> Self {
        let stream = timeline.items();
        Self { room, timeline, stream, rows: Vec::new(), started: false }
    }

    /// Pulls until `found` finds something.
    pub async fn wait<T>(&mut self, what: &str, found: impl Fn(&[TimelineItem]) -> Option<T>) -> T {
        let search = async {
            loop {
                if let Some(found) = found(&self.rows).filter(|_| self.started) {
                    return found;
                }
                let batch = self.stream.next().await.expect("batch").expect("the conversation goes on");
                apply_timeline_changes(&mut self.rows, batch);
                self.started = true;
            }
        };
        let found = timeout(DEADLINE, search).await;
        found
            .unwrap_or_else(|_| panic!("{what}: not in time, shown: {:?}, of {}", texts(&self.rows), kinds(&self.rows)))
    }

    /// Waits until those who type are as wanted.
    pub async fn typing(&mut self, wanted: impl Fn(&[UserId]) -> bool) -> Vec<UserId> {
        let search = async {
            loop {
                let batch = self.stream.next().await.expect("batch").expect("the conversation goes on");
                let told = batch.iter().find_map(|change| match change {
                    TimelineChange::Typing { users } if wanted(users) => Some(users.clone()),
                    _ => None,
                });
                apply_timeline_changes(&mut self.rows, batch);
                if let Some(users) = told {
                    return users;
                }
            }
        };
        timeout(DEADLINE, search).await.expect("typing in time")
    }

    /// Takes in what is there already, without waiting.
    pub async fn drain(&mut self) {
        while let Ok(batch) = timeout(Duration::from_millis(200), self.stream.next()).await {
            apply_timeline_changes(&mut self.rows, batch.expect("batch").expect("the conversation goes on"));
            self.started = true;
        }
    }

    /// Waits for a message with this text.
    pub async fn text(&mut self, wanted: &str) -> (TimelineItem, EventItem) {
        self.event(wanted, |event| text(&event.body) == Some(wanted)).await
    }

    /// Waits for an event.
    pub async fn event(&mut self, what: &str, wanted: impl Fn(&EventItem) -> bool) -> (TimelineItem, EventItem) {
        self.wait(what, |rows| {
            rows.iter().find_map(|row| match &row.content {
                ItemContent::Event { event } if wanted(event) => Some((row.clone(), event.clone())),
                _ => None,
            })
        })
        .await
    }
}

pub fn text(body: &MessageBody) -> Option<&str> {
    match body {
        MessageBody::Text { plain, .. } => Some(plain),
        _ => None,
    }
}

/// The texts that are shown, in order.
pub fn texts(rows: &[TimelineItem]) -> Vec<String> {
    let texts = rows.iter().filter_map(|row| match &row.content {
        ItemContent::Event { event } => text(&event.body).map(str::to_owned),
        _ => None,
    });
    texts.collect()
}

/// What the rows are, without what they say.
fn kinds(rows: &[TimelineItem]) -> String {
    let kinds = rows.iter().map(|row| match &row.content {
        ItemContent::Event { event } => match &event.body {
            MessageBody::Undecryptable { why } => format!("{why:?}"),
            MessageBody::Text { .. } => "text".to_owned(),
            MessageBody::Member { change, .. } => format!("{change:?}"),
            MessageBody::State { kind, .. } => format!("{kind:?}"),
            _ => "other".to_owned(),
        },
        _ => "-".to_owned(),
    });
    kinds.collect::<Vec<_>>().join(" ")
}
