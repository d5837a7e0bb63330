use std::{
    env, fs, io,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use bulla_testkit::{Database, Deployment, Description, Error, Options};

use crate::client::{Client, login_body, post};

const ROOT: &str = "TESTKIT_ROOT";

#[test]
#[ignore = "run by nothing_stays_behind, in a process of its own"]
fn holds_a_deployment() {
    let root = PathBuf::from(env::var_os(ROOT).expect("the folder is named"));
    let deployment = Deployment::start(Options { root, servers: 1, ..Options::default() }).unwrap();
    println!("ready {}", deployment.description_file().display());
    io::copy(&mut io::stdin(), &mut io::sink()).unwrap();
    panic!("the starter has failed");
}

/// A starter that is killed, and one that panics.
#[test]
fn nothing_stays_behind() {
    for kill in [true, false] {
        let root = Options::default().root;
        let mut starter = starter(&root);
        let server = process(&root);
        assert!(alive(server));

        if kill {
            starter.kill().unwrap();
        }
        drop(starter.stdin.take());
        starter.wait().unwrap();
        until(|| !alive(server) && !root.exists());
    }
}

#[test]
fn a_deployment_that_stops_has_ended_its_servers_and_removed_its_folder() {
    let options = Options { servers: 1, lift_rate_limits: false, ..Options::default() };
    let root = options.root.clone();
    let deployment = Deployment::start(options.clone()).unwrap();
    assert_eq!(&Description::read(&deployment.description_file()).unwrap(), deployment.description());
    assert!(matches!(Deployment::start(options), Err(Error::FolderInUse(_))));

    // Synapse's own limits: this many logins in a row are too many.
    let user = deployment.servers()[0].new_user("limited").unwrap();
    let login = format!("{}/_matrix/client/v3/login", user.homeserver);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let limited = (0..10).any(|_| runtime.block_on(post(&login, &login_body(&user))).unwrap().0 == 429);
    assert!(limited);

    let server = process(&root);
    deployment.stop();
    assert!(!root.exists());
    assert!(!alive(server));
}

#[test]
fn postgresql_serves_as_well() {
    let options = Options { servers: 1, database: Database::Postgres, ..Options::default() };
    let deployment = match Deployment::start(options) {
        Err(error @ Error::MissingTool { .. }) => return eprintln!("SKIPPED postgresql_serves_as_well: {error}"),
        started => started.unwrap(),
    };
    let user = deployment.servers()[0].new_user("postgres").unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let client = Client::login(&user.homeserver, &user).await;
        let room = client.room(&[]).await;
        client.send(&room, "1", "kept in a row").await.unwrap();
    });
    let hits = deployment.search(&["kept in a row".into()]).unwrap();
    assert!(hits.iter().any(|hit| hit.place.starts_with("rows of ")), "{hits:?}");
}

fn starter(root: &Path) -> Child {
    let mut starter = Command::new(env::current_exe().unwrap())
        .args(["--exact", "endings::holds_a_deployment", "--ignored", "--nocapture"])
        .env(ROOT, root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let output = BufReader::new(starter.stdout.take().unwrap());
    let ready = output.lines().map_while(Result::ok).any(|line| line.contains("ready "));
    assert!(ready, "the starter has started");
    starter
}

fn process(root: &Path) -> u32 {
    fs::read_to_string(root.join("server-0.pid")).unwrap().parse().unwrap()
}

fn alive(process: u32) -> bool {
    Command::new("kill").args(["-0", &process.to_string()]).stderr(Stdio::null()).status().unwrap().success()
}

fn until(condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(20), "the condition comes about");
        thread::sleep(Duration::from_millis(50));
    }
}
