//! The lock of the app where there is no account yet: wrong PINs, a process that is killed, two of them, clocks that are set.

use std::{
    collections::HashMap,
    env, fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant, SystemTime},
};

use bulla_core::{Accounts, Moment};
use bulla_model::{
    AccountId, AppLockState, Barrier, Config, Failure, Field, FieldTrouble, KeyStore, Password, PlatformUnlock, Trust,
};
use serde_json::json;

use crate::signed::{Key, payload};

const PIN: &str = "193728";
const DEADLINE: Duration = Duration::from_secs(60);
const YEAR: Duration = Duration::from_secs(365 * 86_400);

/// Keys in files, as every process of a device has them.
struct Files {
    folder: PathBuf,
    /// Hangs where a PIN is about to be looked at.
    hangs: bool,
}

impl KeyStore for Files {
    fn load(&self, name: String) -> Result<Option<Vec<u8>>, Failure> {
        if self.hangs && name == "bulla.lock" {
            loop {
                thread::park();
            }
        }
        Ok(fs::read(self.folder.join(name)).ok())
    }
    fn save(&self, name: String, key: Vec<u8>) -> Result<(), Failure> {
        fs::write(self.folder.join(name), key).map_err(|_| Failure::Closed)
    }
    fn erase(&self, name: String) -> Result<(), Failure> {
        let _ = fs::remove_file(self.folder.join(name));
        Ok(())
    }
}

/// A device whose deployment erases everything after 3 wrong PINs, and locks after a minute in the background.
struct Place {
    folder: tempfile::TempDir,
    trust: Trust,
}

impl Place {
    fn new(wipe_after: u32, forced: bool) -> Self {
        let (key, mut manifest) = (Key::new(), payload(1, &[]));
        manifest["session"] = json!({ "app_lock": forced, "lock_after_s": 60, "wipe_after": wipe_after });
        let trust = Trust { keys: vec![key.public()], manifest: Some(key.manifest(&manifest)), device: None };
        let place = Self { folder: tempfile::tempdir().unwrap(), trust };
        fs::create_dir_all(place.keys()).unwrap();
        place
    }

    fn keys(&self) -> PathBuf {
        self.folder.path().join("keys")
    }

    fn accounts(&self) -> PathBuf {
        self.folder.path().join("accounts")
    }

    /// A new start of the app.
    fn start(&self) -> Arc<Accounts> {
        Arc::new(open(&self.accounts(), &self.keys(), false, Some(self.trust.clone())))
    }
}

fn open(folder: &Path, keys: &Path, hangs: bool, trust: Option<Trust>) -> Accounts {
    let config = Config { folder: folder.display().to_string(), device_name: "Bulla test".into(), trust };
    Accounts::new(config, Arc::new(Files { folder: keys.to_owned(), hangs })).unwrap()
}

fn pin(text: &str) -> Password {
    Password::new(text.to_owned())
}

async fn state(accounts: &Accounts) -> AppLockState {
    accounts.lock_states().next().await.unwrap().unwrap()
}

fn wrong() -> Result<(), Failure> {
    Err(Failure::Invalid { field: Field::Pin, why: FieldTrouble::Wrong })
}

fn locked() -> Option<Failure> {
    Some(Failure::Forbidden { why: Barrier::AppLocked })
}

