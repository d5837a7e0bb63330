use std::{
    fs,
    io::Write,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    environment::Environment,
    error::{Doing, Error, Result},
    wait,
};

const SCRIPT: &str = include_str!("../python/keeper.py");

/// How long the servers may take to end before the keeper kills them, and the folder to be removed.
const END: Duration = Duration::from_secs(30);

/// The process that owns the servers of a deployment.
///
/// It ends them when its standard input ends: at [`Keeper::end`], when this is dropped, and just as well when our process panics, is interrupted or is killed.
#[derive(Debug)]
pub struct Keeper {
    process: Mutex<Child>,
    folder: PathBuf,
}

impl Keeper {
    /// Watches over `folder`, and removes it at the end unless `keep`.
    pub fn start(environment: &Environment, folder: &Path, keep: bool) -> Result<Self> {
        let log = fs::File::create(folder.join("keeper.log")).doing(|| "create the keeper's log".into())?;
        let process = environment
            .python()
            .arg("-c")
            .arg(SCRIPT)
            .arg(folder)
            .arg(if keep { "keep" } else { "wipe" })
            // What the servers trust beside what is theirs to configure: Synapse speaks to identity servers over TLS.
            .env("SSL_CERT_FILE", folder.join("authority.pem"))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log)
            .process_group(0)
            .spawn()
            .doing(|| "start the keeper".into())?;
        Ok(Self { process: Mutex::new(process), folder: folder.into() })
    }

    /// Starts a server. `signal` is how it is asked to end.
    pub fn launch(&self, name: &str, command: &Command, signal: &str) -> Result<()> {
        let words: Vec<_> = std::iter::once(command.get_program())
            .chain(command.get_args())
            .map(|word| word.to_string_lossy())
            .collect();
        self.order(&json!({"name": name, "command": words, "log": self.log(name), "signal": signal}))
    }

    /// Has one more folder removed at the end, whenever the deployment's own is.
    pub fn also_remove(&self, folder: &Path) -> Result<()> {
        self.order(&json!({"folder": folder}))
    }

    /// Ends the servers, and waits until they have ended. Nothing can be launched any more.
    pub fn end(&self) {
        let mut process = self.process();
        drop(process.stdin.take());
        let ended = wait::until(END, || Ok(process.try_wait().ok().flatten()));
        if !matches!(ended, Ok(Some(_))) {
            eprintln!("testkit: the keeper, process {}, does not end", process.id());
        }
    }

    fn order(&self, order: &Value) -> Result<()> {
        let mut process = self.process();
        let input = process.stdin.as_mut().ok_or(Error::Unavailable("the keeper has ended"))?;
        writeln!(input, "{order}").doing(|| "write to the keeper".into())
    }

    /// Polls until a server is ready. If it ends before that, or is not ready in time, the error quotes its log.
    pub fn until_ready(&self, name: &str, deadline: Duration, mut ready: impl FnMut() -> bool) -> Result<()> {
        let failure = |what| Error::Server { server: name.into(), what, log: tail(&self.log(name)) };
        wait::until(deadline, || match ready() {
            true => Ok(Some(())),
            false if self.folder.join(format!("{name}.exit")).exists() => Err(failure("ended")),
            false => Ok(None),
        })?
        .ok_or_else(|| failure("did not answer in time"))
    }

    fn process(&self) -> MutexGuard<'_, Child> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn log(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.log"))
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.end();
    }
}

fn tail(log: &Path) -> String {
    let text = fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(30)..].join("\n")
}
