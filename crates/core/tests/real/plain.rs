//! A client without encryption or library: what is asked of the server is asked in JSON.

use std::time::Duration;

use bulla_model::RoomId;
use bulla_testkit::User;
use serde_json::{Value, json};

use crate::agent::deployment;

pub struct Plain {
    pub url: String,
    pub token: String,
    pub id: String,
}

impl Plain {
    /// A new user of `server`, signed in.
    pub async fn on(server: usize) -> Self {
        Self::of(&deployment().await.new_user(server).await.unwrap()).await
    }

    /// A device more for `user`.
    pub async fn of(user: &User) -> Self {
        let login = json!({
            "type": "m.login.password", "password": user.password,
            "identifier": {"type": "m.id.user", "user": user.user_id},
        });
        let (status, answer) = call("POST", &user.homeserver, "/_matrix/client/v3/login", None, Some(login)).await;
        assert_eq!(status, 200, "{answer}");
        let token = answer["access_token"].as_str().unwrap().to_owned();
        Self { url: user.homeserver.clone(), token, id: user.user_id.clone() }
    }

    pub async fn call(&self, method: &'static str, path: &str, body: Option<Value>) -> (u16, Value) {
        call(method, &self.url, &format!("/_matrix/client/v3{path}"), Some(&self.token), body).await
    }

    pub async fn ok(&self, method: &'static str, path: &str, body: Value) -> Value {
        let (status, answer) = self.call(method, path, Some(body)).await;
        assert_eq!(status, 200, "{method} {path}: {answer}");
        answer
    }

    pub async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.call("GET", path, None).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    /// How many notifications of a room the server counts.
    pub async fn unread(&self, room: &RoomId) -> u64 {
        let sync = self.sync().await;
        sync["rooms"]["join"][room.as_str()]["unread_notifications"]["notification_count"].as_u64().unwrap()
    }

    /// The receipts of a room as this user is told of them, as text.
    pub async fn receipts(&self, room: &RoomId) -> String {
        let sync = self.sync().await;
        sync["rooms"]["join"][room.as_str()]["ephemeral"].to_string()
    }

    /// All that the server says from the beginning. Synapse gives the same question the same answer for two minutes: none is the same.
    async fn sync(&self) -> Value {
        use std::sync::atomic::{AtomicU32, Ordering};
        static NEXT: AtomicU32 = AtomicU32::new(0);
        self.get(&format!("/sync?timeout={}", NEXT.fetch_add(1, Ordering::Relaxed))).await
    }

    /// The content of a state event.
    pub async fn state(&self, room: &str, kind: &str) -> (u16, Value) {
        self.call("GET", &format!("/rooms/{}/state/{kind}/", escape(room)), None).await
    }

    /// A room without encryption, to which `users` are invited.
    pub async fn room(&self, users: &[&str]) -> String {
        let room = json!({
            "preset": "private_chat", "invite": users, "name": "Salle des essais",
            "room_version": "11",
            "power_level_content_override": {"users_default": 50, "users": {self.id.as_str(): 100}},
        });
        self.ok("POST", "/createRoom", room).await["room_id"].as_str().unwrap().to_owned()
    }

    /// Sends an event; the status and answer.
    pub async fn send(&self, room: &str, kind: &str, content: Value) -> (u16, Value) {
        use std::sync::atomic::{AtomicU32, Ordering};
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let transaction = NEXT.fetch_add(1, Ordering::Relaxed);
        self.call("PUT", &format!("/rooms/{}/send/{}/t{transaction}", escape(room), escape(kind)), Some(content)).await
    }

    pub async fn say(&self, room: &str, text: &str) -> String {
        let (status, answer) = self.send(room, "m.room.message", json!({"msgtype": "m.text", "body": text})).await;
        assert_eq!(status, 200, "{answer}");
        answer["event_id"].as_str().unwrap().to_owned()
    }
}

/// An identifier as one segment of a path.
pub fn escape(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

async fn call(method: &'static str, url: &str, path: &str, token: Option<&str>, body: Option<Value>) -> (u16, Value) {
    let url = format!("{}{path}", url.trim_end_matches('/'));
    let token = token.map(str::to_owned);
    let asked = tokio::task::spawn_blocking(move || {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .proxy(None)
            .build()
            .into();
        let mut head = ureq::http::Request::builder().method(method).uri(&url);
        if let Some(token) = token {
            head = head.header("Authorization", format!("Bearer {token}"));
        }
        let answer = match body {
            Some(body) => agent.run(head.header("Content-Type", "application/json").body(body.to_string()).unwrap()),
            None => agent.run(head.body(()).unwrap()),
        };
        let mut answer = answer.unwrap();
        let text = answer.body_mut().read_to_string().unwrap();
        (answer.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::String(text)))
    });
    asked.await.unwrap()
}
