//! The disk full under a whole session. The session is this test binary, started again in a name space of its own, on a small disk.

use std::{
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use bulla_core::Accounts;
use bulla_model::{AccountId, Config, Failure, RoomId, SendState, SessionState, StorageTrouble};

use crate::{
    agent::{Agent, Conversation, meet, text, texts, wait_state},
    kill::FileKeys,
};

/// Says to this binary that it is the session on the small disk, and which.
const SCENE: &str = "BULLA_FULL_SCENE";

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_said_and_nothing_confirmed_is_lost() {
    let (alice, bob) = tokio::join!(Agent::on(0), Agent::on(1));
    let room = meet(&alice, &bob).await;
    let account = alice.session.account().id;
    alice.session.shutdown().await.unwrap();
    let keys = tempfile::tempdir().unwrap();
    for (name, key) in alice.keys.all() {
        fs::write(keys.path().join(name), key).unwrap();
    }
    let disk = tempfile::tempdir().unwrap();
    let scene = [path(disk.path()), path(keys.path()), account.0, room.0.clone()].join("\n");
    let child = Command::new("unshare")
        .args(["-Urm", "sh", "-c"])
        .arg("mount -t tmpfs -o size=24m tmpfs \"$0\" && cp -R \"$1\"/. \"$0\" || exit 77; shift; exec \"$@\"")
        .arg(disk.path())
        .arg(alice.folder.path())
        .arg(env::current_exe().unwrap())
        .args(["--exact", "full::the_session_on_a_small_disk", "--nocapture", "--test-threads", "1"])
        .env(SCENE, scene)
        .output();
    let output = match child {
        Ok(output) if output.status.code() != Some(77) && !denied(&output.stderr) => output,
        _ => {
            return println!(
                "SKIPPED a_full_disk_is_said_and_nothing_confirmed_is_lost: no name space of one's own here"
            );
        }
    };
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    let confirmed: Vec<String> =
        said.lines().filter_map(|line| line.strip_prefix("BULLA ")).map(str::to_owned).collect();
    assert_eq!(confirmed.last().map(String::as_str), Some("after"), "{said}");
    let mut his = bob.open(&room).await;
    let shown = |rows: &[bulla_model::TimelineItem]| -> Vec<String> {
        texts(rows).iter().map(|text| text.split(' ').next().unwrap_or_default().to_owned()).collect()
    };
    his.wait("what was confirmed", |rows| (shown(rows) == confirmed).then_some(())).await;
}

/// No test of its own: what the child does. It prints what it was told has been taken.
#[tokio::test(flavor = "multi_thread")]
async fn the_session_on_a_small_disk() {
    let Ok(scene) = env::var(SCENE) else { return };
    crate::trace::begin();
    let scene: Vec<&str> = scene.split('\n').collect();
    let [disk, keys, account, room] = scene[..] else { panic!("a scene") };
    let config = Config { folder: disk.to_owned(), device_name: "Bulla on a small disk".into(), trust: None };
    let accounts = Accounts::new(config, Arc::new(FileKeys(PathBuf::from(keys)))).unwrap();
    let session = accounts.open(&AccountId(account.into())).await.unwrap();
    wait_state(&session.states(), |state| *state == SessionState::Live).await;
    let mut conversation = Conversation::of(session.room(&RoomId(room.into())).await.unwrap()).await;
    // The keys are shared while there is room.
    conversation.timeline.send_text("before").await.unwrap();
    println!("\nBULLA before");
    let sent = |wanted: &'static str| {
        move |event: &bulla_model::EventItem| {
            text(&event.body) == Some(wanted) && event.send_state == SendState::Delivered
        }
    };
    conversation.event("sent", sent("before")).await;

    let ballast = Path::new(disk).join("ballast");
    let mut file = fs::File::create(&ballast).unwrap();
    while file.write(&[1; 4096]).is_ok() {}
    drop(file);
    let mut refused = None;
    for number in 0..200 {
        let long = format!("full-{number} {}", "x".repeat(20_000));
        match conversation.timeline.send_text(&long).await {
            Ok(()) => println!("\nBULLA full-{number}"),
            Err(failure) => {
                refused = Some(failure);
                break;
            }
        }
    }
    assert_eq!(refused, Some(Failure::Storage { trouble: StorageTrouble::Full }));
    // What is open stays open.
    assert!(session.room(&RoomId(room.into())).await.is_ok());

    fs::remove_file(&ballast).unwrap();
    session.resume().await.unwrap();
    wait_state(&session.states(), |state| *state == SessionState::Live).await;
    conversation.timeline.send_text("after").await.unwrap();
    println!("\nBULLA after");
    conversation.event("sent", sent("after")).await;
    session.shutdown().await.unwrap();
}

fn path(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn denied(stderr: &[u8]) -> bool {
    String::from_utf8_lossy(stderr).contains("unshare:")
}
