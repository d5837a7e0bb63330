//! From what a directory service says of an e-mail address to the server to sign in to.

use bulla_model::{Barrier, Discovery, Failure, Instance, ManagedRules, Manifest, TrustTrouble};
use serde::Deserialize;

use crate::manifest::untrusted;

/// Where a directory service is asked, under its base address (Sydent's `info`).
pub const DIRECTORY_PATH: &str = "/_matrix/identity/api/v1/info";
/// How long its answer may be.
pub const DIRECTORY_LIMIT: usize = 16 * 1024;

/// What a directory service answered.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct DirectoryAnswer {
    hs: Option<String>,
    new_hs: Option<String>,
    shadow_hs: Option<String>,
    invited: bool,
    error: Option<serde_json::Value>,
}

impl DirectoryAnswer {
    /// The server that answers for the address, if one does.
    pub(crate) fn server(&self) -> Option<&str> {
        self.hs.as_deref().filter(|name| !name.is_empty())
    }
}

/// Reads an answer; none where it is not one, so that the next host is asked. A refusal with a Matrix-like `error` is an
/// answer: there is no server for that address.
pub fn directory_answer(status: u16, body: &[u8]) -> Option<DirectoryAnswer> {
    let answer: DirectoryAnswer = serde_json::from_slice(body).ok()?;
    match status {
        200 if answer.error.is_none() => Some(answer),
        400 | 403 | 404 if answer.error.is_some() => Some(DirectoryAnswer::default()),
        _ => None,
    }
}

/// The hosts in the order they are asked in, by `chance`: none learns more addresses than another.
pub fn shuffled(hosts: &[String], mut chance: u64) -> Vec<&str> {
    let mut order: Vec<&str> = hosts.iter().map(String::as_str).collect();
    for last in (1..order.len()).rev() {
        let among = last as u64 + 1;
        order.swap(last, (chance % among) as usize);
        chance /= among;
    }
    order
}

/// Where the holder of `email` signs in, or why not.
pub fn placed(
    email: String,
    answer: DirectoryAnswer,
    manifest: &Manifest,
    managed: &ManagedRules,
) -> Result<Discovery, Failure> {
    let named = |name: Option<String>| name.filter(|name| !name.is_empty());
    let server = named(answer.hs).ok_or(Failure::Forbidden { why: Barrier::NotProfessional })?;
    // A server that the deployment does not know may be somebody's who waits for passwords.
    let instance = listed(manifest, &server).ok_or(untrusted(TrustTrouble::NotListed))?.clone();
    let moving_to = named(answer.new_hs);
    if moving_to.as_deref().is_some_and(|server| listed(manifest, server).is_none()) {
        return Err(untrusted(TrustTrouble::NotListed));
    }
    if instance.external_guests && !answer.invited {
        return Err(Failure::Forbidden { why: Barrier::NotInvited });
    }
    allowed(&instance, managed)?;
    // Told to those inside only; a server that is not in the manifest is of no use to an app.
    let shadow = named(answer.shadow_hs).filter(|server| listed(manifest, server).is_some());
    Ok(Discovery { email, instance, moving_to, shadow, invited: answer.invited })
}

/// Whether the device's management lets this instance be signed in to.
pub fn allowed(instance: &Instance, managed: &ManagedRules) -> Result<(), Failure> {
    match &managed.instance {
        Some(only) if *only != instance.server => Err(Failure::Forbidden { why: Barrier::OtherInstance }),
        _ => Ok(()),
    }
}

fn listed<'a>(manifest: &'a Manifest, server: &str) -> Option<&'a Instance> {
    manifest.instances.iter().find(|instance| instance.server == server)
}
