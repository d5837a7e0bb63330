//! A person's hand: what it presses is counted, and how long it waits for what the screen shows.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use super::display::Display;
use super::picture::Picture;
use crate::interrupt;

/// Nobody waits longer for anything.
const DEADLINE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(15);
/// A screen that has not moved for so long has come to rest.
const REST: Duration = Duration::from_millis(400);
/// What may blink all the while: a cursor.
const BLINK: usize = 600;

pub struct Hand<'a> {
    pub display: &'a Display,
    folder: PathBuf,
    keys: usize,
    clicks: usize,
    before: Option<Picture>,
    since: Instant,
    lines: Vec<Line>,
}

struct Line {
    step: &'static str,
    keys: usize,
    clicks: usize,
    shown: Duration,
    confirmed: Option<(&'static str, Duration)>,
}

impl<'a> Hand<'a> {
    pub fn new(display: &'a Display, folder: &Path) -> Self {
        let (keys, clicks, before, lines) = Default::default();
        Self { display, folder: folder.to_owned(), keys, clicks, before, since: Instant::now(), lines }
    }

    /// Presses keys, one after another.
    pub fn press(&mut self, keys: &[&str]) -> Result<()> {
        for key in keys {
            self.begin()?;
            self.keys += 1;
            self.display.input(&["key", key])?;
        }
        Ok(())
    }

    /// Types a text, a key a letter.
    pub fn write(&mut self, text: &str) -> Result<()> {
        self.keys += text.chars().count();
        self.display.input(&["type", "--delay", "12", text])
    }

    /// Clicks at a place of the display.
    pub fn click(&mut self, (x, y): (u32, u32)) -> Result<()> {
        self.begin()?;
        self.clicks += 1;
        self.display.input(&["mousemove", &x.to_string(), &y.to_string(), "click", "1"])
    }

    /// Turns the wheel to the end of what is under the mouse.
    pub fn scroll_down(&mut self, (x, y): (u32, u32)) -> Result<()> {
        self.display.input(&["mousemove", &x.to_string(), &y.to_string()])?;
        self.rest()?;
        self.begin()?;
        self.clicks += 1;
        self.display.input(&["click", "--repeat", "30", "--delay", "10", "5"])
    }

    /// What happens next is waited for from here on. Pressing and clicking begin by themselves.
    pub fn begin(&mut self) -> Result<()> {
        self.before = Some(self.display.picture()?);
        self.since = Instant::now();
        Ok(())
    }

    /// Waits until the screen shows something else than before the last press: at least so many pixels of it.
    pub fn sees(&mut self, step: &'static str, least: usize) -> Result<()> {
        let Some(before) = self.before.clone() else { bail!("{step}: nothing was begun") };
        self.sees_that(step, |now| now.other_than(&before) >= least)
    }

    /// Waits until what is on the screen is so, then until it has come to rest. That is a step, with all that was pressed for it.
    pub fn sees_that(&mut self, step: &'static str, wanted: impl Fn(&Picture) -> bool) -> Result<()> {
        while !wanted(&self.display.picture()?) {
            if self.since.elapsed() > DEADLINE || interrupt::asked() {
                self.keep(&format!("failed: {step}"))?;
                bail!("{step}: the screen did not show it within {} s", DEADLINE.as_secs());
            }
            sleep(LOOK);
        }
        let shown = self.since.elapsed();
        self.rest()?;
        let (keys, clicks) = (std::mem::take(&mut self.keys), std::mem::take(&mut self.clicks));
        println!("✓ {step:52} {keys:>3} keys {clicks:>2} clicks {:>6} ms", shown.as_millis());
        self.lines.push(Line { step, keys, clicks, shown, confirmed: None });
        self.keep(&format!("{:02} {step}", self.lines.len()))
    }

    /// Something outside the window proves the last step; `by` says what.
    pub fn confirmed(&mut self, by: &'static str) {
        let took = self.since.elapsed();
        if let Some(line) = self.lines.last_mut() {
            println!("  {by}: {} ms", took.as_millis());
            line.confirmed = Some((by, took));
        }
    }

    pub fn rest(&self) -> Result<()> {
        let began = Instant::now();
        let (mut last, mut still) = (self.display.picture()?, Instant::now());
        while still.elapsed() < REST && began.elapsed() < DEADLINE {
            sleep(LOOK);
            let now = self.display.picture()?;
            if now.other_than(&last) > BLINK {
                (last, still) = (now, Instant::now());
            }
        }
        Ok(())
    }

    /// All steps as a table.
    pub fn table(&self) -> String {
        let mut table = String::from(
            "| step | keys | clicks | on the screen after | proved by | after |\n|---|---|---|---|---|---|\n",
        );
        let seconds = |it: Duration| format!("{:.2} s", it.as_secs_f32());
        for line in &self.lines {
            let (by, after) =
                line.confirmed.map_or((String::new(), String::new()), |(by, it)| (by.into(), seconds(it)));
            let (step, keys, clicks) = (line.step, line.keys, line.clicks);
            let _ = writeln!(table, "| {step} | {keys} | {clicks} | {} | {by} | {after} |", seconds(line.shown));
        }
        let sum = |of: fn(&Line) -> usize| self.lines.iter().map(of).sum::<usize>();
        let waited = seconds(self.lines.iter().map(|it| it.shown).sum());
        let _ = writeln!(table, "| **all** | {} | {} | {waited} | | |", sum(|it| it.keys), sum(|it| it.clicks));
        table
    }

    fn keep(&self, name: &str) -> Result<()> {
        let name: String = name.chars().map(|it| if it.is_alphanumeric() { it } else { '-' }).collect();
        Ok(fs::write(self.folder.join(format!("{name}.png")), self.display.picture()?.png())?)
    }
}
