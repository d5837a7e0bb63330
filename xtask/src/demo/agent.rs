//! One agent of the demo: a process that is told what to do, a line of JSON at a time.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

/// No step of the demo takes longer.
const DEADLINE: Duration = Duration::from_secs(90);

/// An agent that runs. Dropping it ends its process.
pub struct Agent {
    pub name: &'static str,
    pub language: &'static str,
    pub server: String,
    child: Child,
    orders: ChildStdin,
    answers: Receiver<String>,
    asked: u64,
}

impl Agent {
    /// Starts the agent; what it writes to stderr goes to `log`.
    pub fn start(
        mut command: Command,
        name: &'static str,
        language: &'static str,
        server: &str,
        log: &Path,
    ) -> Result<Self> {
        let log = File::options().create(true).append(true).open(log).context("the agent's log")?;
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .with_context(|| format!("starting the {language} agent"))?;
        let orders = child.stdin.take().context("the agent has no input")?;
        let output = child.stdout.take().context("the agent has no output")?;
        let (lines, answers) = channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if lines.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Self { name, language, server: server.to_owned(), child, orders, answers, asked: 0 })
    }

    /// Tells the agent to do something and waits for its answer.
    pub fn ask(&mut self, what: &str, mut order: Value) -> Result<Value> {
        self.asked += 1;
        order["id"] = json!(self.asked);
        order["do"] = json!(what);
        writeln!(self.orders, "{order}").and_then(|()| self.orders.flush()).context("the agent is gone")?;
        loop {
            let line = self.answers.recv_timeout(DEADLINE).with_context(|| {
                format!("{} ({}) did not answer to `{what}` within {} s", self.name, self.language, DEADLINE.as_secs())
            })?;
            // Whatever else a runtime prints is not for us.
            let Ok(answer) = serde_json::from_str::<Value>(&line) else { continue };
            if answer["id"] != json!(self.asked) {
                continue;
            }
            if answer["ok"] != json!(true) {
                bail!("{} ({}) could not {what}: {}", self.name, self.language, answer["error"]);
            }
            return Ok(answer);
        }
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = writeln!(self.orders, "{}", json!({"id": 0, "do": "quit"}));
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
