use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::{Value, json};
use tokio::task;

use crate::{
    environment::Environment,
    error::{Doing, Error, Result},
    node,
};

const NIO: &str = include_str!("../python/nio_peer.py");
const NIO_REQUIREMENTS: &str = include_str!("../requirements-peer.txt");
const JS: &str = include_str!("../node/peer/peer.mjs");
const JS_PACKAGE: &str = include_str!("../node/peer/package.json");
const JS_LOCK: &str = include_str!("../node/peer/package-lock.json");

/// A client on another library, in a process of its own: what it is told to do goes there, and what it says comes back, as lines of JSON.
/// It ends when it is dropped.
#[derive(Debug)]
pub struct Peer(Arc<Mutex<Running>>);

#[derive(Debug)]
struct Running {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    asked: u64,
}

impl Peer {
    /// A client on matrix-nio, with its files in `folder`.
    pub fn nio(folder: &Path) -> Result<Self> {
        let environment = Environment::of("nio", NIO_REQUIREMENTS)?;
        let mut command = environment.python();
        command.args(["-c", NIO]);
        Self::start(command, folder)
    }

    /// A client on matrix-js-sdk. It wants a newer Node than the stand-ins do, which comes with its packages.
    pub fn js(folder: &Path) -> Result<Self> {
        let packages = node::installed("js", JS_PACKAGE, JS_LOCK)?;
        let own = ["x64", "arm64"].map(|kind| packages.join(format!("node_modules/node-linux-{kind}/bin/node")));
        let node = own.iter().find(|node| node.exists()).cloned().unwrap_or_else(|| "node".into());
        // Beside its packages, where Node looks for them.
        let script = packages.join(format!("peer-{}.mjs", std::process::id()));
        fs::write(&script, JS).doing(|| format!("write {}", script.display()))?;
        let mut command = Command::new(node);
        command.arg(&script);
        Self::start(command, folder)
    }

    fn start(mut command: Command, folder: &Path) -> Result<Self> {
        let log = folder.join("peer.log");
        let log = fs::File::create(&log).doing(|| format!("create {}", log.display()))?;
        let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log).spawn();
        let mut child = started.doing(|| "start a peer".into())?;
        let orders = child.stdin.take().ok_or_else(gone)?;
        let answers = BufReader::new(child.stdout.take().ok_or_else(gone)?);
        Ok(Self(Arc::new(Mutex::new(Running { child, orders, answers, asked: 0 }))))
    }

    /// Has it do something, and waits until it has.
    pub async fn ask(&self, what: &str, mut order: Value) -> Result<Value> {
        let running = self.0.clone();
        order["do"] = json!(what);
        let asked = task::spawn_blocking(move || running.lock().unwrap_or_else(PoisonError::into_inner).ask(order));
        asked.await.expect("asking a peer does not panic")
    }
}

impl Running {
    fn ask(&mut self, mut order: Value) -> Result<Value> {
        self.asked += 1;
        order["id"] = json!(self.asked);
        writeln!(self.orders, "{order}").doing(|| "tell a peer what to do".into())?;
        loop {
            let mut line = String::new();
            if self.answers.read_line(&mut line).doing(|| "hear from a peer".into())? == 0 {
                return Err(gone());
            }
            // Whatever else a library prints is not for us.
            let Ok(answer) = serde_json::from_str::<Value>(&line) else { continue };
            if answer["id"] != order["id"] {
                continue;
            }
            return match answer["ok"] == true {
                true => Ok(answer),
                false => Err(Error::BadInput(format!("a peer could not {}: {answer}", order["do"]))),
            };
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn gone() -> Error {
    Error::BadInput("a peer has ended".into())
}
