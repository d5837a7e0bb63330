//! `cargo xtask manifest`: makes a deployment's key and manifest, signs it, checks one. The form is told in `crates/policy/README.md`.

use std::{
    fs,
    io::Write,
    path::Path,
    time::{Duration, SystemTime},
};

use anyhow::{Context, Result, anyhow, bail};
use aws_lc_rs::{
    encoding::{AsDer, PublicKeyX509Der},
    rand::SystemRandom,
    signature::{Ed25519KeyPair, KeyPair, RSA_PSS_SHA512, RsaKeyPair},
};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use bulla_policy::{MANIFEST_TYPE, TrustedKey, adoptable, manifest};
use serde_json::{Value, json};

pub const USAGE: &str = "cargo xtask manifest <command>

  new FOLDER                      a key (key.pem, to be kept secret; key.pub.pem, for the app) and an example (manifest.json)
  sign manifest.json key.pem OUT  signs a manifest: OUT is what apps adopt
  check FILE key.pub.pem          whether apps that trust the key would adopt the signed manifest, and what it says
";
const EXAMPLE: &str = include_str!("../../crates/policy/manifest.example.json");
const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

pub fn run(arguments: &[String]) -> Result<()> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["new", folder] => new(Path::new(folder)),
        ["sign", file, key, out] => sign(Path::new(file), Path::new(key), Path::new(out)),
        ["check", file, key] => check(Path::new(file), Path::new(key)),
        _ => bail!("that is not understood\n\n{USAGE}"),
    }
}

fn new(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let pair = Ed25519KeyPair::generate().map_err(|_| anyhow!("no key could be made"))?;
    let secret = pair.to_pkcs8v1().map_err(|_| anyhow!("the key does not serialise"))?;
    write(&folder.join("key.pem"), &pem("PRIVATE KEY", secret.as_ref()), 0o600)?;
    write(&folder.join("key.pub.pem"), &pem("PUBLIC KEY", &Signer::Ed25519(pair).public()?), 0o644)?;
    let mut example: Value = serde_json::from_str(EXAMPLE)?;
    let expires = SystemTime::now() + YEAR;
    example["exp"] = json!(expires.duration_since(SystemTime::UNIX_EPOCH)?.as_secs());
    example["version"] = json!(1);
    write(&folder.join("manifest.json"), &format!("{example:#}\n"), 0o644)?;
    println!("==> {}: key.pem (keep it secret), key.pub.pem, manifest.json (edit it, then sign it)", folder.display());
    Ok(())
}

fn sign(file: &Path, key: &Path, out: &Path) -> Result<()> {
    let payload: Value =
        serde_json::from_str(&read(file)?).with_context(|| format!("{} is no JSON", file.display()))?;
    let signer = Signer::read(key)?;
    let header = json!({ "alg": signer.algorithm(), "typ": MANIFEST_TYPE });
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&header), part(&payload));
    let jws = format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signer.sign(signed.as_bytes())?));
    // Nothing leaves that no app would adopt.
    verdict(&jws, &BASE64_STANDARD.encode(signer.public()?))?;
    fs::write(out, &jws).with_context(|| format!("{} cannot be written", out.display()))?;
    println!("==> signed with {}: {}", signer.algorithm(), out.display());
    Ok(())
}

fn check(file: &Path, key: &Path) -> Result<()> {
    println!("{}", verdict(&read(file)?, &read(key)?)?);
    Ok(())
}

/// What a manifest says, if an app that trusts `key` would adopt it now.
fn verdict(jws: &str, key: &str) -> Result<String> {
    let key = TrustedKey::parse(key).map_err(|why| anyhow!("the public key cannot be used: {why}"))?;
    let said = manifest(jws, &[key]).map_err(|why| anyhow!("the manifest is refused: {why}"))?;
    adoptable(&said, None, SystemTime::now()).map_err(|why| anyhow!("the manifest is refused: {why}"))?;
    let days = said.expires.duration_since(SystemTime::now())?.as_secs() / (24 * 3600);
    let servers: Vec<String> = said
        .instances
        .iter()
        .map(|it| {
            let guests = if it.external_guests { ", for guests" } else { "" };
            format!("    {} at {}: {} {:?}{guests}", it.server, it.base_url, it.label, it.sign_in)
        })
        .collect();
    Ok(format!("==> good: {}, version {}, for {days} more days\n{}", said.name, said.version, servers.join("\n")))
}

