//! The process killed at any moment, while sending and while receiving. The killed process is this test binary, started
//! again as one person's app.

use std::{
    collections::HashMap,
    env, fs,
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

use bulla_core::Accounts;
use bulla_model::{AccountId, Config, Failure, ItemContent, KeyStore, RoomId, TimelineItem};
use tokio::time::timeout;

use crate::{
    agent::{Agent, Conversation, meet, text, texts},
    sync::undecryptable,
};

const MESSAGES: usize = 200;
const KILLS: usize = 30;
/// Says to this binary that it is a person's app, and how: see [`Play`].
const ROLE: &str = "BULLA_KILL_ROLE";

/// Keys in files.
pub struct FileKeys(pub PathBuf);

impl KeyStore for FileKeys {
    fn load(&self, name: String) -> Result<Option<Vec<u8>>, Failure> {
        Ok(fs::read(self.0.join(name)).ok())
    }
    fn save(&self, name: String, key: Vec<u8>) -> Result<(), Failure> {
        fs::write(self.0.join(name), key).map_err(|_| Failure::Closed)
    }
    fn erase(&self, name: String) -> Result<(), Failure> {
        let _ = fs::remove_file(self.0.join(name));
        Ok(())
    }
}

/// What the child is to do.
struct Play {
    role: String,
    folder: PathBuf,
    keys: PathBuf,
    account: AccountId,
    room: RoomId,
    /// Numbers of the messages that are sent, and the number of this run, which is part of their texts.
    first: usize,
    count: usize,
    run: usize,
}

impl Play {
    fn start(&self) -> Child {
        let said = [
            self.role.clone(),
            self.folder.display().to_string(),
            self.keys.display().to_string(),
            self.account.0.clone(),
            self.room.0.clone(),
            self.first.to_string(),
            self.count.to_string(),
            self.run.to_string(),
        ];
        Command::new(env::current_exe().unwrap())
            .args(["--exact", "kill::the_app_of_the_other_tests", "--nocapture", "--test-threads", "1"])
            .env(ROLE, said.join("\n"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(self.log())
            .spawn()
            .unwrap()
    }

    /// What the child logs, kept where a person asks for it by `BULLA_KILL_LOGS`.
    fn log(&self) -> Stdio {
        let Ok(folder) = env::var("BULLA_KILL_LOGS") else { return Stdio::null() };
        let name = format!("{}-{:03}-{}", self.role, self.run, std::process::id());
        fs::File::create(PathBuf::from(folder).join(name)).map_or_else(|_| Stdio::null(), Stdio::from)
    }

    fn of_environment() -> Option<Self> {
        let said = env::var(ROLE).ok()?;
        let said: Vec<&str> = said.split('\n').collect();
        let [role, folder, keys, account, room, first, count, run] = said[..] else { return None };
        Some(Self {
            role: role.into(),
            folder: folder.into(),
            keys: keys.into(),
            account: AccountId(account.into()),
            room: RoomId(room.into()),
            first: first.parse().ok()?,
            count: count.parse().ok()?,
            run: run.parse().ok()?,
        })
    }
}

/// No test of its own: what a child does. It sends from `first` on, or shows what comes, until it is killed.
#[tokio::test(flavor = "multi_thread")]
async fn the_app_of_the_other_tests() {
    let Some(play) = Play::of_environment() else { return };
    crate::trace::begin();
    let config = Config { folder: play.folder.display().to_string(), device_name: "Bulla killed".into(), trust: None };
    let accounts = Accounts::new(config, Arc::new(FileKeys(play.keys))).unwrap();
    let session = accounts.open(&play.account).await.unwrap();
    say("open");
    let room = session.room(&play.room).await.unwrap();
    let timeline = room.timeline().await.unwrap();
    let stream = timeline.items();
    if play.role == "send" {
        for number in play.first..play.first + play.count {
            timeline.send_text(&word(number, play.run)).await.unwrap();
            say(&format!("sent {number}"));
        }
        say("all");
    }
    let mut rows: Vec<TimelineItem> = Vec::new();
    loop {
        let batch = stream.next().await.unwrap().unwrap();
        bulla_model::apply_timeline_changes(&mut rows, batch);
        say(&format!("shown {}", texts(&rows).len()));
    }
}

/// What a child tells the one who started it.
pub fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "\nBULLA {line}");
    let _ = out.flush();
}

/// A message's text. The run is in it: whether a message was taken before a kill that came before its line, nobody knows,
/// and it is sent again under another name.
fn word(number: usize, run: usize) -> String {
    format!("message {number} of run {run}")
}

/// What the child says, line by line.
pub fn hear(child: &mut Child) -> mpsc::Receiver<String> {
    let out = child.stdout.take().unwrap();
    let (lines, heard) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            if let Some(line) = line.strip_prefix("BULLA ") {
                let _ = lines.send(line.to_owned());
            }
        }
    });
    heard
}

