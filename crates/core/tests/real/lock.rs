//! The lock of the app over a real account: what it closes and opens, and what stays in memory.

use std::{
    env, fs,
    io::{BufRead, BufReader, Read, Seek, SeekFrom, Write},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
};

use bulla_core::Accounts;
use bulla_model::{AccountId, Config, Failure, MediaKind, Password, RoomFilter, SessionState};
use hkdf::Hkdf;
use sha2::Sha256;

use crate::{
    agent::{Agent, Conversation, List, meet, wait_state},
    disk::open_files,
    kill::FileKeys,
    media::{CANARY, all, arrives, draft, file, lies_in},
};

const PIN: &str = "193728";

fn pin() -> Password {
    Password::new(PIN.to_owned())
}

/// Says to this binary that it is an app that is locked: the accounts' folder, the keys' and the account.
const ROLE: &str = "BULLA_LOCKED_ROLE";

/// No test of its own: what a child does. It goes on with each line that it is sent.
#[tokio::test(flavor = "multi_thread")]
async fn the_app_that_is_locked() {
    let Ok(role) = env::var(ROLE) else { return };
    let [folder, keys, account] = role.split('\n').collect::<Vec<_>>()[..] else { panic!("a role") };
    let config = Config { folder: folder.into(), device_name: "Bulla locked".into(), trust: None };
    let accounts = Arc::new(Accounts::new(config, Arc::new(FileKeys(keys.into()))).unwrap());
    let account = AccountId(account.to_owned());
    accounts.unlock(pin()).await.unwrap();
    let session = accounts.open(&account).await.unwrap();
    wait_state(&session.states(), |state| *state == SessionState::Live).await;
    say_and_wait("open");
    accounts.lock().await.unwrap();
    assert!(accounts.open(&account).await.is_err());
    say_and_wait("locked");
    drop(session);
    accounts.unlock(pin()).await.unwrap();
    let session = accounts.open(&account).await.unwrap();
    wait_state(&session.states(), |state| *state == SessionState::Live).await;
    say_and_wait("open again");
}

