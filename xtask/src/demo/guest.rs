//! The part of the demo that somebody from outside is in: a private room is opened to her, and what she may not do is told before she tries.

use anyhow::{Context, Result};
use bulla_testkit::Handle;
use serde_json::json;

use super::agent::Agent;
use super::offices::Offices;
use super::story::Cast;
use super::transcript::Transcript;

pub const WELCOME: &str = "Bienvenue Chloé, voici le plan de secours";
pub const ANSWER: &str = "Merci, je transmets au fournisseur";
pub const PASSWORD: &str = "onze tulipes au bord du canal 8";
const ADDRESS: &str = "chloe@partenaire.test";
const ROOM: &str = "Cellule de crise";

/// Aïcha opens a room to Chloé, whom Bilal can then give no role.
pub async fn tell(
    handle: &Handle,
    offices: &Offices,
    cast: &Cast<'_>,
    t: &mut Transcript,
    a: &mut Agent,
    b: &mut Agent,
    bilal: &str,
) -> Result<()> {
    let guest = handle.register(2, "chloe", PASSWORD, false).await.context("making a user of the partners'")?;
    let chloe = guest.user_id.as_str();
    offices.office.list(ADDRESS, json!({"hs": offices.partners, "invited": true}));
    let log = cast.folder.join("chloe.log");
    let mut c = Agent::start((cast.other)(), "Chloé", cast.other_language, &offices.partners, &log)?;
    let with = |order| offices.trusted(cast.folder.join("chloe"), order);
    let found = t.step("is from outside, and was invited", &mut c, "discover", with(json!({"email": ADDRESS})))?;
    let order = json!({"homeserver": found["base_url"], "user": chloe, "password": PASSWORD});
    t.step("signs in at the partners' server", &mut c, "sign_in", with(order))?;
    t.step("is live", &mut c, "wait_live", json!({}))?;
    t.step("may make no room", &mut c, "refuse_create", json!({}))?;
    t.step("may not look through the forums", &mut c, "refuse_browse", json!({}))?;

    let room = t.step("makes a private room", a, "create_private", json!({"text": ROOM}))?["room"].clone();
    let of = |user: &str| json!({"room": room, "user": user});
    t.step("invites Bilal to it", a, "invite", of(bilal))?;
    t.step("sees the invitation", b, "wait_invitation", json!({}))?;
    t.step("accepts it", b, "join", json!({"room": room}))?;
    t.step("cannot invite a guest, and sends nothing", a, "refuse_invite", of(chloe))?;
    t.step("opens it to guests, for good", a, "open_to_guests", json!({"room": room}))?;
    t.step("invites the guest", a, "invite", of(chloe))?;
    t.step("sees the invitation", &mut c, "wait_invitation", json!({}))?;
    t.step("accepts it", &mut c, "join", json!({"room": room}))?;
    t.step("is told what a guest may not do there", &mut c, "wait_refusals", json!({"room": room}))?;

    for agent in [&mut *a, &mut c] {
        t.step("opens the room", agent, "open_room", json!({"room": room}))?;
    }
    t.step("writes to the guest", a, "send", json!({"text": WELCOME}))?;
    t.step("reads it, decrypted", &mut c, "wait_text", json!({"text": WELCOME}))?;
    t.step("writes back", &mut c, "send", json!({"text": ANSWER}))?;
    t.step("reads it, decrypted", a, "wait_text", json!({"text": ANSWER}))?;

    t.step("makes Bilal an administrator", a, "make_administrator", of(bilal))?;
    t.step("may give roles now", b, "wait_may", json!({"room": room}))?;
    t.step("cannot give one to the guest", b, "refuse_role", of(chloe))?;
    t.step("closes the app", &mut c, "shutdown", json!({}))?;
    Ok(())
}
