//! The deployment manifest: who signed it, what it says, and whether it may take the place of another.

use std::time::SystemTime;

use base64::{Engine, prelude::BASE64_STANDARD};
use bulla_model::{Failure, Instance, Manifest, SignInWay, TrustTrouble};
use url::{Host, Url};

use crate::{
    email_invitation::identity_name,
    gate::is_version,
    homeserver,
    jws::{self, JwsTrouble, TrustedKey},
};

/// What the header of a signed manifest calls it.
pub const MANIFEST_TYPE: &str = "bulla-manifest+jws";
const LIMIT: usize = 256 * 1024;
const SCHEMA: u64 = 1;

/// Reads a manifest that one of `keys` must have signed. Whether its time is over is [`adoptable`]'s matter.
pub fn manifest(jws: &str, keys: &[TrustedKey]) -> Result<Manifest, Failure> {
    let payload = jws::open(jws, MANIFEST_TYPE, keys, LIMIT).map_err(|trouble| match trouble {
        JwsTrouble::Malformed => untrusted(TrustTrouble::ManifestMalformed),
        JwsTrouble::Signature => untrusted(TrustTrouble::ManifestSignature),
    })?;
    let malformed = || untrusted(TrustTrouble::ManifestMalformed);
    let value: serde_json::Value = serde_json::from_slice(&payload).map_err(|_| malformed())?;
    if value.get("schema").and_then(serde_json::Value::as_u64).ok_or_else(malformed)? > SCHEMA {
        return Err(untrusted(TrustTrouble::ManifestTooNew));
    }
    let manifest: Manifest = serde_json::from_value(value).map_err(|_| malformed())?;
    match sound(&manifest) {
        true => Ok(manifest),
        false => Err(malformed()),
    }
}

/// Whether `new` takes the place of the one in force: false when it is that very one.
pub fn adoptable(new: &Manifest, in_force: Option<&Manifest>, now: SystemTime) -> Result<bool, Failure> {
    if new.expires <= now {
        return Err(untrusted(TrustTrouble::ManifestExpired));
    }
    match in_force {
        Some(old) if old == new => Ok(false),
        // Two that differ and call themselves the same version: one of them is not to be believed.
        Some(old) if new.version <= old.version => Err(untrusted(TrustTrouble::ManifestOlder)),
        _ => Ok(true),
    }
}

/// The instance whose base address `homeserver` is, if it allows `way`.
pub fn instance_at<'a>(manifest: &'a Manifest, base: &Url, way: SignInWay) -> Result<&'a Instance, Failure> {
    let at = |instance: &&Instance| homeserver(&instance.base_url).is_ok_and(|url| same_base(&url, base));
    let instance = manifest.instances.iter().find(at).ok_or(untrusted(TrustTrouble::NotListed))?;
    match instance.sign_in.contains(&way) {
        true => Ok(instance),
        false => Err(Failure::Forbidden { why: bulla_model::Barrier::SignInWay }),
    }
}

/// The instance whose people have `server` in their ids.
pub fn instance_of<'a>(manifest: &'a Manifest, server: &str) -> Option<&'a Instance> {
    manifest.instances.iter().find(|instance| instance.server == server)
}

/// Whether people of `server` are guests from outside: the manifest names it so. Without one nobody is.
pub fn is_guest(manifest: &Manifest, server: &str) -> bool {
    manifest.instances.iter().any(|instance| instance.external_guests && instance.server == server)
}

/// A certificate of the manifest, in DER.
pub fn certificate(base64: &str) -> Result<Vec<u8>, Failure> {
    BASE64_STANDARD.decode(base64).map_err(|_| untrusted(TrustTrouble::ManifestMalformed))
}

fn same_base(a: &Url, b: &Url) -> bool {
    a.origin() == b.origin() && a.path().trim_end_matches('/') == b.path().trim_end_matches('/')
}

/// What the form alone does not tell.
fn sound(manifest: &Manifest) -> bool {
    let address = |url: &String| homeserver(url).is_ok();
    let web = |url: &String| Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "https" | "http" | "mailto"));
    let mut servers: Vec<&str> = manifest.instances.iter().map(|instance| instance.server.as_str()).collect();
    servers.sort_unstable();
    servers.dedup();
    let versions = &manifest.app_versions;
    manifest.schema >= 1
        && !manifest.name.trim().is_empty()
        && !manifest.instances.is_empty()
        && servers.len() == manifest.instances.len()
        && manifest.instances.iter().all(sound_instance)
        && manifest.discovery.iter().all(address)
        && [&manifest.media_scanner, &manifest.push_gateway].into_iter().flatten().all(address)
        && manifest.lookup.as_deref().is_none_or(|base| identity_name(base).is_some())
        && [&manifest.support, &manifest.status].into_iter().flatten().all(web)
        && manifest.tls.roots.iter().all(|root| BASE64_STANDARD.decode(root).is_ok_and(|der| !der.is_empty()))
        && manifest.tls.pins.iter().all(|pins| {
            let keys = pins.keys.iter().map(|pin| BASE64_STANDARD.decode(&pin.sha256));
            // One in use and one in reserve: a lost key must not lock everybody out.
            Host::parse(&pins.host).is_ok()
                && pins.keys.len() >= 2
                && keys.clone().all(|key| key.is_ok_and(|key| key.len() == 32))
        })
        && manifest.password.strength <= 4
        && [&versions.info, &versions.mandatory, &versions.critical]
            .into_iter()
            .flatten()
            .all(|level| is_version(&level.version))
}

fn sound_instance(instance: &Instance) -> bool {
    is_server_name(&instance.server)
        && homeserver(&instance.base_url).is_ok()
        && !instance.label.trim().is_empty()
        && !instance.sign_in.is_empty()
        && instance.colour.as_deref().is_none_or(is_colour)
}

fn is_server_name(name: &str) -> bool {
    let plain = name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b':' | b'[' | b']'));
    plain && Url::parse(&format!("https://{name}")).is_ok_and(|url| url.host().is_some())
}

fn is_colour(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

pub(crate) fn untrusted(why: TrustTrouble) -> Failure {
    Failure::Untrusted { why }
}