enum Signer {
    Ed25519(Ed25519KeyPair),
    Rsa(RsaKeyPair),
}

impl Signer {
    fn read(file: &Path) -> Result<Self> {
        let text = read(file)?;
        let body: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
        let der = BASE64_STANDARD.decode(body).with_context(|| format!("{} is no PEM", file.display()))?;
        if let Ok(pair) = Ed25519KeyPair::from_pkcs8(&der) {
            return Ok(Self::Ed25519(pair));
        }
        let rsa = RsaKeyPair::from_pkcs8(&der);
        rsa.map(Self::Rsa).map_err(|_| anyhow!("{} holds no private key of Ed25519 or RSA (PKCS #8)", file.display()))
    }

    fn algorithm(&self) -> &'static str {
        match self {
            Self::Ed25519(_) => "EdDSA",
            Self::Rsa(_) => "PS512",
        }
    }

    fn public(&self) -> Result<Vec<u8>> {
        let der = match self {
            Self::Ed25519(pair) => AsDer::<PublicKeyX509Der>::as_der(pair.public_key()),
            Self::Rsa(pair) => AsDer::<PublicKeyX509Der>::as_der(pair.public_key()),
        };
        Ok(der.map_err(|_| anyhow!("the public key does not serialise"))?.as_ref().to_vec())
    }

    fn sign(&self, text: &[u8]) -> Result<Vec<u8>> {
        match self {
            Self::Ed25519(pair) => Ok(pair.sign(text).as_ref().to_vec()),
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                let signed = pair.sign(&RSA_PSS_SHA512, &SystemRandom::new(), text, &mut signature);
                signed.map_err(|_| anyhow!("the key does not sign"))?;
                Ok(signature)
            }
        }
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).filter_map(|line| str::from_utf8(line).ok()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}

/// Writes a new file; one that is there, perhaps the only copy of a key, stays.
fn write(file: &Path, text: &str, mode: u32) -> Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    let mut out = options.open(file).with_context(|| format!("{} cannot be made", file.display()))?;
    Ok(out.write_all(text.as_bytes())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_and_signed_is_good_and_what_is_changed_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        let run = |words: &[&str]| run(&words.iter().map(|word| word.to_string()).collect::<Vec<_>>());
        run(&["new", &at("")]).unwrap();
        assert!(run(&["new", &at("")]).is_err(), "a key is not written over");
        run(&["sign", &at("manifest.json"), &at("key.pem"), &at("manifest.jws")]).unwrap();
        run(&["check", &at("manifest.jws"), &at("key.pub.pem")]).unwrap();

        let jws = fs::read_to_string(at("manifest.jws")).unwrap();
        fs::write(at("changed.jws"), jws.replacen('a', "b", 1)).unwrap();
        assert!(run(&["check", &at("changed.jws"), &at("key.pub.pem")]).is_err());
        let mut old: Value = serde_json::from_str(&fs::read_to_string(at("manifest.json")).unwrap()).unwrap();
        old["exp"] = json!(1);
        fs::write(at("old.json"), old.to_string()).unwrap();
        assert!(run(&["sign", &at("old.json"), &at("key.pem"), &at("old.jws")]).is_err());
        assert!(!Path::new(&at("old.jws")).exists());
        assert!(run(&["sign", &at("manifest.json"), &at("key.pub.pem"), &at("x.jws")]).is_err());
        run(&["new", &at("other")]).unwrap();
        assert!(run(&["check", &at("manifest.jws"), &at("other/key.pub.pem")]).is_err());
        assert!(run(&["make"]).is_err());
    }
}
