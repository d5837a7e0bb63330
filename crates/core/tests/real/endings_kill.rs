//! A process killed while it erases what has ended, or what others deleted: the next start shows nothing of it, and goes on until it is gone.

use std::{
    collections::HashSet,
    env, fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use bulla_core::Accounts;
use bulla_model::{
    AccountId, Config, EventItem, KeyStore, RoomFilter, RoomId, SendState, TimelineItem, apply_room_changes,
    apply_timeline_changes,
};
use bulla_testkit::mock::{self, Mock, World, room_id};
use serde_json::json;

use crate::{
    agent::{Agent, DEADLINE, text, texts, two},
    endings::{MINUTE, SENT, draft, later},
    endings_erased::{LATER, OLD, account_file, erased, our_pages, pages, stretches},
    kill::{FileKeys, hear, say},
    masses::{by, camille},
    pages::holding,
};

/// Says to this binary that it is an app that erases.
const ERASES: &str = "BULLA_ERASES";
/// How many messages go at once.
const MESSAGES: usize = 20;
const SDK_LOG: &str = "sdk/matrix-sdk-event-cache.sqlite3-wal";
const OUR_LOG: &str = "bulla.db-wal";
/// When the process is killed.
const KILLS: [Moment; 4] = [
    Moment::Said(0),
    // The SDK's events are being overwritten, and so are our rows.
    Moment::Grown(SDK_LOG, 40_000),
    Moment::Grown(SDK_LOG, 200_000),
    Moment::Grown(OUR_LOG, 16_000),
];
/// After how many of them one is sent that stays: near the end, where a conversation opens.
const STAYS_AFTER: usize = 15;

#[derive(Clone, Copy, Debug)]
enum Moment {
    /// So many milliseconds after it said what is waited for.
    Said(u64),
    /// When it has, and a log is as long as this. What empties the log may be faster than whoever looks: then it is killed after it has come to
    /// its end, and the next start has to show as little.
    Grown(&'static str, u64),
}

/// How long a log is waited for.
const GROWS: Duration = Duration::from_secs(10);

/// What only one message of a round says.
fn mark(round: usize, number: usize) -> String {
    format!("tour{round}numero{number}fin ")
}

fn stays(round: usize) -> String {
    format!("qui reste au tour {round}")
}

fn said(round: usize, number: usize) -> String {
    mark(round, number).repeat(300)
}

/// The numbers of a round's messages of which something is among `texts`.
fn numbers(texts: &[String], round: usize) -> HashSet<usize> {
    (0..MESSAGES).filter(|number| texts.iter().any(|text| text.contains(&mark(round, *number)))).collect()
}

/// No test of its own: an app with its clock ahead, which says what it shows no longer, until it is killed.
#[tokio::test(flavor = "multi_thread")]
async fn the_app_that_erases() {
    let Ok(orders) = env::var(ERASES) else { return };
    let orders: Vec<&str> = orders.split('\n').collect();
    let [folder, keys, account, room, round, ahead] = orders[..] else { return };
    let config = Config { folder: folder.into(), device_name: "Bulla killed".into(), trust: None };
    let accounts = Accounts::new(config, Arc::new(FileKeys(PathBuf::from(keys)))).unwrap();
    accounts.clock().set(ahead.parse().unwrap());
    let session = accounts.open(&AccountId(account.into())).await.unwrap();
    say("open");
    let round = round.parse().unwrap();
    let timeline = session.room(&RoomId(room.into())).await.unwrap().timeline().await.unwrap();
    let stream = timeline.items();
    let mut rows: Vec<TimelineItem> = Vec::new();
    let mut before = HashSet::new();
    loop {
        apply_timeline_changes(&mut rows, stream.next().await.unwrap().unwrap());
        let now = numbers(&texts(&rows), round);
        before.difference(&now).for_each(|number| say(&format!("gone {number}")));
        before = now;
    }
}

/// Starts it as this agent.
fn start(agent: &Agent, keys: &Path, room: &RoomId, round: usize, ahead: Duration) -> Child {
    let orders = [
        agent.folder.path().display().to_string(),
        keys.display().to_string(),
        agent.session.account().id.0,
        room.0.clone(),
        round.to_string(),
        ahead.as_millis().to_string(),
    ];
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "endings_kill::the_app_that_erases", "--nocapture", "--test-threads", "1"])
        .env(ERASES, orders.join("\n"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Kills it at a moment after it has said something that begins with `sign`; what it said.
async fn kill(mut child: Child, sign: &'static str, moment: Moment, agent: &Agent) -> Vec<String> {
    let grown = match moment {
        Moment::Said(_) => None,
        Moment::Grown(log, length) => Some((account_file(agent, log), length)),
    };
    let killed = tokio::task::spawn_blocking(move || {
        let heard = hear(&mut child);
        let mut lines: Vec<String> = Vec::new();
        while !lines.last().is_some_and(|line| line.starts_with(sign)) {
            lines.push(heard.recv_timeout(DEADLINE).unwrap_or_else(|_| panic!("no {sign:?} after {lines:?}")));
        }
        if let Moment::Said(wait) = moment {
            std::thread::sleep(Duration::from_millis(wait));
        }
        if let Some((log, length)) = grown {
            let enough = Instant::now() + GROWS;
            while fs::metadata(&log).map_or(0, |log| log.len()) < length && Instant::now() < enough {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        lines.extend(heard);
        lines
    });
    killed.await.unwrap()
}

/// This agent's keys, where another process can have them.
fn keys_of(agent: &Agent) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, key) in agent.keys.all() {
        FileKeys(folder.path().to_owned()).save(name, key).unwrap();
    }
    folder
}

/// What the first batches say, of the list and of the conversation.
async fn first_batches(agent: &Agent, room: &RoomId) -> Vec<String> {
    let (list, mut rooms) = (agent.session.rooms(RoomFilter::All, 10).unwrap(), Vec::new());
    apply_room_changes(&mut rooms, list.next().await.unwrap().unwrap());
    let preview = rooms.into_iter().find(|row| row.id == *room).unwrap().last;
    let timeline = agent.session.room(room).await.unwrap().timeline().await.unwrap();
    let (stream, mut rows) = (timeline.items(), Vec::new());
    apply_timeline_changes(&mut rows, stream.next().await.unwrap().unwrap());
    let preview = preview.and_then(|last| text(&last.body).map(str::to_owned));
    texts(&rows).into_iter().chain(preview).collect()
}

/// How many of a round's messages are on a page of our files.
fn left(agent: &Agent, round: usize) -> usize {
    let pages = our_pages(agent);
    (0..MESSAGES).filter(|number| holding(&pages, &mark(round, *number)) > 0).count()
}

/// Waits until all of a round's messages are shown and on our pages, and closes the session. Gives what came with them into the SDK's files.
async fn all_came(agent: &Agent, room: &RoomId, before: &HashSet<Vec<u8>>, round: usize) -> HashSet<Vec<u8>> {
    let mut his = agent.open(room).await;
    his.wait("all of them", |rows| (numbers(&texts(rows), round).len() == MESSAGES).then_some(())).await;
    until("all of them are on our pages", || left(agent, round) == MESSAGES).await;
    drop(his);
    agent.session.shutdown().await.unwrap();
    let came: HashSet<_> = stretches(agent).difference(before).cloned().collect();
    assert!(came.len() > 10 * MESSAGES, "{} stretches came with them", came.len());
    came
}

/// Nothing of a round is shown or in a file any more, and what stays is both.
async fn all_gone(agent: &Agent, room: &RoomId, came: &HashSet<Vec<u8>>, round: usize) {
    let mut his = agent.open(room).await;
    his.wait("none is shown", |rows| numbers(&texts(rows), round).is_empty().then_some(())).await;
    // What came meanwhile may be more than a sync tells of at once: what stays is behind a gap then.
    agent.live().await;
    let back = async {
        while !texts(&his.rows).contains(&stays(round)) {
            his.timeline.paginate_back(50).await.unwrap();
            his.drain().await;
        }
    };
    tokio::time::timeout(DEADLINE, back).await.expect("what stays is reached");
    until("none is on our pages", || left(agent, round) == 0).await;
    erased(agent, came).await;
    assert!(pages(agent, &stays(round)) > 0, "what stays is on our pages");
}

async fn until(what: &str, holds: impl Fn() -> bool) {
    let wait = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(DEADLINE, wait).await.unwrap_or_else(|_| panic!("{what}: not in time"));
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_it_erases_what_has_ended_it_goes_on() {
    let (alice, mut bob, room) = two().await;
    let (hers, keys) = (alice.open(&room).await, keys_of(&bob));
    let account = bob.session.account().id;
    let mut unfinished = Vec::new();
    for (round, moment) in KILLS.into_iter().enumerate() {
        let before = stretches(&bob);
        for number in 0..MESSAGES {
            if number == STAYS_AFTER {
                hers.timeline.send_text(&stays(round)).await.unwrap();
            }
            hers.timeline.send(&draft(&said(round, number), SENT)).await.unwrap();
        }
        let came = all_came(&bob, &room, &before, round).await;

        // Further ahead each time: the clock of endings goes on from where the last round left it.
        let ahead = (MINUTE + Duration::from_secs(30)) * (round as u32 + 1);
        kill(start(&bob, keys.path(), &room, round, ahead), "open", moment, &bob).await;
        unfinished.push((left(&bob, round), stretches(&bob).intersection(&came).count()));
        bob.accounts.clock().set(i64::try_from(ahead.as_millis()).unwrap());
        bob.session = bob.accounts.open(&account).await.unwrap();
        let first = first_batches(&bob, &room).await;
        assert!(first.contains(&stays(round)), "the tail is there");
        assert!(numbers(&first, round).is_empty(), "round {round}: none is shown again");
        all_gone(&bob, &room, &came, round).await;
        bob.accounts.clock().set(0);
        bob.live().await;
    }
    println!("left on our pages, and of the SDK's: {unfinished:?}");
    assert!(unfinished.iter().any(|(ours, _)| *ours > 0), "some kill came before the end: {unfinished:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_it_erases_what_a_room_keeps_no_longer_it_goes_on() {
    let mock = Mock::start(World { rooms: 1, retention: true, ..World::default() }, None).await.unwrap();
    let mut camille = camille(&mock).await;
    let (room, keys, account) = (RoomId(room_id(0)), keys_of(&camille), camille.session.account().id);
    let says = |id: String, words: String, at: Option<u64>| {
        let content = json!({"msgtype": "m.text", "body": words});
        let mut event = by(&mock::other_in(0), &id, "m.room.message", content);
        at.inspect(|at| event["origin_server_ts"] = json!(at));
        event
    };
    let mut unfinished = Vec::new();
    for (round, moment) in KILLS.into_iter().enumerate() {
        let before = stretches(&camille);
        let old = |number| says(format!("$old{round}x{number}"), said(round, number), Some(OLD));
        mock.send(0, (0..MESSAGES).map(old).chain([says(format!("$stays{round}"), stays(round), None)]));
        let came = all_came(&camille, &room, &before, round).await;

        kill(start(&camille, keys.path(), &room, round, LATER), "open", moment, &camille).await;
        unfinished.push((left(&camille, round), stretches(&camille).intersection(&came).count()));
        later(&camille, LATER);
        camille.session = camille.accounts.open(&account).await.unwrap();
        let first = first_batches(&camille, &room).await;
        assert!(first.contains(&stays(round)), "the tail is there");
        assert!(numbers(&first, round).is_empty(), "round {round}: none is shown again");
        all_gone(&camille, &room, &came, round).await;
        later(&camille, Duration::ZERO);
        camille.live().await;
    }
    println!("left on our pages, and of the SDK's: {unfinished:?}");
    assert!(unfinished.iter().any(|(ours, _)| *ours > 0), "some kill came before the end: {unfinished:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_it_erases_what_was_deleted_it_goes_on() {
    let (alice, mut bob, room) = two().await;
    let (mut hers, keys) = (alice.open(&room).await, keys_of(&bob));
    let account = bob.session.account().id;
    let mut unfinished = Vec::new();
    for (round, moment) in KILLS.into_iter().enumerate() {
        let before = stretches(&bob);
        for number in 0..MESSAGES {
            if number == STAYS_AFTER {
                hers.timeline.send_text(&stays(round)).await.unwrap();
            }
            hers.timeline.send_text(&said(round, number)).await.unwrap();
        }
        let came = all_came(&bob, &room, &before, round).await;
        for number in 0..MESSAGES {
            let sent = |event: &EventItem| {
                text(&event.body).is_some_and(|text| text.contains(&mark(round, number)))
                    && event.send_state == SendState::Delivered
            };
            let (row, _) = hers.event("hers", sent).await;
            hers.timeline.redact(&row.id, None).await.unwrap();
        }

        let lines = kill(start(&bob, keys.path(), &room, round, Duration::ZERO), "gone", moment, &bob).await;
        let heard = lines.iter().filter_map(|line| line.strip_prefix("gone ")?.parse().ok());
        let heard: HashSet<usize> = heard.collect();
        unfinished.push((left(&bob, round), stretches(&bob).intersection(&came).count()));
        bob.session = bob.accounts.open(&account).await.unwrap();
        let first = first_batches(&bob, &room).await;
        assert!(first.contains(&stays(round)), "the tail is there");
        let again: Vec<_> = numbers(&first, round).intersection(&heard).copied().collect();
        assert!(again.is_empty(), "round {round}: shown again: {again:?}");
        all_gone(&bob, &room, &came, round).await;
        bob.live().await;
    }
    println!("left on our pages, and of the SDK's: {unfinished:?}");
    assert!(unfinished.iter().any(|(ours, _)| *ours > 0), "some kill came before the end: {unfinished:?}");
}
