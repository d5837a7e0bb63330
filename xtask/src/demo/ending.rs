//! The part of the demo with messages that end: by themselves after half a minute, or when they were read once.

use anyhow::Result;
use serde_json::json;

use super::agent::Agent;
use super::transcript::Transcript;

pub const HERS: &str = "Le mot de passe du wifi est girafe, jusqu’à ce soir";
pub const HIS: &str = "La salle est au troisième, porte 12";
pub const ONCE: &str = "Le code du coffre est 9061";
pub const ONCE_BACK: &str = "Le nom du témoin est Duval";
pub const ALL: [&str; 4] = [HERS, HIS, ONCE, ONCE_BACK];

/// Each writes to the other what ends by itself, and what may be read once. Both have the conversation open.
pub fn begin(t: &mut Transcript, a: &mut Agent, b: &mut Agent, aicha: &str, bilal: &str) -> Result<()> {
    t.step("writes what ends after 30 seconds", a, "send_ending", json!({"text": HERS}))?;
    t.step("sees when it will end", b, "wait_due", json!({"text": HERS}))?;
    t.step("writes what ends after 30 seconds", b, "send_ending", json!({"text": HIS}))?;
    t.step("sees when it will end", a, "wait_due", json!({"text": HIS}))?;
    t.step("writes what may be read once", a, "send_once", json!({"text": ONCE}))?;
    t.step("opens it, and reads it once", b, "open_once", json!({}))?;
    t.step("cannot open it again", b, "refuse_once", json!({}))?;
    t.step("sees that it was opened", a, "wait_opened", json!({"user": bilal}))?;
    t.step("writes what may be read once", b, "send_once", json!({"text": ONCE_BACK}))?;
    t.step("opens it, and reads it once", a, "open_once", json!({}))?;
    t.step("cannot open it again", a, "refuse_once", json!({}))?;
    t.step("sees that it was opened", b, "wait_opened", json!({"user": aicha}))?;
    Ok(())
}

/// It was half a minute ago, or nearly. Both have the conversation open again.
pub fn end(t: &mut Transcript, a: &mut Agent, b: &mut Agent) -> Result<()> {
    for agent in [a, b] {
        for text in [HERS, HIS] {
            t.step("sees that what was to end is gone", agent, "wait_gone", json!({"text": text}))?;
        }
    }
    Ok(())
}