#[tokio::test(flavor = "multi_thread")]
async fn set_locked_opened_changed_and_taken_away() {
    let place = Place::new(0, false);
    let accounts = place.start();
    assert_eq!(state(&accounts).await, AppLockState::Off { required: false });
    accounts.lock().await.unwrap();
    assert_eq!(state(&accounts).await, AppLockState::Off { required: false }, "there is nothing to lock with");
    for (text, why) in [("1937", FieldTrouble::TooShort), ("111111", FieldTrouble::TooWeak)] {
        assert_eq!(accounts.set_pin(pin(text)).await, Err(Failure::Invalid { field: Field::Pin, why }));
    }
    accounts.set_pin(pin(PIN)).await.unwrap();
    assert_eq!(state(&accounts).await, AppLockState::Unlocked);
    let again = accounts.set_pin(pin("283746")).await;
    assert_eq!(again, Err(Failure::Invalid { field: Field::Pin, why: FieldTrouble::NotAllowed }));

    accounts.lock().await.unwrap();
    assert_eq!(state(&accounts).await, AppLockState::Locked { attempts_left: None, wait: None });
    assert_eq!(accounts.list().await.err(), locked());
    assert_eq!(accounts.sign_in("http://localhost:1", "jean", &pin("secret")).await.err(), locked());
    assert_eq!(accounts.unlock(pin("283746")).await, wrong());
    accounts.unlock(pin(PIN)).await.unwrap();
    assert_eq!(accounts.list().await, Ok(Vec::new()));

    accounts.change_pin(pin(PIN), pin("283746")).await.unwrap();
    let next = place.start();
    assert_eq!(state(&next).await, AppLockState::Locked { attempts_left: None, wait: None });
    assert_eq!(next.unlock(pin(PIN)).await, wrong());
    next.unlock(pin("283746")).await.unwrap();
    assert_eq!(next.remove_pin(pin(PIN)).await, wrong());
    next.remove_pin(pin("283746")).await.unwrap();
    assert_eq!(state(&next).await, AppLockState::Off { required: false });
    assert_eq!(place.start().list().await, Ok(Vec::new()));
    assert_eq!(fs::read_dir(place.keys()).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_that_is_asked_for_cannot_be_taken_away() {
    let place = Place::new(0, true);
    let accounts = place.start();
    assert_eq!(state(&accounts).await, AppLockState::Off { required: true });
    let refused = Err(Failure::Forbidden { why: Barrier::AppLockForced });
    let nobody = AccountId("0".repeat(32));
    assert_eq!(accounts.open(&nobody).await.map(|_| ()), refused, "nothing opens before a PIN is set");
    assert_eq!(accounts.sign_in("http://localhost:1", "jean", &pin("secret")).await.map(|_| ()), refused);
    accounts.set_pin(pin(PIN)).await.unwrap();
    assert_ne!(accounts.open(&nobody).await.map(|_| ()), refused);
    assert_eq!(accounts.remove_pin(pin(PIN)).await, refused);
    // The device's management may ask for it where the deployment does not.
    let place = Place::new(0, false);
    let accounts = place.start();
    let states = accounts.lock_states();
    states.next().await.unwrap();
    accounts.set_managed(HashMap::from([("app_lock".to_owned(), "true".to_owned())])).unwrap();
    assert_eq!(states.next().await, Ok(Some(AppLockState::Off { required: true })));
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_pins_wait_and_a_new_start_waits_again() {
    let place = Place::new(0, false);
    let accounts = place.start();
    accounts.set_pin(pin(PIN)).await.unwrap();
    accounts.lock().await.unwrap();
    for _ in 0..3 {
        assert_eq!(accounts.unlock(pin("283746")).await, wrong());
    }
    for accounts in [accounts, place.start()] {
        let Err(Failure::Wait { retry_after }) = accounts.unlock(pin(PIN)).await else { panic!("no wait") };
        assert!(retry_after > Duration::from_secs(20) && retry_after <= Duration::from_secs(30), "{retry_after:?}");
        let AppLockState::Locked { wait: Some(_), .. } = state(&accounts).await else { panic!("it is not told") };
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_wrong_pin_erases_the_lock_and_its_keys() {
    let place = Place::new(3, false);
    let accounts = place.start();
    accounts.set_pin(pin(PIN)).await.unwrap();
    accounts.lock().await.unwrap();
    for left in [2, 1] {
        assert_eq!(accounts.unlock(pin("283746")).await, wrong());
        let AppLockState::Locked { attempts_left, .. } = state(&accounts).await else { panic!("not locked") };
        assert_eq!(attempts_left, Some(left));
    }
    assert_eq!(accounts.unlock(pin("283746")).await, wrong());
    assert_eq!(state(&accounts).await, AppLockState::Wiped);
    assert_eq!(fs::read_dir(place.keys()).unwrap().count(), 0);
    assert_eq!(state(&place.start()).await, AppLockState::Off { required: false });
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_share_their_attempts() {
    let place = Place::new(0, false);
    place.start().set_pin(pin(PIN)).await.unwrap();
    let (one, other) = (place.start(), place.start());
    let tries = (0..8).map(|number| {
        let accounts = if number % 2 == 0 { one.clone() } else { other.clone() };
        tokio::spawn(async move { accounts.unlock(pin("283746")).await })
    });
    let (mut looked_at, mut refused) = (0, 0);
    for done in tries.collect::<Vec<_>>() {
        match done.await.unwrap() {
            Err(Failure::Wait { .. }) => refused += 1,
            other => {
                assert_eq!(other, wrong());
                looked_at += 1;
            }
        }
    }
    assert_eq!((looked_at, refused), (3, 5));
    // What one opens, the other does not have.
    let place = Place::new(0, false);
    let (one, other) = (place.start(), place.start());
    one.set_pin(pin(PIN)).await.unwrap();
    assert_eq!(one.list().await, Ok(Vec::new()));
    assert_eq!(other.list().await.err(), locked());
    other.unlock(pin(PIN)).await.unwrap();
    other.remove_pin(pin(PIN)).await.unwrap();
    other.set_pin(pin("283746")).await.unwrap();
    // A key of an earlier lock opens nothing.
    assert_eq!(one.list().await.err(), locked());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_background_locks_whatever_the_clock_does() {
    let place = Place::new(0, false);
    let accounts = place.start();
    accounts.set_pin(pin(PIN)).await.unwrap();
    let at = Moment { running: Instant::now(), clock: SystemTime::now() };
    let later = |running: u64, clock: SystemTime| Moment { running: at.running + Duration::from_secs(running), clock };
    for (back, locks) in [
        (later(59, at.clock + Duration::from_secs(59)), false),
        (later(60, at.clock + Duration::from_secs(60)), true),
        (later(1, at.clock + 10 * YEAR), true),
        (later(1, at.clock - 10 * YEAR), true),
        (later(61, at.clock), true),
    ] {
        accounts.background(at);
        accounts.foreground(back).await.unwrap();
        assert_eq!(accounts.list().await.is_err(), locks, "{back:?} after {at:?}");
        accounts.unlock(pin(PIN)).await.unwrap();
    }
    // Without having been away, nothing locks.
    accounts.foreground(later(10_000, at.clock)).await.unwrap();
    assert!(accounts.list().await.is_ok());
}

#[derive(Default)]
struct Finger {
    key: Mutex<Option<Vec<u8>>>,
    declines: Mutex<bool>,
}

impl PlatformUnlock for Finger {
    fn keep(&self, key: Vec<u8>) -> Result<(), Failure> {
        *self.key.lock().unwrap() = Some(key);
        Ok(())
    }
    fn ask(&self) -> Result<Option<Vec<u8>>, Failure> {
        Ok(if *self.declines.lock().unwrap() { None } else { self.key.lock().unwrap().clone() })
    }
    fn forget(&self) -> Result<(), Failure> {
        *self.key.lock().unwrap() = None;
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platform_opens_only_what_it_was_allowed_to() {
    let (place, finger, stranger) = (Place::new(0, false), Arc::new(Finger::default()), Arc::new(Finger::default()));
    let accounts = place.start();
    let none = accounts.allow_platform(finger.clone()).await;
    assert_eq!(none, Err(Failure::Invalid { field: Field::Pin, why: FieldTrouble::Empty }));
    accounts.set_pin(pin(PIN)).await.unwrap();
    accounts.lock().await.unwrap();
    assert_eq!(accounts.allow_platform(finger.clone()).await.err(), locked());
    assert_eq!(accounts.unlock_with_platform(finger.clone()).await, Ok(false));
    accounts.unlock(pin(PIN)).await.unwrap();
    accounts.allow_platform(finger.clone()).await.unwrap();

    let accounts = place.start();
    *finger.declines.lock().unwrap() = true;
    assert_eq!(accounts.unlock_with_platform(finger.clone()).await, Ok(false));
    stranger.keep(vec![7; 32]).unwrap();
    assert_eq!(accounts.unlock_with_platform(stranger).await, Ok(false));
    assert_eq!(accounts.list().await.err(), locked());
    *finger.declines.lock().unwrap() = false;
    assert_eq!(accounts.unlock_with_platform(finger.clone()).await, Ok(true));
    assert_eq!(accounts.list().await, Ok(Vec::new()));

    accounts.change_pin(pin(PIN), pin("283746")).await.unwrap();
    accounts.lock().await.unwrap();
    assert_eq!(accounts.unlock_with_platform(finger.clone()).await, Ok(true), "another PIN is the same lock");
    let key = finger.key.lock().unwrap().clone();
    accounts.forbid_platform(finger.clone()).await.unwrap();
    accounts.lock().await.unwrap();
    *finger.key.lock().unwrap() = key;
    assert_eq!(accounts.unlock_with_platform(finger).await, Ok(false), "not with a key that was kept back either");
}

/// Says to this binary that it is to look at a wrong PIN: the accounts' folder and the keys'.
const ROLE: &str = "BULLA_LOCK_ROLE";

/// No test of its own: what a child does.
#[tokio::test(flavor = "multi_thread")]
async fn the_process_that_looks_at_a_pin() {
    let Ok(role) = env::var(ROLE) else { return };
    let (folder, keys) = role.split_once('\n').unwrap();
    let _ = Arc::new(open(Path::new(folder), Path::new(keys), true, None)).unlock(pin("283746")).await;
}

fn looking(place: &Place) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "lock::the_process_that_looks_at_a_pin", "--test-threads", "1"])
        .env(ROLE, format!("{}\n{}", place.accounts().display(), place.keys().display()))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_killed_while_it_looks_has_used_up_its_attempt() {
    let place = Place::new(3, false);
    place.start().set_pin(pin(PIN)).await.unwrap();
    for left in [2, 1, 0] {
        let mut child = looking(&place);
        let begun = Instant::now();
        loop {
            let AppLockState::Locked { attempts_left, .. } = state(&place.start()).await else { panic!("not locked") };
            if attempts_left == Some(left) {
                break;
            }
            assert!(begun.elapsed() < DEADLINE, "{left} attempts are not reached");
            thread::sleep(Duration::from_millis(5));
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    // They are used up: not even the right one is looked at.
    let accounts = place.start();
    assert_eq!(accounts.unlock(pin(PIN)).await, wrong());
    assert_eq!(state(&accounts).await, AppLockState::Wiped);
    assert_eq!(fs::read_dir(place.keys()).unwrap().count(), 0);
}
