//! The first ten minutes: from the first start to signing out.

use std::fs;
use std::path::Path;
use std::process::Child;

use anyhow::{Context, Result, ensure};
use bulla_testkit::{Fault, Handle};
use serde_json::{Value, json};

use super::hand::Hand;
use crate::demo::Agent;

const HELLO: &str = "Bonjour Bilal, as-tu deux minutes ?";
const ANSWER: &str = "Oui, je t'appelle";
const AWAY: &str = "Je suis dans le tunnel";
const AGAIN: &str = "Me voici de nouveau";

/// How much of the display has to be another when something of this size comes.
const WINDOW: usize = 500_000;
const PANE: usize = 100_000;
const STRIP: usize = 20_000;
const BUBBLE: usize = 1_500;

/// The window stands in the middle of the display. These are the places in it that no key leads to in one step.
const FIRST_ROW: (u32, u32) = (240, 261);
const SETTINGS: (u32, u32) = (402, 64);
const SETTINGS_PANE: (u32, u32) = (850, 500);
const SIGN_OUT: (u32, u32) = (604, 779);

/// Who plays, and where the app keeps its files.
pub struct Cast<'a> {
    pub open: &'a dyn Fn() -> Result<Child>,
    pub home: &'a Path,
    pub bilal: Agent,
}

/// Ends the window when the story ends, however it ends.
struct Window(Child);

impl Window {
    /// SIGKILL: nothing is saved on the way out.
    fn kill(mut self) -> Result<()> {
        self.0.kill().and_then(|()| self.0.wait()).context("killing the window").map(drop)
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

pub async fn play(deployment: &Handle, cast: Cast<'_>, hand: &mut Hand<'_>) -> Result<()> {
    let Cast { open, home, mut bilal } = cast;
    let (aicha, colleague) = (deployment.new_user(0).await?, deployment.new_user(1).await?);
    let network = deployment.proxy(0).await.context("a proxy")?;
    let files = home.with_file_name("bilal");
    let server = &colleague.homeserver;
    bilal.ask(
        "sign_in",
        json!({"homeserver": server, "user": colleague.user_id, "password": colleague.password, "folder": files}),
    )?;
    bilal.ask("wait_live", json!({}))?;

    hand.begin()?;
    let window = Window(open()?);
    hand.sees_that("first start", |now| now.lit() >= WINDOW)?;
    let welcome = hand.display.picture()?;

    hand.press(&["Tab", "Return"])?;
    hand.sees("to the sign-in", STRIP)?;
    for (text, then) in [(network.url(), "Tab"), (aicha.user_id.clone(), "Tab"), (aicha.password.clone(), "Return")] {
        hand.write(&text)?;
        hand.press(&[then])?;
    }
    hand.sees("signed in, the empty list", PANE)?;

    hand.press(&["ctrl+n"])?;
    hand.rest()?;
    hand.begin()?;
    hand.write(&colleague.user_id)?;
    hand.sees("the colleague is found", STRIP / 4)?;
    hand.press(&["Return"])?;
    hand.sees("the conversation is open", STRIP)?;

    hand.write(HELLO)?;
    hand.press(&["Return"])?;
    hand.sees("first message", BUBBLE)?;
    let room = bilal.ask("wait_invitation", json!({}))?["room"].clone();
    bilal.ask("join", json!({"room": room}))?;
    bilal.ask("open_room", json!({"room": room}))?;
    // It was written before he came in.
    bilal.ask("older", json!({}))?;
    reads(&mut bilal, HELLO)?;
    hand.confirmed("the colleague, invited, comes in and reads it");
    hand.rest()?;

    hand.begin()?;
    bilal.ask("send", json!({"text": ANSWER}))?;
    hand.sees("the reply comes", BUBBLE)?;
    bilal.ask("wait_read_by", json!({"user": aicha.user_id}))?;
    hand.confirmed("the colleague sees that it was read");
    hand.rest()?;

    hand.begin()?;
    network.set(Fault::Refuse).await.context("taking the network away")?;
    hand.sees("the network is lost, and the window says so", STRIP)?;
    hand.write(AWAY)?;
    hand.press(&["Return"])?;
    hand.sees("written without a network", BUBBLE)?;
    hand.begin()?;
    network.heal().await.context("giving the network back")?;
    hand.sees("the network is back", STRIP)?;
    reads(&mut bilal, AWAY)?;
    hand.confirmed("the colleague reads what was written meanwhile");

    hand.begin()?;
    window.kill()?;
    hand.sees_that("killed", |now| now.lit() < WINDOW / 10)?;
    hand.begin()?;
    let _window = Window(open()?);
    hand.sees_that("started again, the list is there", |now| now.lit() >= WINDOW && now.other_than(&welcome) >= PANE)?;
    hand.click(FIRST_ROW)?;
    hand.sees("the conversation as it was", STRIP)?;
    hand.write(AGAIN)?;
    hand.press(&["Return"])?;
    hand.sees("one more message", BUBBLE)?;
    reads(&mut bilal, AGAIN)?;
    hand.confirmed("the colleague reads it");

    hand.click(SETTINGS)?;
    hand.sees("to the settings", STRIP)?;
    hand.scroll_down(SETTINGS_PANE)?;
    hand.sees("down to their end", STRIP)?;
    hand.click(SIGN_OUT)?;
    hand.sees("asked whether to sign out", PANE)?;
    hand.press(&["Tab", "Tab", "Return"])?;
    hand.sees_that("signed out, the first screen again", |now| now.other_than(&welcome) < BUBBLE)?;
    for kept in ["accounts", "keys"] {
        let left = fs::read_dir(home.join(kept)).map_or(0, Iterator::count);
        ensure!(left == 0, "signing out left {left} things in {kept}");
    }
    hand.confirmed("neither account nor key is left on disk");
    Ok(())
}

fn reads(bilal: &mut Agent, text: &str) -> Result<Value> {
    bilal.ask("wait_text", json!({"text": text}))
}
