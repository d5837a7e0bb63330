//! The story that the demo tells.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use bulla_testkit::{Deployment, Fault, Handle, User};
use serde_json::{Value, json};

use super::agent::Agent;
use super::transcript::Transcript;
use crate::process::say;

const HELLO: &str = "Bonjour Bilal, la réunion de crise est à **15 h**, salle Bercy";
const HELLO_EDITED: &str = "Bonjour Bilal, la réunion de crise est à **16 h**, salle Bercy";
const ANSWER: &str = "Bonjour Aïcha, je serai là";
const REPLY: &str = "16 h, bien noté";
const SLIP: &str = "Le code de la porte est 4711";
const AWAY: &str = "Tu es hors ligne, tu liras ceci à ton retour";
const AFTER: &str = "De retour après un redémarrage";
const ALL: [&str; 7] = [HELLO, HELLO_EDITED, ANSWER, REPLY, SLIP, AWAY, AFTER];

/// How to start the two agents, and where they keep their files.
pub struct Cast<'a> {
    pub kotlin: &'a dyn Fn() -> Command,
    pub other: &'a dyn Fn() -> Command,
    pub other_language: &'static str,
    pub folder: PathBuf,
}

/// Tells it. Steps are written down even when one fails.
pub async fn tell(deployment: &Deployment, cast: &Cast<'_>, transcript: &mut Transcript) -> Result<()> {
    let handle = deployment.handle();
    let (aicha, bilal) = (user(&handle, 0, "aicha").await?, user(&handle, 1, "bilal").await?);
    // Aïcha's network is a proxy, so that it can be taken away.
    let network = handle.proxy(0).await.context("a proxy")?;
    let servers: Vec<&str> = handle.servers().iter().map(|server| server.name.as_str()).collect();
    let log = |name: &str| cast.folder.join(format!("{name}.log"));

    let mut a = Agent::start((cast.kotlin)(), "Aïcha", "Kotlin", servers[0], &log("aicha"))?;
    let mut b = Agent::start((cast.other)(), "Bilal", cast.other_language, servers[1], &log("bilal"))?;
    let t = transcript;

    let account = t.step("signs in", &mut a, "sign_in", sign_in(&aicha, &network.url(), &cast.folder.join("aicha")))?;
    t.step("signs in", &mut b, "sign_in", sign_in(&bilal, &bilal.homeserver, &cast.folder.join("bilal")))?;
    t.step("is live", &mut a, "wait_live", json!({}))?;
    t.step("is live", &mut b, "wait_live", json!({}))?;

    let room =
        t.step("invites Bilal to a direct conversation", &mut a, "create_direct", json!({"user": bilal.user_id}))?;
    let room = room["room"].clone();
    t.step("sees the invitation", &mut b, "wait_invitation", json!({}))?;
    t.step("accepts it", &mut b, "join", json!({"room": room}))?;
    t.step("opens the conversation", &mut a, "open_room", json!({"room": room}))?;
    t.step("opens the conversation", &mut b, "open_room", json!({"room": room}))?;

    t.step("writes", &mut a, "send", json!({"text": HELLO}))?;
    t.step("reads it, decrypted", &mut b, "wait_text", json!({"text": HELLO}))?;
    t.step("writes back", &mut b, "send", json!({"text": ANSWER}))?;
    t.step("reads it, decrypted", &mut a, "wait_text", json!({"text": ANSWER}))?;
    t.step("edits the first message", &mut a, "edit", json!({"of": HELLO, "text": HELLO_EDITED}))?;
    t.step("sees the edit", &mut b, "wait_edited", json!({"text": HELLO_EDITED}))?;
    t.step("replies to it", &mut b, "reply", json!({"to": HELLO_EDITED, "text": REPLY}))?;
    t.step("sees the reply", &mut a, "wait_reply", json!({"text": REPLY}))?;
    t.step("reacts to the reply", &mut a, "react", json!({"to": REPLY, "key": "👍"}))?;
    t.step("sees the reaction", &mut b, "wait_reaction", json!({"on": REPLY, "key": "👍"}))?;
    t.step("writes something by mistake", &mut a, "send", json!({"text": SLIP}))?;
    t.step("reads it", &mut b, "wait_text", json!({"text": SLIP}))?;
    t.step("deletes it for both", &mut a, "redact", json!({"of": SLIP}))?;
    t.step("sees that it is gone", &mut b, "wait_redacted", json!({}))?;
    t.step("marks everything as read", &mut b, "mark_read", json!({}))?;
    t.step("sees that Bilal has read it", &mut a, "wait_read_by", json!({"user": bilal.user_id}))?;

    t.step("goes offline", &mut b, "pause", json!({}))?;
    t.step("writes to someone who is offline", &mut a, "send", json!({"text": AWAY}))?;
    t.step("comes back", &mut b, "resume", json!({}))?;
    t.step("reads what was written meanwhile", &mut b, "wait_text", json!({"text": AWAY}))?;

    t.step("closes the app", &mut a, "shutdown", json!({}))?;
    drop(a);
    network.set(Fault::Refuse).await.context("taking the network away")?;
    say("Aïcha's app starts again, in a new process and without a network");
    let mut a = Agent::start((cast.kotlin)(), "Aïcha", "Kotlin", servers[0], &log("aicha"))?;
    let open = json!({"folder": cast.folder.join("aicha"), "account": account["account"]});
    let opened = t.step("shows her list before the network is up", &mut a, "open", open)?;
    anyhow::ensure!(opened["rooms_from_store"].as_u64() >= Some(1), "the list came up empty: {opened}");
    t.step("opens the conversation, still offline", &mut a, "open_room", json!({"room": room}))?;
    t.step("reads what was there before", &mut a, "wait_text", json!({"text": AWAY}))?;
    t.step("writes, still offline", &mut a, "send", json!({"text": AFTER}))?;
    network.heal().await.context("giving the network back")?;
    t.step("is told that the network is back", &mut a, "resume", json!({}))?;
    t.step("is live again", &mut a, "wait_live", json!({}))?;
    t.step("reads what was written offline", &mut b, "wait_text", json!({"text": AFTER}))?;

    for agent in [&mut a, &mut b] {
        let shown = agent.ask("show", json!({}))?;
        println!("\n  The conversation as {} sees it ({}, {}):", agent.name, agent.language, agent.server);
        for line in shown["lines"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            println!("    {line}");
        }
    }
    println!();

    say("searching every file of both servers for the text of every message");
    let mut texts: Vec<&str> = ALL.to_vec();
    texts.push(&aicha.user_id);
    let (known, hits): (Vec<_>, Vec<_>) = handle
        .search(&texts)
        .await
        .context("searching the servers")?
        .into_iter()
        .partition(|hit| hit.text == aicha.user_id);
    anyhow::ensure!(!known.is_empty(), "the search did not even find a user id: it proves nothing");
    for hit in &hits {
        println!("  in clear: {:?} in {}", hit.text, hit.place);
    }
    t.plaintext(!hits.is_empty());
    Ok(())
}

async fn user(handle: &Handle, server: usize, name: &str) -> Result<User> {
    handle.register(server, name, &format!("{name}-demo-password"), false).await.context("making a user")
}

fn sign_in(user: &User, homeserver: &str, folder: &Path) -> Value {
    json!({"homeserver": homeserver, "user": user.user_id, "password": user.password, "folder": folder})
}
