use std::{fs, path::Path, process::Command, time::Duration};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::{Person, pkce};
use crate::{
    error::{Doing, Error, Result},
    http,
    keeper::Keeper,
    port, random,
};

const SCRIPT: &str = include_str!("../../node/identity-provider.mjs");
const NAME: &str = "identity-provider";
const CLIENT: &str = "authentication-service";
const READY: Duration = Duration::from_secs(60);
/// What ProConnect calls an authentication with one factor.
const ACR: &str = "eidas1";

/// A stand-in of ProConnect, and what its one client has to know.
#[derive(Debug)]
pub struct IdentityProvider {
    url: String,
    redirect: String,
    secret: String,
    people_token: String,
}

/// Who has signed in there.
#[derive(Debug, Deserialize)]
pub struct Claims {
    pub email: String,
    pub given_name: String,
    pub usual_name: String,
    pub siret: String,
}

impl IdentityProvider {
    /// Starts it and waits until it answers. `redirect` is where it sends people back to.
    pub fn start(packages: &Path, keeper: &Keeper, root: &Path, redirect: &str) -> Result<Self> {
        let script = root.join("identity-provider.mjs");
        fs::write(&script, SCRIPT).doing(|| format!("write {}", script.display()))?;
        let port = port::free();
        let provider = Self {
            url: format!("http://127.0.0.1:{port}"),
            redirect: redirect.to_owned(),
            secret: random::hex(16),
            people_token: random::hex(16),
        };
        let mut command = Command::new("node");
        command.arg(&script).arg(packages).arg(port.to_string());
        command.args([CLIENT, &provider.secret, redirect, &provider.people_token]);
        keeper.launch(NAME, &command, "SIGTERM")?;
        let discovery = format!("{}/.well-known/openid-configuration", provider.url);
        keeper.until_ready(NAME, READY, || matches!(http::call("GET", &discovery, None, None), Ok((200, _))))?;
        Ok(provider)
    }

    /// Lets somebody sign in from now on.
    pub fn add(&self, person: &Person) -> Result<()> {
        let body = json!({
            "email": person.email, "given_name": person.given_name, "usual_name": person.usual_name, "siret": person.siret,
        });
        http::expect("POST", &format!("{}/people", self.url), Some(&self.people_token), Some(&body))?;
        Ok(())
    }

    /// Where a browser goes to sign in.
    pub fn authorize(&self, state: &str, nonce: &str, verifier: &str, hint: Option<&str>) -> Result<Url> {
        let bad = |error: url::ParseError| Error::BadInput(error.to_string());
        let mut url = Url::parse(&format!("{}/auth", self.url)).map_err(bad)?;
        let claims = json!({"id_token": {"acr": {"essential": true, "values": [ACR]}}}).to_string();
        url.query_pairs_mut().extend_pairs([
            ("client_id", CLIENT),
            ("response_type", "code"),
            ("scope", "openid email given_name usual_name siret"),
            ("redirect_uri", &self.redirect),
            ("state", state),
            ("nonce", nonce),
            ("code_challenge", &pkce::challenge(verifier)),
            ("code_challenge_method", "S256"),
            ("claims", &claims),
        ]);
        if let Some(hint) = hint {
            url.query_pairs_mut().append_pair("login_hint", hint);
        }
        Ok(url)
    }

    /// Who a code stands for.
    pub fn exchange(&self, code: &str, nonce: &str, verifier: &str) -> Result<Claims> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect),
            ("code_verifier", verifier),
        ];
        let tokens = http::form(&format!("{}/token", self.url), Some((CLIENT, &self.secret)), &form)?;
        let identity = payload(tokens["id_token"].as_str().unwrap_or_default());
        if identity["nonce"] != nonce || identity["acr"] != ACR || identity["iss"] != self.url.as_str() {
            return Err(Error::BadInput("the identity token is not for this sign-in".into()));
        }
        let claims = http::expect("GET", &format!("{}/me", self.url), tokens["access_token"].as_str(), None)?;
        serde_json::from_value(claims).map_err(|error| Error::BadInput(error.to_string()))
    }
}

/// What an identity token says. It came from its issuer itself, so that its signature adds nothing (OpenID Connect Core, 3.1.3.7).
fn payload(token: &str) -> Value {
    let part = token.split('.').nth(1).and_then(|part| BASE64_URL_SAFE_NO_PAD.decode(part).ok());
    part.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}