/// Random moments whose seed is printed.
struct Chance(u64);

impl Chance {
    fn new() -> Self {
        let seed = env::var("BULLA_SEED").ok().and_then(|seed| seed.parse().ok());
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let seed = seed.unwrap_or(now.as_nanos() as u64);
        println!("BULLA_SEED={seed}");
        Self(seed)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}

/// Two people in a conversation; the first one's app is a process of its own from here on.
async fn scene() -> (Agent, Agent, RoomId, Play, tempfile::TempDir) {
    let (killed, other) = tokio::join!(Agent::on(0), Agent::on(1));
    let room = meet(&killed, &other).await;
    killed.session.shutdown().await.unwrap();
    let keys = tempfile::tempdir().unwrap();
    let account = killed.session.account().id;
    let names: HashMap<String, Vec<u8>> = killed.keys.all();
    for (name, key) in names {
        fs::write(keys.path().join(name), key).unwrap();
    }
    let play = Play {
        role: String::new(),
        folder: killed.folder.path().to_owned(),
        keys: keys.path().to_owned(),
        account,
        room: room.clone(),
        first: 0,
        count: 0,
        run: 0,
    };
    (killed, other, room, play, keys)
}

/// The events whose text another one has too: whether the server has two of them, or one is shown twice.
fn twice(conversation: &Conversation) -> Vec<(String, Option<String>)> {
    let events = conversation.rows.iter().filter_map(|row| match &row.content {
        ItemContent::Event { event } => Some((text(&event.body)?.to_owned(), event.event_id.clone().map(|id| id.0))),
        _ => None,
    });
    let all: Vec<_> = events.collect();
    all.iter().filter(|one| all.iter().filter(|other| other.0 == one.0).count() > 1).cloned().collect()
}

/// Pulls and pages until everything is there that `fits` asks for. Gives up when nothing has changed for a minute.
async fn complete(who: &str, conversation: &mut Conversation, fits: impl Fn(&[String]) -> Result<(), String>) {
    let (mut deadline, mut before) = (Instant::now() + Duration::from_secs(60), 0);
    loop {
        conversation.drain().await;
        let now = texts(&conversation.rows).len();
        if std::mem::replace(&mut before, now) != now {
            deadline = Instant::now() + Duration::from_secs(60);
        }
        match fits(&texts(&conversation.rows)) {
            Ok(()) if undecryptable(conversation) == 0 => return,
            trouble if Instant::now() > deadline => {
                let (shown, twice) = (texts(&conversation.rows), twice(conversation));
                let undecryptable = undecryptable(conversation);
                panic!("{who}: {trouble:?}, {undecryptable} undecryptable, twice {twice:?}, shown {shown:?}");
            }
            _ => {}
        }
        let page = timeout(Duration::from_secs(60), conversation.timeline.paginate_back(100)).await;
        page.unwrap_or_else(|_| panic!("{who}: a page does not come")).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_sending() {
    let mut chance = Chance::new();
    let (mut killed, other, room, mut play, _keys) = scene().await;
    play.role = "send".into();
    let run = tokio::task::spawn_blocking(move || {
        // What was confirmed, and what may have been.
        let (mut sure, mut perhaps) = (Vec::new(), Vec::new());
        for kill in 0..KILLS {
            (play.run, play.first) = (kill, sure.len());
            play.count = (MESSAGES - sure.len()).div_ceil(KILLS - kill).min(MESSAGES - sure.len());
            let mut child = play.start();
            let heard = hear(&mut child);
            let target = match chance.below(3) {
                // While it starts.
                0 => None,
                // Between two messages.
                1 => Some(play.first + chance.below(play.count.max(1) as u64) as usize),
                // While they leave.
                _ => Some(play.first + play.count.saturating_sub(1)),
            };
            let mut line = String::new();
            let reached = |line: &str| match target {
                None => line == "open",
                Some(target) => line == "all" || line == format!("sent {target}"),
            };
            // The last must send what is left.
            let reached = |line: &str| if kill + 1 == KILLS { line == "all" } else { reached(line) };
            while !reached(&line) {
                line = heard.recv_timeout(Duration::from_secs(60)).unwrap_or_else(|_| panic!("run {kill}: silence"));
                if let Some(number) = line.strip_prefix("sent ") {
                    sure.push(word(number.parse().unwrap(), kill));
                }
            }
            std::thread::sleep(Duration::from_millis(chance.below(150)));
            child.kill().unwrap();
            child.wait().unwrap();
            // Ends when the pipe does.
            for line in heard {
                if let Some(number) = line.strip_prefix("sent ") {
                    sure.push(word(number.parse().unwrap(), kill));
                }
            }
            perhaps.push(word(sure.len(), kill));
        }
        (sure, perhaps)
    });
    let (sure, perhaps) = run.await.unwrap();
    assert_eq!(sure.len(), MESSAGES);
    let fits = |shown: &[String]| {
        let certain: Vec<_> = shown.iter().filter(|text| !perhaps.contains(text)).collect();
        let mut once = shown.to_vec();
        once.sort();
        once.dedup();
        match certain == sure.iter().collect::<Vec<_>>() && once.len() == shown.len() {
            true => Ok(()),
            false => {
                let lost: Vec<_> = sure.iter().filter(|text| !shown.contains(text)).collect();
                Err(format!("{} shown, {} different, lost {lost:?}", shown.len(), once.len()))
            }
        }
    };
    let account = killed.session.account().id;
    killed.session = killed.accounts.open(&account).await.unwrap();
    let mut hers = killed.open(&room).await;
    complete("the sender", &mut hers, fits).await;
    let mut his = other.open(&room).await;
    complete("the other", &mut his, fits).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_receiving() {
    let mut chance = Chance::new();
    let (mut killed, other, room, mut play, _keys) = scene().await;
    play.role = "receive".into();
    let said: Vec<String> = (0..MESSAGES).map(|number| word(number, 0)).collect();
    let mut his = other.open(&room).await;
    let mut sent = 0;
    for kill in 0..KILLS {
        play.run = kill;
        let mut child = play.start();
        let heard = hear(&mut child);
        let count = (MESSAGES - sent).div_ceil(KILLS - kill);
        let (early, pause, batches) = (chance.below(3) == 0, chance.below(200), chance.below(6));
        let (go, going) = mpsc::channel();
        let watch = tokio::task::spawn_blocking(move || {
            let next = || heard.recv_timeout(Duration::from_secs(60)).unwrap_or_else(|_| panic!("run {kill}: silence"));
            while next() != "open" {}
            if !early {
                // Somewhere among what comes in: as many batches as there are, at most so many.
                let _ = going.recv();
                for _ in 0..batches {
                    let _ = heard.recv_timeout(Duration::from_millis(300));
                }
            }
            std::thread::sleep(Duration::from_millis(pause));
            child.kill().unwrap();
            child.wait().unwrap();
        });
        for text in &said[sent..sent + count] {
            his.timeline.send_text(text).await.unwrap();
        }
        // The first has left: what comes in can be cut anywhere from here on.
        his.event("on its way", |event| text(&event.body) == Some(&said[sent]) && event.event_id.is_some()).await;
        let _ = go.send(());
        let last = &said[sent + count - 1];
        his.event("all on their way", |event| text(&event.body) == Some(last) && event.event_id.is_some()).await;
        sent += count;
        watch.await.unwrap();
    }
    assert_eq!(sent, MESSAGES);
    let fits = |shown: &[String]| match shown == said {
        true => Ok(()),
        false => {
            let lost: Vec<_> = said.iter().filter(|text| !shown.contains(text)).collect();
            Err(format!("{} shown, lost {lost:?}", shown.len()))
        }
    };
    let account = killed.session.account().id;
    crate::trace::begin();
    killed.session = killed.accounts.open(&account).await.unwrap();
    let mut hers = killed.open(&room).await;
    complete("the receiver", &mut hers, fits).await;
}