fn say_and_wait(what: &str) {
    println!("\nsaid {what}");
    std::io::stdout().flush().unwrap();
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

struct App {
    child: Child,
    output: BufReader<std::process::ChildStdout>,
}

impl App {
    fn start(folder: &Path, keys: &Path, account: &AccountId) -> Self {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "lock::the_app_that_is_locked", "--nocapture", "--test-threads", "1"])
            .env(ROLE, format!("{}\n{}\n{}", folder.display(), keys.display(), account.as_str()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, output }
    }

    fn says(&mut self, what: &str) {
        let mut line = String::new();
        while line.trim() != format!("said {what}") {
            line.clear();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "it ended before it said {what}");
        }
    }

    fn go_on(&mut self) {
        writeln!(self.child.stdin.as_mut().unwrap()).unwrap();
    }

    /// Which of the secrets are anywhere in its memory.
    fn holds(&self, secrets: &[(&'static str, Vec<u8>)]) -> Vec<&'static str> {
        let process = format!("/proc/{}", self.child.id());
        let maps = fs::read_to_string(format!("{process}/maps")).unwrap();
        let mut memory = fs::File::open(format!("{process}/mem")).unwrap();
        const PART: usize = 256 << 10;
        let mut found = Vec::new();
        for line in maps.lines().filter(|line| line.contains(" rw")) {
            let (from, to) = line.split(' ').next().unwrap().split_once('-').unwrap();
            let [from, to] = [from, to].map(|address| u64::from_str_radix(address, 16).unwrap());
            for at in (from..to).step_by(PART) {
                // One part reaches into the next by a secret's length.
                let mut bytes = vec![0; (PART + 64).min((to - at) as usize)];
                memory.seek(SeekFrom::Start(at)).unwrap();
                // What was never touched is zeros, or cannot be read.
                if memory.read_exact(&mut bytes).is_err() || bytes == vec![0; bytes.len()] {
                    continue;
                }
                for (name, secret) in secrets {
                    if !found.contains(name) && bytes.windows(secret.len()).any(|part| part == secret) {
                        found.push(name);
                    }
                }
            }
        }
        found
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn locked_it_holds_no_key_and_no_file() {
    let alice = Agent::on(0).await;
    alice.live().await;
    let account = alice.session.account().id;
    alice.session.shutdown().await.unwrap();
    let key = alice.keys.values().remove(0);
    let keys = tempfile::tempdir().unwrap();
    for (name, key) in alice.keys.all() {
        fs::write(keys.path().join(name), key).unwrap();
    }
    let config = |keys: &Path| {
        let folder = alice.folder.path().display().to_string();
        let config = Config { folder, device_name: "Bulla test".into(), trust: None };
        Arc::new(Accounts::new(config, Arc::new(FileKeys(keys.to_owned()))).unwrap())
    };
    config(keys.path()).set_pin(pin()).await.unwrap();
    // What lies in the key store is no longer the key.
    for entry in fs::read_dir(keys.path()).unwrap() {
        assert_ne!(fs::read(entry.unwrap().path()).unwrap(), key);
    }
    let mut store = [0; 32];
    Hkdf::<Sha256>::new(None, &key).expand(b"bulla store v1", &mut store).unwrap();
    let hex: String = store.iter().map(|byte| format!("{byte:02x}")).collect();
    let secrets = [("the account's", key), ("the store's", store.to_vec()), ("SQLCipher's", hex.into_bytes())];

    let mut app = App::start(alice.folder.path(), keys.path(), &account);
    app.says("open");
    assert!(app.holds(&secrets).contains(&"the store's"), "is that how memory is read?");
    app.go_on();
    app.says("locked");
    assert_eq!(app.holds(&secrets), Vec::<&str>::new());
    let open = fs::read_dir(format!("/proc/{}/fd", app.child.id())).unwrap();
    let open: Vec<_> = open.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok()).collect();
    assert!(!open.iter().any(|file| file.starts_with(alice.folder.path().join(account.as_str()))), "{open:?}");
    app.go_on();
    app.says("open again");
}

#[tokio::test(flavor = "multi_thread")]
async fn unlocked_the_conversations_are_there_again() {
    let (alice, bob) = tokio::join!(Agent::on(0), Agent::on(1));
    let room = meet(&alice, &bob).await;
    let (account, folder) = (alice.session.account().id, alice.folder.path().to_owned());
    let accounts = Arc::new(crate::agent::accounts(folder.clone(), alice.keys.clone()));
    alice.session.shutdown().await.unwrap();
    accounts.set_pin(pin()).await.unwrap();
    let session = accounts.open(&account).await.unwrap();
    let states = session.states();
    accounts.lock().await.unwrap();
    while states.next().await.unwrap().is_some() {}
    assert_eq!(open_files(&folder.join(account.as_str())), Vec::<std::path::PathBuf>::new());
    accounts.unlock(pin()).await.unwrap();
    let session = accounts.open(&account).await.unwrap();
    let mut list = List::of(&session, RoomFilter::All);
    list.wait("the room", |rows| rows.iter().any(|row| row.id == room).then_some(())).await;
    session.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn locked_a_file_that_was_open_is_closed_for_good() {
    let (alice, bob) = tokio::join!(Agent::on(0), Agent::on(1));
    let room = meet(&alice, &bob).await;
    let outside = tempfile::tempdir().unwrap();
    let path = file(outside.path(), "verrou.txt", 5_000);
    bob.open(&room).await.timeline.send_media(draft(&path, MediaKind::File)).await.unwrap();
    let (account, folder) = (alice.session.account().id, alice.folder.path().to_owned());
    let accounts = Arc::new(crate::agent::accounts(folder.clone(), alice.keys.clone()));
    alice.session.shutdown().await.unwrap();
    accounts.set_pin(pin()).await.unwrap();
    let session = accounts.open(&account).await.unwrap();
    let mut hers = Conversation::of(session.room(&room).await.unwrap()).await;
    let (id, _) = arrives(&mut hers, "verrou.txt").await;
    let media = hers.timeline.media(&id).await.unwrap();
    let open = media.open().await.unwrap();
    assert_eq!(open.read(0, 8).await.unwrap(), &CANARY[..8]);

    accounts.lock().await.unwrap();
    let copy = outside.path().join("copie.txt");
    let shut = async || {
        assert_eq!(open.read(0, 8).await, Err(Failure::Closed));
        assert_eq!(open.save(&copy.display().to_string()).await, Err(Failure::Closed));
        assert_eq!(media.open().await.err(), Some(Failure::Closed));
        assert!(!copy.exists());
    };
    shut().await;
    assert!(!lies_in(&folder, CANARY));

    // What was closed stays so, and what is asked for anew is there.
    accounts.unlock(pin()).await.unwrap();
    let session = accounts.open(&account).await.unwrap();
    shut().await;
    let mut hers = Conversation::of(session.room(&room).await.unwrap()).await;
    let (id, _) = arrives(&mut hers, "verrou.txt").await;
    assert!(all(&hers.timeline.media(&id).await.unwrap()).await == fs::read(&path).unwrap());
    session.shutdown().await.unwrap();
}
