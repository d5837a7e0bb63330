//! A virtual display: Xvfb shows the window, xdotool is its keyboard and mouse.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::picture::Picture;
use crate::process::answer;

/// Wide enough for the app's window, which stands in its middle.
const SIZE: &str = "1280x860x24";

/// A display of our own. Dropping it ends it.
pub struct Display {
    server: Child,
    name: String,
    frame: PathBuf,
}

impl Display {
    /// Whether both programs are here.
    pub fn is_there() -> bool {
        let help =
            |program: &str| Command::new(program).arg("-help").stdout(Stdio::null()).stderr(Stdio::null()).status();
        help("Xvfb").is_ok() && answer("xdotool", &["--version"]).is_some()
    }

    /// Starts one, with its frame buffer as a file in `folder`.
    pub fn start(folder: &Path) -> Result<Self> {
        let log = File::create(folder.join("display.log")).context("the display's log")?;
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", SIZE, "-nolisten", "tcp", "-fbdir"])
            .arg(folder)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .context("starting Xvfb")?;
        let mut number = String::new();
        if let Some(output) = server.stdout.take() {
            BufReader::new(output).read_line(&mut number).context("Xvfb's number")?;
        }
        let display = Self { server, name: format!(":{}", number.trim()), frame: folder.join("Xvfb_screen0") };
        ensure!(!number.trim().is_empty(), "Xvfb did not start");
        Ok(display)
    }

    /// What `DISPLAY` has to be for a program that opens a window here.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// One order to the keyboard or the mouse.
    pub fn input(&self, order: &[&str]) -> Result<()> {
        let status = Command::new("xdotool").args(order).env("DISPLAY", &self.name).status().context("xdotool")?;
        ensure!(status.success(), "xdotool {}: {status}", order.join(" "));
        Ok(())
    }

    /// What it shows now.
    pub fn picture(&self) -> Result<Picture> {
        Picture::read(&fs::read(&self.frame).context("the frame buffer")?)
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        drop(self.server.kill());
        drop(self.server.wait());
    }
}
