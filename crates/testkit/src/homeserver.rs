use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha1::Sha1;

use crate::{
    error::{Error, Result},
    http, random, wait,
};

const ROOM_DELETED: Duration = Duration::from_secs(30);

/// A user that a test may sign in as.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct User {
    pub user_id: String,
    pub localpart: String,
    pub password: String,
    /// Where to reach the user's server directly, without a fault proxy.
    pub homeserver: String,
}

/// A running homeserver of ours, and its administrator's ways. Every method blocks.
#[derive(Debug)]
pub struct Homeserver {
    /// The server name, as in user ids.
    pub name: String,
    /// Its client API over plain HTTP.
    pub client_url: String,
    /// The same over TLS, with a certificate that nobody else trusts.
    pub tls_url: String,
    secret: String,
    administrator: String,
}

impl Homeserver {
    pub(crate) fn open(name: String, client_url: String, tls_url: String, secret: String) -> Result<Self> {
        let mut server = Self { name, client_url, tls_url, secret, administrator: String::new() };
        let answer = server.register_with("testkit-administrator", &random::hex(16), true, true)?;
        server.administrator = text(&answer, "access_token");
        Ok(server)
    }

    /// Makes a user, who has no device yet.
    pub fn register(&self, localpart: &str, password: &str, admin: bool) -> Result<User> {
        let answer = self.register_with(localpart, password, admin, false)?;
        Ok(User {
            user_id: text(&answer, "user_id"),
            localpart: localpart.into(),
            password: password.into(),
            homeserver: self.client_url.clone(),
        })
    }

    /// Makes a user whose name nobody has.
    pub fn new_user(&self, prefix: &str) -> Result<User> {
        self.register(&format!("{prefix}-{}", random::hex(5)), &random::hex(8), false)
    }

    /// Deletes every device of a user: a hard logout.
    pub fn logout_everywhere(&self, user_id: &str) -> Result<()> {
        let user = format!("/_synapse/admin/v2/users/{}", escape(user_id));
        let devices = self.admin("GET", &format!("{user}/devices"), None)?;
        let devices = devices["devices"].as_array().into_iter().flatten();
        let ids: Vec<_> = devices.map(|device| &device["device_id"]).collect();
        self.admin("POST", &format!("{user}/delete_devices"), Some(json!({"devices": ids})))?;
        Ok(())
    }

    /// Ends an account for good.
    pub fn deactivate(&self, user_id: &str) -> Result<()> {
        let path = format!("/_synapse/admin/v1/deactivate/{}", escape(user_id));
        self.admin("POST", &path, Some(json!({"erase": false})))?;
        Ok(())
    }

    /// Whether an account has ended for good.
    pub fn is_deactivated(&self, user_id: &str) -> Result<bool> {
        let answer = self.admin("GET", &format!("/_synapse/admin/v2/users/{}", escape(user_id)), None)?;
        Ok(answer["deactivated"] == json!(true))
    }

    /// Gives an e-mail address to a user.
    pub fn set_email(&self, user_id: &str, email: &str) -> Result<()> {
        let body = json!({"threepids": [{"medium": "email", "address": email}]});
        self.admin("PUT", &format!("/_synapse/admin/v2/users/{}", escape(user_id)), Some(body)).map(drop)
    }

    /// Has an account end in so many seconds from now; a negative number: it has ended.
    pub fn set_validity(&self, user_id: &str, seconds: i64) -> Result<()> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as i64;
        let body = json!({"user_id": user_id, "expiration_ts": now + seconds * 1000, "enable_renewal_emails": false});
        self.admin("POST", "/_synapse/admin/v1/account_validity/validity", Some(body)).map(drop)
    }

    /// Marks a user's password as one that has to be changed: the administrator writes it to their account data in their name.
    pub fn set_temporary(&self, user_id: &str) -> Result<()> {
        let user = escape(user_id);
        let answer = self.admin("POST", &format!("/_synapse/admin/v1/users/{user}/login"), Some(json!({})))?;
        let path = format!("/_matrix/client/v3/user/{user}/account_data/org.bulla.temporary_password");
        let url = format!("{}{path}", self.client_url);
        http::expect("PUT", &url, Some(&text(&answer, "access_token")), Some(&json!({"temporary": true}))).map(drop)
    }

    /// Makes this server forget a room: its members are put out, and invitations to it lead nowhere.
    pub fn delete_room(&self, room_id: &str) -> Result<()> {
        let path = format!("/_synapse/admin/v2/rooms/{}", escape(room_id));
        let answer = self.admin("DELETE", &path, Some(json!({"purge": true, "force_purge": true})))?;
        let status = format!("/_synapse/admin/v2/rooms/delete_status/{}", text(&answer, "delete_id"));
        wait::until(ROOM_DELETED, || match self.admin("GET", &status, None)? {
            answer if answer["status"] == "complete" => Ok(Some(())),
            answer if answer["status"] == "failed" => Err(Error::BadInput(text(&answer, "error"))),
            _ => Ok(None),
        })?
        .ok_or(Error::TimedOut { what: "the deletion of a room" })
    }

    /// By the administration API that the shared secret opens.
    fn register_with(&self, localpart: &str, password: &str, admin: bool, device: bool) -> Result<Value> {
        let url = format!("{}/_synapse/admin/v1/register", self.client_url);
        let nonce = text(&http::expect("GET", &url, None, None)?, "nonce");
        let rank = if admin { "admin" } else { "notadmin" };
        let mut mac = Hmac::<Sha1>::new_from_slice(self.secret.as_bytes()).expect("HMAC takes a key of any length");
        mac.update([&nonce, localpart, password, rank].join("\0").as_bytes());
        let mac: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        let body = json!({
            "nonce": nonce, "username": localpart, "password": password, "admin": admin, "mac": mac,
            "inhibit_login": !device,
        });
        http::expect("POST", &url, None, Some(&body))
    }

    fn admin(&self, method: &str, path: &str, body: Option<Value>) -> Result<Value> {
        http::expect(method, &format!("{}{path}", self.client_url), Some(&self.administrator), body.as_ref())
    }
}

fn text(answer: &Value, key: &str) -> String {
    answer[key].as_str().unwrap_or_default().into()
}

/// A Matrix identifier as one segment of a path.
fn escape(identifier: &str) -> String {
    identifier
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
