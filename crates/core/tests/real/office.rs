//! From an e-mail address to a session, through a deployment's directory and proofs, on real servers: whom the app speaks with on the way, and
//! what it never says to a server that does not prove itself.

use std::{
    collections::BTreeSet,
    env, fs,
    io::{BufRead, BufReader},
    net::Ipv4Addr,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use bulla_core::Accounts;
use bulla_model::{Barrier, Config, Failure, Password, SessionState, Trust, TrustTrouble};
use bulla_testkit::{GUESTS, Office, Place, Proxy, User};
use serde_json::{Value, json};

use crate::agent::{Agent, Keys, deployment, wait_state};

const PROOF: &str = "/_bulla/client/v1/proof";
const DIRECTORY: &str = "/_matrix/identity/api/v1/info";
/// Says to this binary what the app of the watched process is to do.
const WATCHED: &str = "BULLA_WATCHED";

/// Somebody of the second server who is at this office, where the manifest says more.
pub async fn agent_of(office: &Office, says: &[(&str, Value)]) -> Agent {
    let (user, folder) = (deployment().await.new_user(1).await.unwrap(), tempfile::tempdir().unwrap());
    let front = office.front(user.user_id.split_once(':').unwrap().1).unwrap().url();
    let keys = Arc::new(Keys::default());
    let config = Config {
        folder: folder.path().display().to_string(),
        device_name: "Bulla test".into(),
        trust: Some(trust(office)),
    };
    let accounts = Accounts::new(config, keys.clone()).unwrap();
    accounts.adopt_manifest(&office.manifest_saying(2, says)).unwrap();
    let session = accounts.sign_in(&front, &user.user_id, &Password::new(user.password.clone())).await.unwrap();
    Agent { folder, keys, accounts, user, session }
}

/// The offices before the servers of this run; none where they are not ours.
pub async fn office(test: &str) -> Option<Office> {
    let handle = deployment().await;
    if !handle.capabilities().administration {
        println!("SKIPPED {test}: needs servers of our own");
        return None;
    }
    let places = handle.servers().iter().map(|server| Place {
        server: server.name.clone(),
        client_url: server.client_url.clone(),
        label: "Agents".into(),
        way: "password",
        guests: false,
    });
    Some(Office::open(places.collect()).unwrap())
}

pub fn trust(office: &Office) -> Trust {
    Trust { keys: vec![office.public_key()], manifest: Some(office.manifest(1)), device: None }
}

pub fn accounts(folder: &tempfile::TempDir, trust: Trust) -> Accounts {
    let folder = folder.path().display().to_string();
    let config = Config { folder, device_name: "Bulla test".into(), trust: Some(trust) };
    Accounts::new(config, Arc::new(Keys::default())).unwrap()
}

/// Somebody of server 0 whom the directory knows by this address.
async fn known(office: &Office) -> (User, String) {
    let user = deployment().await.new_user(0).await.unwrap();
    let email = format!("{}@ministere.test", user.localpart);
    let server = user.user_id.split_once(':').unwrap().1;
    office.list(&email, json!({"hs": server}));
    (user, email)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_from_outside_is_refused_with_the_reason() {
    let Some(office) = office("an_address_from_outside_is_refused_with_the_reason").await else { return };
    let folder = tempfile::tempdir().unwrap();
    let accounts = accounts(&folder, trust(&office));
    office.list("jeanne@gmail.com", json!({"hs": GUESTS, "invited": false}));
    office.list("invitee@gmail.com", json!({"hs": GUESTS, "invited": true}));
    office.list("phish@ministere.test", json!({"hs": "evil.example"}));
    for (email, why) in [("nobody@gmail.com", Barrier::NotProfessional), ("jeanne@gmail.com", Barrier::NotInvited)] {
        assert_eq!(accounts.discover(email).await.err(), Some(Failure::Forbidden { why }), "{email}");
    }
    assert_eq!(
        accounts.discover("phish@ministere.test").await.err(),
        Some(Failure::Untrusted { why: TrustTrouble::NotListed })
    );
    assert!(accounts.discover("invitee@gmail.com").await.unwrap().invited);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_prove_itself_hears_nothing_else() {
    let Some(office) = office("a_server_that_does_not_prove_itself_hears_nothing_else").await else { return };
    let other = self::office("").await.unwrap();
    let (user, email) = known(&office).await;
    let server = user.user_id.split_once(':').unwrap().1;
    // In the place of the real one, with the real one behind it: without a proof, and with one that another key signed.
    let fake = Proxy::before(&user.homeserver).unwrap();
    let foreign = ureq::get(&format!("{}{PROOF}", other.front(server).unwrap().url()));
    let foreign = foreign.call().unwrap().body_mut().read_to_string().unwrap();
    for proof in [None, Some(foreign)] {
        let shown = proof.is_some();
        if let Some(proof) = proof {
            fake.serve(PROOF, move |_| (200, proof.clone()));
        }
        let folder = tempfile::tempdir().unwrap();
        let manifest = office.manifest_with(1, server, &fake.url());
        let accounts = accounts(&folder, Trust { manifest: Some(manifest), ..trust(&office) });
        let found = accounts.discover(&email).await.unwrap();
        assert_eq!(found.instance.base_url.trim_end_matches('/'), fake.url());
        let before = fake.stats();
        let password = Password::new(user.password.clone());
        let refused = accounts.sign_in(&found.instance.base_url, &user.user_id, &password).await.err();
        assert!(matches!(refused, Some(Failure::Untrusted { .. })), "{shown}: {refused:?}");
        let heard: Vec<String> = fake.stats().since(&before).requests.into_keys().collect();
        assert_eq!(heard, [PROOF], "{shown}");
    }
}

/// The connections of an app's process, looked at again and again, from the first letter of an address to the list of rooms. What comes and
/// goes between two looks is missed.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_but_to_the_manifests_hosts() {
    let Some(office) = office("nothing_is_sent_but_to_the_manifests_hosts").await else { return };
    let (user, email) = known(&office).await;
    let front = office.front(user.user_id.split_once(':').unwrap().1).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let said = [&folder.path().display().to_string(), &office.public_key(), &office.manifest(1), &email, &user.user_id];
    let said: Vec<&str> = said.into_iter().map(String::as_str).chain([user.password.as_str()]).collect();
    let before = front.stats();
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "office::the_app_that_is_watched", "--nocapture", "--test-threads", "1"])
        .env(WATCHED, said.join("\n"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let ended = Arc::new(AtomicBool::new(false));
    let watch = {
        let (ended, child) = (ended.clone(), child.id());
        std::thread::spawn(move || {
            let mut seen = BTreeSet::new();
            while !ended.load(Ordering::Acquire) {
                seen.append(&mut connections(child));
            }
            seen
        })
    };
    let out = child.stdout.take().unwrap();
    let mut figures = None;
    for line in BufReader::new(out).lines().map_while(Result::ok) {
        match line.as_str() {
            "BULLA discovered" => figures = Some(front.stats().since(&before)),
            "BULLA live" => break,
            _ => {}
        }
    }
    ended.store(true, Ordering::Release);
    end(&mut child);
    let seen = watch.join().unwrap();
    println!("the app connected to {seen:?}; the office stands at {}", front.url());
    assert_eq!(seen, BTreeSet::from([front.url().trim_start_matches("http://").to_owned()]));
    let figures = figures.expect("the app found its server");
    println!("discovery: {:?}, {} bytes", figures.requests, figures.bytes);
    let whole = front.stats();
    assert!(whole.since(&before).requests.contains_key(PROOF), "the proof was asked for");
    ureq::get(&format!("{}{PROOF}", front.url())).call().unwrap();
    println!("a proof: {} bytes", front.stats().since(&whole).bytes);
    assert_eq!(figures.requests.get(DIRECTORY), Some(&1));
}

/// No test of its own: the app of the process that is watched.
#[tokio::test(flavor = "multi_thread")]
async fn the_app_that_is_watched() {
    let Ok(said) = env::var(WATCHED) else { return };
    let said: Vec<&str> = said.split('\n').collect();
    let [folder, key, manifest, email, user, password] = said[..] else { panic!("six lines") };
    let trust = Trust { keys: vec![key.into()], manifest: Some(manifest.into()), device: None };
    let config = Config { folder: folder.into(), device_name: "Bulla watched".into(), trust: Some(trust) };
    let accounts = Accounts::new(config, Arc::new(Keys::default())).unwrap();
    let found = accounts.discover(email).await.unwrap();
    println!("\nBULLA discovered");
    let session = accounts.sign_in(&found.instance.base_url, user, &Password::new(password.into())).await.unwrap();
    wait_state(&session.states(), |state| *state == SessionState::Live).await;
    println!("\nBULLA live");
    std::future::pending::<()>().await;
}

fn end(child: &mut Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Where a process's sockets lead to now, TCP and UDP, as the system has it.
fn connections(process: u32) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let Ok(open) = fs::read_dir(format!("/proc/{process}/fd")) else { return found };
    let sockets: BTreeSet<String> = open
        .flatten()
        .filter_map(|file| fs::read_link(file.path()).ok())
        .filter_map(|link| Some(link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
        .collect();
    for table in ["tcp", "tcp6", "udp", "udp6"] {
        let text = fs::read_to_string(format!("/proc/{process}/net/{table}")).unwrap_or_default();
        for line in text.lines().skip(1) {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let [_, _, remote, _, _, _, _, _, _, inode, ..] = fields[..] else { continue };
            if sockets.contains(inode) && !remote.ends_with(":0000") {
                found.insert(address(remote));
            }
        }
    }
    found
}

/// `0100007F:1F90` is 127.0.0.1:8080; what is longer is of IPv6 and stays as it is.
fn address(hex: &str) -> String {
    let (host, port) = hex.split_once(':').unwrap();
    let port = u16::from_str_radix(port, 16).unwrap();
    match u32::from_str_radix(host, 16) {
        Ok(host) if hex.len() == 13 => format!("{}:{port}", Ipv4Addr::from(host.swap_bytes())),
        _ => hex.to_owned(),
    }
}
