//! What has ended, was opened or was deleted is in no file any more; a kill in between changes nothing of that; and rooms keep what is said as
//! long as their server does.

use std::{
    collections::HashSet,
    env, fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use bulla_core::Accounts;
use bulla_model::{
    AccountId, Config, EventItem, Failure, KeyStore, Lifetime, MessageBody, MessagePreview, Missing, RoomFilter,
    RoomId, apply_room_changes,
};
use bulla_testkit::mock::{self, Mock, World, room_id};
use hkdf::Hkdf;
use matrix_sdk::{SqliteEventCacheStore, SqliteStateStore, SqliteStoreConfig};
use matrix_sdk_base::{StateStore, event_cache::store::EventCacheStore, store::RoomLoadSettings};
use serde_json::json;
use sha2::Sha256;
use tokio::time::{sleep, timeout};

use crate::{
    agent::{Agent, Conversation, DEADLINE, text, texts, two},
    disk::files,
    endings::{MINUTE, SENT, draft, gone, later},
    kill::FileKeys,
    masses::{by, camille},
    office::{agent_of, office},
    pages::{holding, of_file, of_log},
    plain::{Plain, escape},
};

/// Says to this binary that it opens a message.
const OPENS: &str = "BULLA_ONCE";
/// Stretches of a file that are looked for elsewhere.
const STRETCH: usize = 256;
/// The size of the SDK's pages.
const PAGE: usize = 4_096;
/// When something was said that is to be old, and how far ahead a clock is then: the mock's room keeps it for five years.
pub const OLD: u64 = 1_680_000_000_000;
pub const LATER: Duration = Duration::from_secs(2 * 365 * 24 * 3600);
/// What pages of an index begin with.
const INDEX: [u8; 2] = [2, 10];

/// A text that fills many pages.
fn long(word: &str) -> String {
    (0..1_200).map(|at| format!("{word}{at} ")).collect()
}

/// A file of this agent's account.
pub fn account_file(agent: &Agent, name: &str) -> PathBuf {
    agent.folder.path().join(&agent.session.account().id.0).join(name)
}

/// A key of this agent's account.
fn key(agent: &Agent, purpose: &str) -> [u8; 32] {
    let account = &agent.keys.all()[&format!("bulla.account.{}", agent.session.account().id.0)];
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(None, account).expand(purpose.as_bytes(), &mut key).unwrap();
    key
}

/// What the SDK's stores tell of a room to whoever has their key: its events, what stands beside the room, and what waits to be sent.
async fn told_by_sdk(agent: &Agent, room: &RoomId) -> String {
    let key = key(agent, "bulla sdk stores v1");
    let stores = SqliteStoreConfig::new(account_file(agent, "sdk")).key(Some(&key));
    let id = ruma::RoomId::parse(&room.0).unwrap();
    let events = SqliteEventCacheStore::open_with_config(&stores).await.unwrap();
    let events = events.get_room_events(&id, None, None).await.unwrap();
    let mut told: Vec<String> = events.iter().map(|event| event.raw().json().get().to_owned()).collect();
    let state = SqliteStateStore::open_with_config(&stores).await.unwrap();
    let rooms = state.get_room_infos(&RoomLoadSettings::One(id.clone())).await.unwrap();
    told.extend(rooms.iter().map(|room| serde_json::to_string(room).unwrap()));
    let waiting = state.load_send_queue_requests(&id).await.unwrap();
    told.extend(waiting.iter().map(|waiting| serde_json::to_string(&waiting.kind).unwrap()));
    told.join("\n")
}

/// Waits until the SDK tells nothing of a text.
async fn not_told(agent: &Agent, room: &RoomId, said: &str) {
    let gone = async {
        while told_by_sdk(agent, room).await.contains(said) {
            sleep(Duration::from_millis(250)).await;
        }
    };
    timeout(DEADLINE, gone).await.expect("the SDK tells of it still");
}

/// All pages of our own files and of their logs, free ones too.
pub fn our_pages(agent: &Agent) -> Vec<Vec<u8>> {
    let key = key(agent, "bulla store v1");
    let store = account_file(agent, "bulla.db");
    let files = [store.clone(), store.with_extension("db.ledger")];
    let pages = |path: &PathBuf| [of_file(path, &key), of_log(path, &key)].concat();
    files.iter().flat_map(pages).collect()
}

/// On how many of them a text is.
pub fn pages(agent: &Agent, said: &str) -> usize {
    holding(&our_pages(agent), said)
}

/// Waits until a message is in all our files that hold such, and the preview of it too.
async fn kept(agent: &Agent, room: &RoomId, said: &str) {
    let shown = |last: &MessagePreview| text(&last.body).is_some_and(|text| text.starts_with(said));
    agent.room(|row| row.id == *room && row.last.as_ref().is_some_and(shown)).await;
    let kept = async {
        while pages(agent, said) == 0 {
            sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(DEADLINE, kept).await.expect("it is found while it is there");
}

/// Waits until no page of ours holds a text.
pub async fn on_no_page(agent: &Agent, said: &str) {
    let gone = async {
        while pages(agent, said) > 0 {
            sleep(Duration::from_millis(250)).await;
        }
    };
    assert!(timeout(DEADLINE, gone).await.is_ok(), "on {} pages still", pages(agent, said));
}

/// All stretches of the pages of the SDK's files and logs that hold anything. A page is the same in a log as in its file. Pages of indexes, which
/// hold hashes of ids and stay, are left out.
pub fn stretches(agent: &Agent) -> HashSet<Vec<u8>> {
    let mut found = HashSet::new();
    for (path, bytes) in files(agent.folder.path()) {
        let name = path.to_string_lossy();
        if name.contains("event-cache") || name.contains("-state") {
            let (header, frame) = if name.ends_with("-wal") { (32, 24) } else { (0, 0) };
            let pages = bytes.get(header..).unwrap_or_default().chunks_exact(frame + PAGE).map(|page| &page[frame..]);
            let pages = pages.filter(|page| !INDEX.contains(&page[0]));
            found.extend(pages.flat_map(|page| page.chunks(STRETCH)).map(<[u8]>::to_vec));
        }
    }
    found.retain(|stretch| stretch.iter().collect::<HashSet<_>>().len() > STRETCH / 8);
    found
}

/// Waits until next to nothing of what came with a message is left in the files.
pub async fn erased(agent: &Agent, came: &HashSet<Vec<u8>>) {
    let left = async {
        loop {
            let left = stretches(agent).intersection(came).count();
            if left * 10 < came.len() {
                return;
            }
            sleep(Duration::from_millis(500)).await;
        }
    };
    let all = timeout(DEADLINE, left).await;
    assert!(all.is_ok(), "{} of {} stretches are left", stretches(agent).intersection(came).count(), came.len());
}

async fn arrived(his: &mut Conversation, word: &str) {
    his.event(word, |event| text(&event.body).is_some_and(|text| text.starts_with(word))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_what_ended_or_was_deleted_is_left_in_a_file() {
    let (alice, bob, room) = two().await;
    let (mut hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    hers.timeline.send_text("reste").await.unwrap();
    his.text("reste").await;
    let before = stretches(&bob);
    hers.timeline.send(&draft(&long("passe"), SENT)).await.unwrap();
    arrived(&mut his, "passe").await;
    kept(&bob, &room, "passe0 ").await;
    let came: HashSet<_> = stretches(&bob).difference(&before).cloned().collect();
    assert!(came.len() > 30, "{} stretches came with it", came.len());
    assert!(told_by_sdk(&bob, &room).await.contains("passe0 "), "it is found while it is there");
    later(&bob, MINUTE + Duration::from_secs(5));
    later(&alice, MINUTE + Duration::from_secs(5));
    gone(&mut his, &long("passe")).await;
    erased(&bob, &came).await;
    for agent in [&alice, &bob] {
        on_no_page(agent, "passe").await;
        not_told(agent, &room, "passe0 ").await;
    }

    let before = stretches(&bob);
    hers.timeline.send_text(&long("retire")).await.unwrap();
    arrived(&mut his, "retire").await;
    kept(&bob, &room, "retire0 ").await;
    let came: HashSet<_> = stretches(&bob).difference(&before).cloned().collect();
    assert!(came.len() > 30, "{} stretches came with it", came.len());
    let mine = |event: &EventItem| {
        text(&event.body).is_some_and(|text| text.starts_with("retire"))
            && event.send_state == bulla_model::SendState::Delivered
    };
    let (row, _) = hers.event("hers", mine).await;
    hers.timeline.redact(&row.id, None).await.unwrap();
    his.event("its deletion", |event| event.body == MessageBody::Redacted).await;
    erased(&bob, &came).await;
    for agent in [&alice, &bob] {
        on_no_page(agent, "retire").await;
        not_told(agent, &room, "retire0 ").await;
        assert!(told_by_sdk(agent, &room).await.contains("reste"), "what stays is told");
        assert!(pages(agent, "reste") > 0, "what stays is found");
    }
}

/// No test of its own: opens the one message of a room, and says so, until it is killed.
#[tokio::test(flavor = "multi_thread")]
async fn the_app_that_opens() {
    let Ok(said) = env::var(OPENS) else { return };
    let said: Vec<&str> = said.split('\n').collect();
    let [folder, keys, account, room] = said[..] else { return };
    let config = Config { folder: folder.into(), device_name: "Bulla killed".into(), trust: None };
    let accounts = Accounts::new(config, Arc::new(FileKeys(PathBuf::from(keys)))).unwrap();
    let session = accounts.open(&AccountId(account.into())).await.unwrap();
    let mut conversation = Conversation::of(session.room(&RoomId(room.into())).await.unwrap()).await;
    let (row, event) = conversation.event("it", once).await;
    println!("shown");
    if event.body == MessageBody::Opened {
        println!("was opened");
    } else if let Ok(opened) = conversation.timeline.open_once(&row.id).await {
        println!("gave {}", text(&opened.body()).unwrap());
    }
    std::future::pending().await
}

fn once(event: &EventItem) -> bool {
    matches!(event.body, MessageBody::Covered { .. } | MessageBody::Opened)
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_it_opens_it_gives_once_at_most() {
    let (alice, bob) = tokio::join!(Agent::on(0), Agent::on(1));
    let room = crate::agent::meet(&alice, &bob).await;
    alice.open(&room).await.timeline.send(&draft("une fois", Lifetime::Once)).await.unwrap();
    let account = bob.session.account().id;
    {
        let mut his = bob.open(&room).await;
        his.event("the cover", once).await;
    }
    bob.session.shutdown().await.unwrap();
    let keys = tempfile::tempdir().unwrap();
    for (name, key) in bob.keys.all() {
        FileKeys(keys.path().to_owned()).save(name, key).unwrap();
    }
    let (mut given, mut opened) = (0, false);
    // The last one is let come to its end.
    for wait in [Some(0_u64), Some(20), Some(80), None] {
        let said = [&bob.folder.path().display().to_string(), &keys.path().display().to_string(), &account.0, &room.0];
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "endings_erased::the_app_that_opens", "--nocapture", "--test-threads", "1"])
            .env(OPENS, said.map(String::as_str).join("\n"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let reader = std::thread::spawn(move || {
            let mut lines = Vec::new();
            let (tell, told) = std::sync::mpsc::channel();
            let read = std::thread::spawn(move || {
                for line in out.lines().map_while(Result::ok) {
                    let over = line.contains("gave") || line.contains("was opened");
                    if over || (wait.is_some() && line.contains("shown")) {
                        let _ = tell.send(());
                    }
                    lines.push(line);
                }
                lines
            });
            let _ = told.recv_timeout(DEADLINE);
            std::thread::sleep(Duration::from_millis(wait.unwrap_or_default()));
            let _ = child.kill();
            let _ = child.wait();
            read.join().unwrap()
        });
        let lines = reader.join().unwrap();
        assert!(lines.iter().any(|line| line.contains("shown")), "the child got so far");
        opened |= lines.iter().any(|line| line.contains("was opened"));
        given += lines.iter().filter(|line| line.contains("gave une fois")).count();
        assert!(given <= 1 && !(opened && lines.iter().any(|line| line.contains("gave"))), "{lines:?}");
    }
    assert!(opened || given == 1, "somebody opened it in the end");
    let session = bob.accounts.open(&account).await.unwrap();
    let mut his = Conversation::of(session.room(&room).await.unwrap()).await;
    let (row, _) = his.event("that it is gone", |event| event.body == MessageBody::Opened).await;
    assert_eq!(his.timeline.open_once(&row.id).await.err(), Some(Failure::NotFound { what: Missing::Event }));
}

/// What the room's rule says goes from the list, from the disk and from what the server tells, and what is newer stays.
#[tokio::test(flavor = "multi_thread")]
async fn a_room_keeps_what_is_said_as_long_as_its_server_does() {
    let (alice, bob, room) = two().await;
    let (hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    hers.timeline.send_text("ancien").await.unwrap();
    let (_, event) = his.text("ancien").await;
    let (old, plain) = (event.event_id.unwrap().0, Plain::of(&alice.user).await);
    let path = format!("/rooms/{}/state/m.room.retention/", escape(room.as_str()));
    plain.ok("PUT", &path, json!({"max_lifetime": 5_000})).await;
    bob.room(|row| row.id == room && row.retention == Some(Duration::from_secs(5))).await;
    assert_eq!(his.room.retention().await.unwrap().effective, Some(Duration::from_secs(5)));
    gone(&mut his, "ancien").await;
    let page = plain.get(&format!("/rooms/{}/messages?dir=b&limit=100", escape(room.as_str()))).await;
    assert!(!page["chunk"].to_string().contains(&old), "the server tells nothing of it");
    his.timeline.send_text("nouveau").await.unwrap();
    his.text("nouveau").await;
    assert!(!texts(&his.rows).contains(&"ancien".to_owned()));
}

/// The same by the deployment: a manifest that comes shortens what its rooms keep, at once and before anything is shown at the next start.
#[tokio::test(flavor = "multi_thread")]
async fn rooms_keep_what_is_said_no_longer_than_their_deployment_does() {
    let Some(office) = office("rooms_keep_what_is_said_no_longer_than_their_deployment_does").await else { return };
    let day = Duration::from_secs(24 * 3600);
    let (alice, mut bob) = tokio::join!(Agent::on(0), agent_of(&office, &[]));
    let room = crate::agent::meet(&alice, &bob).await;
    alice.open(&room).await.timeline.send_text("ancien").await.unwrap();
    let mut his = bob.open(&room).await;
    his.text("ancien").await;
    kept(&bob, &room, "ancien").await;
    later(&bob, 3 * day);
    let says = |version, days: u32| office.manifest_saying(version, &[("retention", json!({"max_days": days}))]);
    bob.accounts.adopt_manifest(&says(3, 4)).unwrap();
    bob.room(|row| row.id == room && row.retention == Some(4 * day)).await;
    assert!(texts(&his.rows).contains(&"ancien".to_owned()), "it is not so old yet");

    let account = bob.session.account().id;
    drop(his);
    bob.session.shutdown().await.unwrap();
    bob.accounts.adopt_manifest(&says(4, 2)).unwrap();
    bob.session = bob.accounts.open(&account).await.unwrap();
    let list = bob.session.rooms(RoomFilter::All, 10).unwrap();
    let mut rows = Vec::new();
    apply_room_changes(&mut rows, list.next().await.unwrap().unwrap());
    let first = rows.into_iter().find(|row| row.id == room).unwrap();
    assert_eq!((first.retention, first.last.is_none()), (Some(2 * day), true), "the first batch holds to it");
    let mut his = bob.open(&room).await;
    his.drain().await;
    assert!(!texts(&his.rows).contains(&"ancien".to_owned()));
    on_no_page(&bob, "ancien").await;
}

/// Where many end at once, the file of events is written anew without the space they took.
#[tokio::test(flavor = "multi_thread")]
async fn the_space_that_many_took_is_given_back() {
    const MANY: usize = 600;
    let mock = Mock::start(World { rooms: 1, retention: true, ..World::default() }, None).await.unwrap();
    let camille = camille(&mock).await;
    let mut shown = camille.open(&RoomId(room_id(0))).await;
    let words = "mot ".repeat(75);
    let says = |n: usize| {
        let content = json!({"msgtype": "m.text", "body": format!("{n} {words}")});
        by(&mock::other_in(0), &format!("$event{n}"), "m.room.message", content)
    };
    for portion in 0..MANY / 200 {
        mock.send(0, (portion * 200..(portion + 1) * 200).map(says));
        let newest = format!("{} ", (portion + 1) * 200 - 1);
        shown.event("the newest", |event| text(&event.body).is_some_and(|text| text.starts_with(&newest))).await;
    }
    let file = account_file(&camille, "sdk/matrix-sdk-event-cache.sqlite3");
    let before = size(&file);
    later(&camille, Duration::from_secs(10 * 365 * 24 * 3600));
    let given = async {
        while size(&file) * 5 > before * 4 {
            sleep(Duration::from_millis(250)).await;
        }
    };
    assert!(timeout(DEADLINE, given).await.is_ok(), "{before} pages, then {}", size(&file));
}

/// How many pages a file of the SDK has, free ones too, as its log says or else the file (<https://www.sqlite.org/fileformat2.html>).
fn size(file: &Path) -> u32 {
    let number = |bytes: &[u8]| u32::from_be_bytes(bytes.try_into().unwrap());
    let log = fs::read(file.with_extension("sqlite3-wal")).unwrap_or_default();
    let frames = log.get(32..).unwrap_or_default().chunks_exact(24 + PAGE);
    let mut valid = frames.filter(|frame| frame[8..16] == log[16..24]).map(|frame| number(&frame[4..8]));
    valid.rfind(|pages| *pages > 0).unwrap_or_else(|| number(&fs::read(file).unwrap()[28..32]))
}
