//! Files on a bad network, in a process that is killed, on a full disk: once, whole, or said to have failed.

use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use bulla_core::{Accounts, Session};
use bulla_model::{
    AccountId, Config, Failure, ItemContent, MediaKind, MessageBody, Missing, NetworkChange, RoomId, SendTrouble,
    SessionState, StorageTrouble, TimelineItem, UploadState,
};
use bulla_testkit::Fault;
use serde_json::json;
use tokio::time::{sleep, timeout};

use crate::{
    agent::{Agent, Conversation, meet, two, wait_state},
    kill::FileKeys,
    media::{all, arrives, draft, file, nothing_leaves, uploads},
    start::behind_proxy,
};

/// Says to this binary what its app is to do, see [`App`].
const APP: &str = "BULLA_MEDIA_APP";
const LARGE: usize = 64 << 20;

/// How many files of this name a conversation shows.
fn count(rows: &[TimelineItem], wanted: &str) -> usize {
    let named = |row: &&TimelineItem| match &row.content {
        ItemContent::Event { event } => matches!(&event.body, MessageBody::Media { name, .. } if name == wanted),
        _ => false,
    };
    rows.iter().filter(named).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_lost_at_every_tenth_loses_and_doubles_nothing() {
    let (proxy, alice, bob, room) = behind_proxy().await;
    let (mut hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    let folder = tempfile::tempdir().unwrap();
    // Larger than what sockets hold by themselves, so that each tenth is a place of its own.
    let size = 8 << 20;
    let path = file(folder.path(), "tenths.bin", size);
    let whole = fs::read(&path).unwrap();

    // On its way out: it goes on by itself. Answers come late, so that the file has not left before the network goes.
    let late = Fault::Delay { millis: 1000 };
    proxy.set(late.clone()).await.unwrap();
    hers.timeline.send_media(draft(&path, MediaKind::File)).await.unwrap();
    let stream = alice.session.uploads().unwrap();
    let mut cuts = 0;
    for tenth in 1..10 {
        let far = size as u64 * tenth / 10;
        let gone = uploads(&stream, |rows| (rows.is_empty() || rows[0].sent >= far).then_some(rows.is_empty())).await;
        if gone {
            break;
        }
        proxy.set(Fault::Reset).await.unwrap();
        // It was cut where it begins anew.
        let gone = uploads(&stream, |rows| (rows.is_empty() || rows[0].sent < far).then_some(rows.is_empty())).await;
        if gone {
            break;
        }
        cuts += 1;
        proxy.set(late.clone()).await.unwrap();
    }
    proxy.heal().await.unwrap();
    nothing_leaves(&alice.session).await;
    assert!(cuts >= 6, "the network was lost {cuts} times only while the file left");
    let (id, _) = arrives(&mut his, "tenths.bin").await;
    assert!(all(&his.timeline.media(&id).await.unwrap()).await == whole);
    hers.event("delivered", |event| event.mine && event.send_state == bulla_model::SendState::Delivered).await;

    // On its way in: asked again, it comes.
    let size = 1 << 20;
    let path = file(folder.path(), "tenths.bin", size);
    let whole = fs::read(&path).unwrap();
    his.timeline.send_media(draft(&path, MediaKind::File)).await.unwrap();
    let named = |event: &bulla_model::EventItem| !event.mine && matches!(event.body, MessageBody::Media { .. });
    let (row, _) = hers.event("his file", named).await;
    let media = hers.timeline.media(&row.id).await.unwrap();
    for tenth in 1..10 {
        proxy.set(Fault::Truncate { bytes: size / 10 * tenth }).await.unwrap();
        assert_eq!(media.open().await.err(), Some(Failure::Offline), "{tenth}");
        let state = media.states().next().await.unwrap().unwrap();
        assert_eq!((state.here, state.transfer), (false, None), "{tenth}");
    }
    proxy.heal().await.unwrap();
    assert!(all(&media).await == whole);

    // Cancelled half-way: nothing of it stays.
    drop(media);
    alice.session.clear_media().await.unwrap();
    let media = hers.timeline.media(&row.id).await.unwrap();
    proxy.set(Fault::Delay { millis: 2000 }).await.unwrap();
    let states = media.states();
    assert_eq!(states.next().await.unwrap().unwrap().transfer, None);
    let opening = tokio::spawn({
        let media = media.clone();
        async move { media.open().await.map(drop) }
    });
    while states.next().await.unwrap().unwrap().transfer.is_none() {}
    opening.abort();
    while states.next().await.unwrap().unwrap().transfer.is_some() {}
    assert_eq!(alice.session.media_storage().await.unwrap().files, 0);
    proxy.heal().await.unwrap();
    his.drain().await;
    assert_eq!(count(&his.rows, "tenths.bin"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_network_a_file_waits_and_leaves_once_when_there_is_one() {
    let (proxy, alice, bob, room) = behind_proxy().await;
    let (hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "tunnel.bin", 1 << 20);
    // It is taken, and no answer comes.
    proxy.set(Fault::Stall).await.unwrap();
    hers.timeline.send_media(draft(&path, MediaKind::File)).await.unwrap();
    let stream = alice.session.uploads().unwrap();
    let is = |state: UploadState| {
        move |rows: &[bulla_model::Upload]| rows.first().filter(|row| row.state == state).map(|row| row.sent)
    };
    let leaves = |rows: &[bulla_model::Upload]| is(UploadState::Uploading)(rows).filter(|sent| *sent > 0);
    uploads(&stream, leaves).await;
    alice.session.network_changed(NetworkChange::Lost);
    // Sooner than an upload is given up in which nothing moves.
    let waits = timeout(Duration::from_secs(30), uploads(&stream, is(UploadState::Waiting))).await;
    assert_eq!(waits.expect("it waits"), 0);
    proxy.heal().await.unwrap();
    alice.session.network_changed(NetworkChange::Available);
    nothing_leaves(&alice.session).await;
    let (id, _) = arrives(&mut his, "tunnel.bin").await;
    assert!(all(&his.timeline.media(&id).await.unwrap()).await == fs::read(&path).unwrap());
    his.drain().await;
    assert_eq!(count(&his.rows, "tunnel.bin"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_back_does_not_leave_and_what_leaves_is_not_taken_back() {
    let (alice, bob, room) = two().await;
    let (hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    let folder = tempfile::tempdir().unwrap();
    let mut left = Vec::new();
    // Earlier and later in what sending is, so that both happen at some time.
    for millis in (0..200).step_by(20) {
        let name = format!("repris-{millis}.txt");
        let path = file(folder.path(), &name, 100);
        let id = hers.timeline.send_media(draft(&path, MediaKind::File)).await.unwrap();
        sleep(Duration::from_millis(millis)).await;
        if !alice.session.cancel_upload(&id).await.unwrap() {
            left.push(name);
        }
    }
    nothing_leaves(&alice.session).await;
    hers.timeline.send_media(draft(&file(folder.path(), "fin.txt", 100), MediaKind::File)).await.unwrap();
    arrives(&mut his, "fin.txt").await;
    for millis in (0..200).step_by(20) {
        let name = format!("repris-{millis}.txt");
        assert_eq!(count(&his.rows, &name), usize::from(left.contains(&name)), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_refuses_is_said_and_can_be_tried_again() {
    let (proxy, alice, bob, room) = behind_proxy().await;
    let (hers, mut his) = (alice.open(&room).await, bob.open(&room).await);
    let folder = tempfile::tempdir().unwrap();
    let send = |name: &'static str| hers.timeline.send_media(draft(&file(folder.path(), name, 100), MediaKind::File));
    let too_large = json!({"errcode": "M_TOO_LARGE", "error": "no"});
    proxy.set(Fault::respond(413, Some("/upload"), &too_large)).await.unwrap();
    let first = send("premier.txt").await.unwrap();
    let stream = alice.session.uploads().unwrap();
    let failed = |rows: &[bulla_model::Upload]| {
        rows.iter().any(|row| row.state == UploadState::Failed { why: SendTrouble::TooLarge }).then_some(())
    };
    uploads(&stream, failed).await;
    // It stops nothing that comes after it.
    proxy.heal().await.unwrap();
    send("second.txt").await.unwrap();
    arrives(&mut his, "second.txt").await;
    alice.session.retry_upload(&first).await.unwrap();
    let (id, _) = arrives(&mut his, "premier.txt").await;
    assert_eq!(alice.session.retry_upload(&first).await, Err(Failure::NotFound { what: Missing::Media }));
    assert_eq!(alice.session.cancel_upload(&first).await, Ok(false));

    // What the server no longer has.
    let (front, carol) = {
        let deployment = crate::agent::deployment().await;
        let front = deployment.proxy(1).await.unwrap();
        let carol = Agent::at(deployment.new_user(1).await.unwrap(), &front.url()).await;
        (front, carol)
    };
    let theirs = meet(&bob, &carol).await;
    bob.open(&theirs)
        .await
        .timeline
        .send_media(draft(&file(folder.path(), "parti.txt", 50), MediaKind::File))
        .await
        .unwrap();
    let mut hers = carol.open(&theirs).await;
    let (gone, _) = arrives(&mut hers, "parti.txt").await;
    let media = hers.timeline.media(&gone).await.unwrap();
    front
        .set(Fault::respond(404, Some("/media/download"), &json!({"errcode": "M_NOT_FOUND", "error": "no"})))
        .await
        .unwrap();
    assert_eq!(media.open().await.err(), Some(Failure::NotFound { what: Missing::Media }));
    front.heal().await.unwrap();
    all(&media).await;
    all(&his.timeline.media(&id).await.unwrap()).await;
}

/// One person's app in a process of its own.
struct App {
    child: Child,
    lines: std::sync::mpsc::Receiver<String>,
}

impl App {
    /// Starts it over what `agent` had, which is closed. `wrapped` is what the process runs in, if anything.
    fn start(role: &str, folder: &Path, keys: &Path, account: &AccountId, room: &RoomId, wrapped: &[&str]) -> Self {
        let said = [role, &folder.display().to_string(), &keys.display().to_string(), &account.0, &room.0].join("\n");
        let this = env::current_exe().unwrap();
        let (program, arguments) = match wrapped {
            [] => (this.clone(), Vec::new()),
            [program, arguments @ ..] => {
                let this = this.to_string_lossy().into_owned();
                (program.into(), arguments.iter().map(|it| (*it).to_owned()).chain([this]).collect())
            }
        };
        let mut child = Command::new(program)
            .args(arguments)
            .args(["--exact", "media_faults::the_app_of_the_other_tests", "--nocapture", "--test-threads", "1"])
            .env(APP, said)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = child.stdout.take().unwrap();
        let (said, lines) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if let Some(line) = line.strip_prefix("BULLA ") {
                    let _ = said.send(line.to_owned());
                }
            }
        });
        Self { child, lines }
    }

    /// Waits for a line that is wanted; none when the process ended before.
    fn hears(&self, wanted: impl Fn(&str) -> bool) -> Option<String> {
        while let Ok(line) = self.lines.recv_timeout(crate::agent::DEADLINE) {
            if wanted(&line) {
                return Some(line);
            }
        }
        None
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "\nBULLA {line}");
    let _ = out.flush();
}

/// Closes an agent, and puts their keys into files, for an app in another process.
async fn handed_over(agent: &Agent) -> tempfile::TempDir {
    agent.session.shutdown().await.unwrap();
    let keys = tempfile::tempdir().unwrap();
    for (name, key) in agent.keys.all() {
        fs::write(keys.path().join(name), key).unwrap();
    }
    keys
}

/// No test of its own: what a child does.
#[tokio::test(flavor = "multi_thread")]
async fn the_app_of_the_other_tests() {
    let Ok(said) = env::var(APP) else { return };
    crate::trace::begin();
    let said: Vec<&str> = said.split('\n').collect();
    let [role, folder, keys, account, room] = said[..] else { panic!("a role") };
    let config = Config { folder: folder.to_owned(), device_name: "Bulla apart".into(), trust: None };
    let accounts = Accounts::new(config, Arc::new(FileKeys(PathBuf::from(keys)))).unwrap();
    let session = accounts.open(&AccountId(account.into())).await.unwrap();
    wait_state(&session.states(), |state| *state == SessionState::Live).await;
    let conversation = Conversation::of(session.room(&RoomId(room.into())).await.unwrap()).await;
    match role {
        "resume" => leave(&session).await,
        "measure" => measure(&session, conversation, Path::new(folder)).await,
        "full" => fill(conversation, Path::new(folder)).await,
        path => {
            conversation.timeline.send_media(draft(Path::new(path), MediaKind::File)).await.unwrap();
            say("taken");
            leave(&session).await;
        }
    }
}

/// Tells how far what goes out has come.
async fn leave(session: &Session) {
    let stream = session.uploads().unwrap();
    loop {
        let rows = stream.next().await.unwrap().unwrap();
        match rows.first() {
            Some(row) => say(&format!("sent {}", row.sent * 100 / row.size)),
            None => say("gone"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_a_file_leaves_it_arrives_once() {
    let (alice, bob, room) = two().await;
    let (account, keys) = (alice.session.account().id, handed_over(&alice).await);
    let mut his = bob.open(&room).await;
    let folder = tempfile::tempdir().unwrap();
    for (round, kills) in [[5, 50, 95], [0, 100, 100], [80, 100, 0]].into_iter().enumerate() {
        let name = format!("tué-{round}.bin");
        let path = file(folder.path(), &name, 24 << 20);
        let mut role = path.display().to_string();
        for percent in kills {
            let app = App::start(&role, alice.folder.path(), keys.path(), &account, &room, &[]);
            let far = |line: &str| {
                line == "gone" || line.strip_prefix("sent ").is_some_and(|it| it.parse::<u64>().unwrap() >= percent)
            };
            assert!(app.hears(far).is_some(), "{name} {percent}");
            drop(app);
            "resume".clone_into(&mut role);
        }
        let app = App::start(&role, alice.folder.path(), keys.path(), &account, &room, &[]);
        assert!(app.hears(|line| line == "gone").is_some(), "{name}");
        // The outbox sends what was left to it, also in this run.
        let (id, _) = arrives(&mut his, &name).await;
        assert!(all(&his.timeline.media(&id).await.unwrap()).await == fs::read(&path).unwrap());
        drop(app);
        his.drain().await;
        assert_eq!(count(&his.rows, &name), 1, "{name}");
    }
}

/// What this process takes of memory, and took at most, in kilobytes.
fn memory(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim_start_matches(':').trim().trim_end_matches(" kB").parse().unwrap()
}

/// Sends a large file and fetches it again, and says how much memory that took.
async fn measure(session: &Session, mut conversation: Conversation, folder: &Path) {
    // Once, so that what is taken for good is taken.
    let folder = folder.join("measured");
    fs::create_dir_all(&folder).unwrap();
    let mut before = 0;
    for (name, size) in [("warm.bin", 1 << 20), ("large.bin", LARGE)] {
        let path = folder.join(name);
        fs::File::create(&path).unwrap().set_len(size as u64).unwrap();
        before = memory("VmRSS");
        conversation.timeline.send_media(draft(&path, MediaKind::File)).await.unwrap();
        say("taken");
        let (id, _) = arrives(&mut conversation, name).await;
        say("arrived");
        uploads(&session.uploads().unwrap(), |rows| rows.is_empty().then_some(())).await;
        session.clear_media().await.unwrap();
        let open = conversation.timeline.media(&id).await.unwrap().open().await.unwrap();
        say("opened");
        open.save(&folder.join("copy").display().to_string()).await.unwrap();
        assert_eq!(fs::metadata(folder.join("copy")).unwrap().len(), size as u64);
    }
    say(&format!("grew {}", memory("VmHWM").saturating_sub(before)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_file_takes_no_more_memory_than_a_small_one() {
    if !cfg!(target_os = "linux") {
        return println!("SKIPPED a_large_file_takes_no_more_memory_than_a_small_one: it reads /proc");
    }
    let (alice, _bob, room) = two().await;
    let (account, keys) = (alice.session.account().id, handed_over(&alice).await);
    let app = App::start("measure", alice.folder.path(), keys.path(), &account, &room, &[]);
    let grew = app.hears(|line| line.starts_with("grew")).expect("measured");
    let grew: u64 = grew.trim_start_matches("grew ").parse().unwrap();
    println!("{grew} kB for {LARGE} bytes there and back");
    assert!(grew < 16 << 10, "{grew} kB");
}

/// Fetches a file onto a disk that has no room for it, then onto one that has.
async fn fill(mut conversation: Conversation, disk: &Path) {
    let (id, _) = arrives(&mut conversation, "large.bin").await;
    let media = conversation.timeline.media(&id).await.unwrap();
    let ballast = disk.join("ballast");
    let mut file = fs::File::create(&ballast).unwrap();
    while file.write(&[1; 4096]).is_ok() {}
    drop(file);
    let refused = media.open().await.err();
    let left: Vec<_> = walk(disk).into_iter().filter(|path| path.extension().is_some_and(|it| it == "part")).collect();
    fs::remove_file(&ballast).unwrap();
    assert_eq!(refused, Some(Failure::Storage { trouble: StorageTrouble::Full }));
    assert!(left.is_empty());
    assert_eq!(all(&media).await.len(), 3 << 20);
    say("fetched");
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_said_while_a_file_comes_and_leaves_nothing() {
    let (alice, bob, room) = two().await;
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "large.bin", 3 << 20);
    let mut his = bob.open(&room).await;
    his.timeline.send_media(draft(&path, MediaKind::File)).await.unwrap();
    arrives(&mut his, "large.bin").await;
    uploads(&bob.session.uploads().unwrap(), |rows| rows.is_empty().then_some(())).await;
    let (account, keys) = (alice.session.account().id, handed_over(&alice).await);
    let (disk, home) = (tempfile::tempdir().unwrap(), alice.folder.path().display().to_string());
    let here = disk.path().display().to_string();
    let script = "mount -t tmpfs -o size=24m tmpfs \"$0\" && cp -R \"$1\"/. \"$0\" || { echo; echo BULLA skipped; exit; }; shift; exec \"$@\"";
    let wrapped = ["unshare", "-Urm", "sh", "-c", script, &here, &home];
    let app = App::start("full", disk.path(), keys.path(), &account, &room, &wrapped);
    match app.hears(|line| line == "fetched" || line == "skipped").as_deref() {
        Some("fetched") => {}
        _ if Command::new("unshare").args(["-Urm", "true"]).status().is_ok_and(|it| it.success()) => {
            panic!("the app on a small disk did not fetch it")
        }
        _ => println!(
            "SKIPPED a_full_disk_is_said_while_a_file_comes_and_leaves_nothing: no name space of one's own here"
        ),
    }
}
