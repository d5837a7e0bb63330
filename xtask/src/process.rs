//! Runs other programs: says what runs, lets their lines through, shows that time passes, ends them on Ctrl-C.

use std::io::{BufRead, BufReader, IsTerminal, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::interrupt;

const LOOK: Duration = Duration::from_millis(100);
const HEARTBEAT: Duration = Duration::from_secs(20);
const PATIENCE: Duration = Duration::from_secs(10);

/// Says what is being done. Everything xtask says itself begins alike.
pub fn say(what: impl std::fmt::Display) {
    eprintln!("==> {what}");
}

/// Runs `command` to its end, output untouched; an error when it fails.
pub fn run(label: &str, command: &mut Command) -> Result<()> {
    let status = Running::start(label, command, Output::Through)?.finish(|_| {})?;
    succeed(label, status)
}

/// Runs `command` and hands each line of its output to `on_line`, which prints what a person should see of it.
pub fn follow(label: &str, command: &mut Command, on_line: impl FnMut(&str)) -> Result<ExitStatus> {
    Running::start(label, command, Output::Both)?.finish(on_line)
}

/// Like [`follow`], with standard error untouched: for cargo, whose progress is there.
pub fn follow_stdout(label: &str, command: &mut Command, on_line: impl FnMut(&str)) -> Result<ExitStatus> {
    Running::start(label, command, Output::Stdout)?.finish(on_line)
}

/// The output of a short command, or `None` where it does not run or fails.
pub fn answer(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()?;
    let text = if output.stdout.is_empty() { output.stderr } else { output.stdout };
    output.status.success().then(|| String::from_utf8_lossy(&text).trim().to_owned())
}

/// An error when `status` is not success.
pub fn succeed(label: &str, status: ExitStatus) -> Result<()> {
    if !status.success() {
        bail!("{label}: {status}");
    }
    Ok(())
}

#[derive(PartialEq)]
enum Output {
    Through,
    Stdout,
    Both,
}

struct Running {
    label: String,
    child: Child,
    lines: Receiver<String>,
    since: Instant,
    silent: bool,
}

impl Running {
    fn start(label: &str, command: &mut Command, output: Output) -> Result<Self> {
        let program = command.get_program().to_string_lossy().into_owned();
        command.stdin(Stdio::null());
        if output != Output::Through {
            command.stdout(Stdio::piped());
        }
        if output == Output::Both {
            command.stderr(Stdio::piped());
        }
        own_group(command);
        let mut child = command.spawn().with_context(|| format!("{label}: starting `{program}`"))?;
        let (sender, lines) = channel();
        let streams: [Option<Box<dyn Read + Send>>; 2] = [
            child.stdout.take().map(|it| Box::new(it) as Box<dyn Read + Send>),
            child.stderr.take().map(|it| Box::new(it) as Box<dyn Read + Send>),
        ];
        for stream in streams.into_iter().flatten() {
            read(stream, sender.clone());
        }
        let silent = output == Output::Both || !std::io::stderr().is_terminal();
        Ok(Self { label: label.to_owned(), child, lines, since: Instant::now(), silent })
    }

    fn finish(mut self, mut on_line: impl FnMut(&str)) -> Result<ExitStatus> {
        let mut last = Instant::now();
        let mut ended = None;
        loop {
            match self.lines.recv_timeout(LOOK) {
                Ok(line) => {
                    on_line(&line);
                    last = Instant::now();
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => std::thread::sleep(LOOK / 4),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if interrupt::asked() {
                self.end();
                bail!("{}: interrupted", self.label);
            }
            // One more look at the lines after the end: whoever inherited the pipe may hold it open for ever.
            if let Some(status) = ended {
                return Ok(status);
            }
            ended = self.child.try_wait().with_context(|| self.label.clone())?;
            if self.silent && last.elapsed() >= HEARTBEAT {
                eprintln!("... {} ({} s)", self.label, self.since.elapsed().as_secs());
                last = Instant::now();
            }
        }
    }

    /// Asks the whole group to end, and insists after a while.
    fn end(&mut self) {
        let group = format!("-{}", self.child.id());
        drop(Command::new("kill").args(["-TERM", "--", &group]).status());
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(LOOK);
        }
        drop(Command::new("kill").args(["-KILL", "--", &group]).status());
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn read(stream: Box<dyn Read + Send>, sender: Sender<String>) {
    std::thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut bytes = Vec::new();
        while matches!(reader.read_until(b'\n', &mut bytes), Ok(count) if count > 0) {
            let line = String::from_utf8_lossy(&bytes).trim_end_matches(['\n', '\r']).to_owned();
            if sender.send(line).is_err() {
                return;
            }
            bytes.clear();
        }
    });
}

#[cfg(unix)]
fn own_group(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

#[cfg(not(unix))]
fn own_group(_: &mut Command) {}
