//! The story that the demo tells.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use bulla_testkit::{Deployment, Fault, Handle};
use serde_json::{Value, json};

use super::agent::Agent;
use super::offices::Offices;
use super::transcript::Transcript;
use super::{ending, files, guest};
use crate::process::say;

const PROOF: &str = "/_bulla/client/v1/proof";
const BILAL: &str = "bilal@ville.test";
const OUTSIDER: &str = "jeanne@gmail.com";
/// What an administrator gave, and what Bilal makes of it.
const GIVEN: &str = "bienvenue-4711-provisoire";
const CHOSEN: &str = "quatre chevaux sous la pluie 27";
const HELLO: &str = "Bonjour Bilal, la réunion de crise est à **15 h**, salle Bercy";
const HELLO_EDITED: &str = "Bonjour Bilal, la réunion de crise est à **16 h**, salle Bercy";
const ANSWER: &str = "Bonjour Aïcha, je serai là";
const REPLY: &str = "16 h, bien noté";
const SLIP: &str = "Le code de la porte est 4711";
const AWAY: &str = "Tu es hors ligne, tu liras ceci à ton retour";
const AFTER: &str = "De retour après un redémarrage";
const ANNOUNCED: &str = "Exercice d’évacuation jeudi : lisez la consigne";
const IN_THREAD: &str = "Le point de rassemblement est bien la cour ?";
const QUESTION: &str = "Quel jour pour le bilan ?";
const DAYS: &str = "lundi matin|mardi matin";
const DAY: &str = "mardi matin";
const ALL: [&str; 11] = [HELLO, HELLO_EDITED, ANSWER, REPLY, SLIP, AWAY, AFTER, ANNOUNCED, IN_THREAD, QUESTION, DAY];

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
    let offices = Offices::open(&handle).await?;
    let office = &offices.office;
    let log = |name: &str| cast.folder.join(format!("{name}.log"));
    let with = |name: &str, order: Value| offices.trusted(cast.folder.join(name), order);
    let bilal = handle.register(1, "bilal", GIVEN, false).await.context("making a user")?;
    handle.set_temporary(&bilal.user_id).await.context("a temporary password")?;
    let theirs = handle.servers().get(1).context("a second server")?.name.clone();
    office.list(BILAL, json!({"hs": theirs}));

    let mut a = Agent::start((cast.kotlin)(), "Aïcha", "Kotlin", &offices.ministry, &log("aicha"))?;
    let mut b = Agent::start((cast.other)(), "Bilal", cast.other_language, &theirs, &log("bilal"))?;
    let t = transcript;

    office.list(OUTSIDER, json!({"hs": offices.partners, "invited": false}));
    let address = |email: &str| with("aicha", json!({"email": email}));
    t.step("is refused: an address of nobody's", &mut a, "refuse_address", address("nobody@gmail.com"))?;
    t.step("is refused: an outsider whom nobody invited", &mut a, "refuse_address", address(OUTSIDER))?;
    let front = office.front(&theirs).context("what stands before Bilal's server")?;
    let before = front.stats();
    front.set(Fault::respond(404, Some(PROOF), &json!({"errcode": "M_UNRECOGNIZED"}))).await;
    let fake = json!({"homeserver": front.url(), "user": bilal.user_id, "password": GIVEN});
    t.step("refuses a server that proves nothing", &mut a, "refuse_server", with("aicha", fake))?;
    front.heal().await;
    let heard: Vec<String> = front.stats().since(&before).requests.into_keys().collect();
    t.fact("told it nothing but that question", &a, heard == [PROOF], heard.join(", "))?;

    let account = offices.sign_in(&handle, t, &mut a, &cast.folder.join("aicha"), CHOSEN).await?;
    let aicha = account["user"].as_str().context("who she is")?.to_owned();
    let network = office.front(&offices.ministry).context("what stands before Aïcha's server")?;

    let found =
        t.step("types an address, and finds the server", &mut b, "discover", with("bilal", json!({"email": BILAL})))?;
    let order = json!({"homeserver": found["base_url"], "user": bilal.user_id, "password": GIVEN});
    t.step("signs in with a password that was given", &mut b, "sign_in", with("bilal", order))?;
    t.step("is asked for one of his own", &mut b, "wait_must_choose", json!({}))?;
    t.step("may do nothing else before", &mut b, "refuse_rooms", json!({"user": aicha}))?;
    t.step("chooses it", &mut b, "choose_password", json!({"password": GIVEN, "new": CHOSEN}))?;
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

    t.step("announces something, to be confirmed", &mut a, "announce", json!({"text": ANNOUNCED}))?;
    t.step("confirms that he has read it", &mut b, "confirm", json!({"of": ANNOUNCED}))?;
    t.step("sees that he has", &mut a, "wait_confirmed", json!({"text": ANNOUNCED, "user": bilal.user_id}))?;
    t.step("asks back in a thread", &mut b, "answer_in_thread", json!({"of": ANNOUNCED, "text": IN_THREAD}))?;
    t.step("sees the thread at its first message", &mut a, "wait_thread", json!({"of": ANNOUNCED}))?;
    t.step("begins a poll", &mut a, "poll", json!({"text": QUESTION, "of": DAYS}))?;
    t.step("votes", &mut b, "vote", json!({"of": QUESTION, "key": DAY}))?;
    t.step("sees his vote", &mut a, "wait_vote", json!({"of": QUESTION, "key": DAY}))?;

    ending::begin(t, &mut a, &mut b, &aicha, &bilal.user_id)?;
    files::tell(&offices, cast, t, &mut a, &mut b)?;
    guest::tell(&handle, &offices, cast, t, &mut a, &mut b, &bilal.user_id).await?;
    // Back to the conversation of the two.
    t.step("opens the conversation again", &mut a, "open_room", json!({"room": room}))?;
    t.step("opens the conversation again", &mut b, "open_room", json!({"room": room}))?;

    ending::end(t, &mut a, &mut b)?;

    t.step("goes offline", &mut b, "pause", json!({}))?;
    t.step("writes to someone who is offline", &mut a, "send", json!({"text": AWAY}))?;
    t.step("comes back", &mut b, "resume", json!({}))?;
    t.step("reads what was written meanwhile", &mut b, "wait_text", json!({"text": AWAY}))?;

    t.step("closes the app", &mut a, "shutdown", json!({}))?;
    drop(a);
    network.set(Fault::Refuse).await;
    say("Aïcha's app starts again, in a new process and without a network");
    let mut a = Agent::start((cast.kotlin)(), "Aïcha", "Kotlin", &offices.ministry, &log("aicha"))?;
    let open = with("aicha", json!({"account": account["account"]}));
    let opened = t.step("shows her list before the network is up", &mut a, "open", open)?;
    anyhow::ensure!(opened["rooms_from_store"].as_u64() >= Some(1), "the list came up empty: {opened}");
    t.step("opens the conversation, still offline", &mut a, "open_room", json!({"room": room}))?;
    t.step("reads what was there before", &mut a, "wait_text", json!({"text": AWAY}))?;
    t.step("writes, still offline", &mut a, "send", json!({"text": AFTER}))?;
    network.heal().await;
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

    search(&handle, t, &aicha).await?;
    let his =
        || ["bilal", "keys-bilal"].iter().flat_map(|name| files(&cast.folder.join(name))).collect::<Vec<PathBuf>>();
    anyhow::ensure!(his().len() > 2, "nothing of Bilal's was on the device before: it proves nothing");
    t.step("deletes his account", &mut b, "delete_account", json!({"password": CHOSEN}))?;
    let left = his();
    let names: Vec<_> = left.iter().filter_map(|file| file.file_name()?.to_str()).collect();
    t.fact("leaves no file and no key on the device", &b, left.is_empty(), names.join(", "))?;
    let gone = handle.is_deactivated(&bilal.user_id).await.context("how his server holds his account")?;
    t.fact("has no account on the server any more", &b, gone, String::new())?;
    search(&handle, t, &aicha).await
}

/// Looks in every file and every row of the servers for the text of every message, and for the passwords.
async fn search(handle: &Handle, t: &mut Transcript, aicha: &str) -> Result<()> {
    say("searching every file and every row of the servers for every message and password");
    let texts = ALL
        .iter()
        .chain(&ending::ALL)
        .chain(&[files::REPORT, guest::WELCOME, guest::ANSWER, guest::PASSWORD, GIVEN, CHOSEN, aicha])
        .copied()
        .collect::<Vec<_>>();
    let (known, hits): (Vec<_>, Vec<_>) =
        handle.search(&texts).await.context("searching the servers")?.into_iter().partition(|hit| hit.text == aicha);
    // She is known to her server and to his, in files and in rows: a search that does not see that proves nothing.
    let rows = known.iter().filter(|hit| hit.place.starts_with("rows of ")).count();
    anyhow::ensure!(
        rows >= 2 && known.len() > rows,
        "the search found a user id in {rows} databases, of {} places",
        known.len()
    );
    for hit in &hits {
        println!("  in clear: {:?} in {}", hit.text, hit.place);
    }
    t.plaintext(!hits.is_empty());
    Ok(())
}

/// Every file under a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
