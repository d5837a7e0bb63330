//! Processes of their own for each side, so that none warms up another: they are asked by a line and answer by a line of JSON.
#![allow(dead_code)]

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child as Process, ChildStdin, ChildStdout, Command, Stdio},
    time::Instant,
};

use serde_json::Value;

/// A running side.
pub struct Child {
    process: Process,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    pub started: Instant,
}

impl Child {
    /// This program again, as a side: `main` finds `arguments` after the word `side`.
    pub fn side(arguments: &[&str]) -> Self {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.arg("side").args(arguments);
        Self::of(command)
    }

    pub fn of(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let started = Instant::now();
        let mut process = command.spawn().expect("a process");
        let input = process.stdin.take();
        let output = BufReader::new(process.stdout.take().expect("its output"));
        Self { process, input, output, started }
    }

    /// Waits for a line.
    pub fn answer(&mut self) -> Value {
        let mut line = String::new();
        while self.output.read_line(&mut line).expect("its output") > 0 {
            if line.starts_with('{') {
                return serde_json::from_str(&line).expect("JSON");
            }
            line.clear();
        }
        panic!("a side ended without an answer: {:?}", self.process.wait());
    }

    /// Asks for something and waits for the answer.
    pub fn ask(&mut self) -> Value {
        writeln!(self.input.as_mut().expect("not ended"), "go").expect("it listens");
        self.answer()
    }

    /// Lets it end.
    pub fn end(mut self) {
        self.input.take();
        let status = self.process.wait().expect("it ends");
        assert!(status.success(), "a side ended with {status}");
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if self.input.is_some() {
            let _ = self.process.kill();
            let _ = self.process.wait();
        }
    }
}

/// What this process is to do as a side, if it is one.
pub fn side() -> Option<Vec<String>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    (arguments.first().map(String::as_str) == Some("side")).then(|| arguments[1..].to_vec())
}

/// Answers every line of input, until there are no more.
pub fn lines() -> impl Iterator<Item = String> {
    std::io::stdin().lines().map_while(Result::ok)
}

/// A runtime as an app has it.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

/// The program that measures the floor: a benchmark of the store, built in the same way. `BULLA_BENCH_FLOOR` names one that is there.
pub fn floor() -> PathBuf {
    if let Some(program) = std::env::var_os("BULLA_BENCH_FLOOR") {
        return program.into();
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["bench", "--no-run", "--package", "bulla-core", "--package", "bulla-store", "--bench", "floor"])
        .args(["--ignore-rust-version", "--message-format", "json"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo");
    let text = String::from_utf8_lossy(&output.stdout);
    let messages = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut floor = messages
        .filter(|it| it["target"]["name"] == "floor")
        .filter_map(|it| it["executable"].as_str().map(PathBuf::from));
    floor.next_back().expect("the floor was built")
}

/// Where accounts that were filled are kept between runs.
pub fn fixtures() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    target.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target")).join("bench/fixtures")
}

/// A copy of a folder that may be changed.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("its type").is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).expect("copied");
            // On the disk, too: else the next one who makes sure of a page there waits for all of this.
            fs::File::open(&target).and_then(|file| file.sync_all()).expect("on the disk");
        }
    }
}
