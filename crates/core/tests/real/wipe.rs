//! No trace: what is left of an account that was deleted, signed out or ended from elsewhere, also when the process is killed while
//! it erases.

use std::{
    env,
    fs::{self, File},
    io::{Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use bulla_core::Accounts;
use bulla_model::{AccountId, Config, Failure, Field, FieldTrouble, KeyStore, Missing, Password, SessionState};
use bulla_testkit::{Fault, ProxyHandle};
use serde_json::json;

use crate::{
    agent::{Agent, DEADLINE, accounts, deployment},
    kill::FileKeys,
    start::behind_proxy,
};

const WHO_AM_I: &str = "/account/whoami";

/// Every file of a folder, held open from before it is erased.
struct Held(Vec<(PathBuf, File)>);

impl Held {
    fn of(folder: &Path) -> Self {
        Self(files(folder).into_iter().map(|path| (path.clone(), File::open(path).unwrap())).collect())
    }

    /// No byte of what was there can be read any more, not even by whoever held the files open.
    fn is_nothing(&mut self) -> bool {
        assert!(self.0.len() > 5, "an account has more files than that");
        self.0.iter_mut().all(|(path, file)| {
            let mut bytes = Vec::new();
            file.rewind().unwrap();
            file.read_to_end(&mut bytes).unwrap();
            let nothing = bytes.iter().all(|byte| *byte == 0);
            assert!(nothing, "{} still has something", path.display());
            nothing
        })
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let inside = |path: PathBuf| if path.is_dir() { files(&path) } else { vec![path] };
    entries.filter_map(Result::ok).flat_map(|entry| inside(entry.path())).collect()
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).unwrap().next().is_none()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_account_leaves_nothing() {
    let (_proxy, alice, _bob, room) = behind_proxy().await;
    alice.open(&room).await.timeline.send_text("avant la fin").await.unwrap();
    for (password, why) in [(None, FieldTrouble::Empty), (Some("not it"), FieldTrouble::Wrong)] {
        let password = password.map(|password| Password::new(password.to_owned()));
        let failed = alice.session.deactivate(password, true).await;
        assert_eq!(failed, Err(Failure::Invalid { field: Field::Password, why }));
    }
    alice.live().await;
    let mut held = Held::of(alice.folder.path());
    let password = Password::new(alice.user.password.clone());
    alice.session.deactivate(Some(password.clone()), true).await.unwrap();
    assert!(held.is_nothing());
    assert!(is_empty(alice.folder.path()));
    assert_eq!(alice.keys.count(), 0);
    assert_eq!(alice.session.room(&room).await.err(), Some(Failure::Closed));
    let again = alice.accounts.sign_in(&alice.user.homeserver, &alice.user.user_id, &password).await;
    assert!(again.is_err(), "the server still knows the account");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_server_nothing_is_deleted() {
    let (proxy, alice, _bob, room) = behind_proxy().await;
    let password = Password::new(alice.user.password.clone());
    for fault in [Fault::Refuse, Fault::captive_portal(), Fault::respond(502, None, &json!({}))] {
        proxy.set(fault).await.unwrap();
        alice.session.deactivate(Some(password.clone()), true).await.unwrap_err();
        assert!(alice.session.room(&room).await.is_ok());
        assert_eq!(alice.keys.count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_leaves_nothing() {
    let alice = Agent::on(0).await;
    alice.live().await;
    let mut held = Held::of(alice.folder.path());
    alice.session.sign_out(false).await.unwrap();
    assert!(held.is_nothing() && is_empty(alice.folder.path()));
    assert_eq!(alice.keys.count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_its_administrator_ends_is_erased_while_it_is_open() {
    let alice = Agent::on(0).await;
    alice.live().await;
    let (states, mut held) = (alice.session.states(), Held::of(alice.folder.path()));
    deployment().await.deactivate(&alice.user.user_id).await.unwrap();
    crate::agent::wait_state(&states, |state| *state == SessionState::Erased).await;
    assert!(held.is_nothing() && is_empty(alice.folder.path()));
    assert_eq!(alice.keys.count(), 0);
    assert_eq!(states.next().await, Ok(None), "nothing comes after it");
    let account = alice.session.account().id;
    let gone = Failure::NotFound { what: Missing::Account };
    assert_eq!(alice.accounts.open(&account).await.err(), Some(gone));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lie_that_does_not_last_erases_nothing() {
    let (proxy, alice, _bob, room) = behind_proxy().await;
    let body = json!({"errcode": "M_UNKNOWN_TOKEN", "error": "x", "soft_logout": false});
    proxy.set(Fault::respond(401, None, &body)).await.unwrap();
    alice.state(|state| *state == SessionState::SignedOut { soft: false }).await;
    proxy.heal().await.unwrap();
    alice.live().await;
    assert!(alice.session.room(&room).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_the_servers_own_word_erases() {
    for fault in [Fault::captive_portal(), Fault::respond(502, None, &json!({}))] {
        let (proxy, alice, _bob, room) = behind_proxy().await;
        deployment().await.logout_everywhere(&alice.user.user_id).await.unwrap();
        alice.state(|state| *state == SessionState::SignedOut { soft: false }).await;
        proxy.set(fault).await.unwrap();
        let before = asked(&proxy).await;
        let begun = Instant::now();
        while asked(&proxy).await == before {
            assert!(begun.elapsed() < DEADLINE, "the server is not asked again");
            tokio::task::yield_now().await;
        }
        // What was heard there is no word of the server's.
        assert_eq!(alice.session.state(), SessionState::SignedOut { soft: false });
        assert!(alice.session.room(&room).await.is_ok());
        assert_eq!(alice.keys.count(), 1);
        // A new start asks anew.
        proxy.heal().await.unwrap();
        let account = alice.session.account().id;
        alice.session.shutdown().await.unwrap();
        let session = alice.accounts.open(&account).await.unwrap();
        crate::agent::wait_state(&session.states(), |state| *state == SessionState::Erased).await;
        assert!(is_empty(alice.folder.path()) && alice.keys.count() == 0);
    }
}

async fn asked(proxy: &ProxyHandle) -> u64 {
    let requests = proxy.stats().await.unwrap().requests;
    requests.iter().filter(|(path, _)| path.ends_with(WHO_AM_I)).map(|(_, count)| count).sum()
}

/// Says to this binary that it is to erase: the folder, the keys' folder, the account, and where the key store hangs.
const ROLE: &str = "BULLA_WIPE_ROLE";

/// Keys in files, whose erasing hangs before or after it is done.
struct HangingKeys {
    keys: FileKeys,
    hangs: String,
}

impl KeyStore for HangingKeys {
    fn load(&self, name: String) -> Result<Option<Vec<u8>>, Failure> {
        self.keys.load(name)
    }
    fn save(&self, name: String, key: Vec<u8>) -> Result<(), Failure> {
        self.keys.save(name, key)
    }
    fn erase(&self, name: String) -> Result<(), Failure> {
        if self.hangs == "before" {
            hang();
        }
        // What an app lock would keep beside it is erased before, and is not there.
        let is_last = !name.ends_with(".locked");
        self.keys.erase(name)?;
        if self.hangs == "after" && is_last {
            hang();
        }
        Ok(())
    }
}

fn hang() -> ! {
    loop {
        thread::park();
    }
}

/// No test of its own: what a child does.
#[tokio::test(flavor = "multi_thread")]
async fn the_process_that_erases() {
    let Ok(role) = env::var(ROLE) else { return };
    let [folder, keys, account, hangs] = role.split('\n').collect::<Vec<_>>()[..] else { panic!("a role") };
    let config = Config { folder: folder.into(), device_name: "Bulla erasing".into(), trust: None };
    let keys = HangingKeys { keys: FileKeys(keys.into()), hangs: hangs.into() };
    let accounts = Accounts::new(config, Arc::new(keys)).unwrap();
    accounts.erase(&AccountId(account.into())).await.unwrap();
}

fn erasing(folder: &Path, keys: &Path, account: &AccountId, hangs: &str) -> Child {
    let role = format!("{}\n{}\n{}\n{hangs}", folder.display(), keys.display(), account.as_str());
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "wipe::the_process_that_erases", "--test-threads", "1"])
        .env(ROLE, role)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_it_erases_the_next_start_goes_on() {
    const ZEROS: usize = 24;
    let alice = Agent::on(0).await;
    alice.live().await;
    let account = alice.session.account().id;
    alice.session.shutdown().await.unwrap();
    let mut steps: Vec<String> = vec!["before".into(), "after".into()];
    steps.extend((0..ZEROS).map(|zeros| zeros.to_string()));
    for step in steps {
        let place = tempfile::tempdir().unwrap();
        let (folder, keys) = (place.path().join("accounts"), place.path().join("keys"));
        fs::create_dir_all(&keys).unwrap();
        copy(alice.folder.path(), &folder);
        for (name, key) in alice.keys.all() {
            fs::write(keys.join(name), key).unwrap();
        }
        // So that erasing takes a while, and can be cut short in each of its parts.
        for number in 0..ZEROS {
            fs::write(folder.join(account.as_str()).join(format!("media-{number:02}")), vec![7; 256 << 10]).unwrap();
        }
        let mut held = Held::of(&folder);
        let mut child = erasing(&folder, &keys, &account, &step);
        let begun = Instant::now();
        while !reached(&step, &folder, &keys, &mut held) && child.try_wait().unwrap().is_none() {
            assert!(begun.elapsed() < DEADLINE, "{step} is not reached");
            thread::sleep(Duration::from_micros(200));
        }
        child.kill().unwrap();
        child.wait().unwrap();

        let next = accounts_with_files(&folder, &keys);
        assert_eq!(next.list().await.unwrap(), [], "{step}");
        assert!(held.is_nothing(), "{step}");
        assert!(is_empty(&folder) && is_empty(&keys), "{step}");
    }
    // Where nothing was begun, nothing is erased.
    assert_eq!(accounts(alice.folder.path().to_owned(), alice.keys.clone()).list().await.unwrap().len(), 1);
}

fn accounts_with_files(folder: &Path, keys: &Path) -> Accounts {
    let config =
        Config { folder: folder.to_string_lossy().into_owned(), device_name: "Bulla test".into(), trust: None };
    Accounts::new(config, Arc::new(FileKeys(keys.to_owned()))).unwrap()
}

/// Whether the child has come as far as it is to be killed: to its mark, to the key, or to a number of files that are overwritten.
fn reached(step: &str, folder: &Path, keys: &Path, held: &mut Held) -> bool {
    let marked = files(folder).iter().any(|path| path.extension().is_some_and(|name| name == "erase"));
    match step {
        "before" => marked,
        "after" => is_empty(keys),
        zeros => {
            let mut blank = 0;
            for (_, file) in held.0.iter_mut().filter(|(path, _)| path.to_string_lossy().contains("media-")) {
                let mut last = [7];
                file.seek(SeekFrom::End(-1)).unwrap();
                file.read_exact(&mut last).unwrap();
                blank += usize::from(last == [0]);
            }
            blank > zeros.parse().unwrap()
        }
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().filter_map(Result::ok) {
        let there = to.join(entry.file_name());
        if entry.path().is_dir() { copy(&entry.path(), &there) } else { _ = fs::copy(entry.path(), there).unwrap() }
    }
}
