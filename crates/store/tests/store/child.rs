//! This test binary again, as a process of its own that may be killed.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

const FOLDER: &str = "BULLA_STORE_CHILD_FOLDER";

/// A command that runs the ignored test `name` on `folder`.
pub fn command(name: &str, folder: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    finish(&mut command, name, folder);
    command
}

/// The same behind a shell script, which ends in `exec "$@"`.
pub fn behind_shell(shell: &[&str], script: &str, name: &str, folder: &Path) -> Command {
    let mut command = Command::new(shell[0]);
    command.args(&shell[1..]).args(["-c", script, "sh"]);
    command.arg(std::env::current_exe().unwrap());
    finish(&mut command, name, folder);
    command
}

/// The folder handed down; none when the test was started by hand.
pub fn folder() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

fn finish(command: &mut Command, name: &str, folder: &Path) {
    let args = [name, "--exact", "--ignored", "--nocapture", "--test-threads=1"];
    command.args(args.map(OsStr::new)).env(FOLDER, folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped());
}
