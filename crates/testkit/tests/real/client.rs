use std::time::{Duration, Instant};

use bulla_testkit::User;
use serde_json::{Value, json};

pub type Answer = Result<(u16, Value), ureq::Error>;

/// A Matrix client of few words.
#[derive(Clone)]
pub struct Client {
    pub url: String,
    token: String,
    since: String,
}

impl Client {
    pub async fn login(url: &str, user: &User) -> Self {
        let (status, answer) = post(&format!("{url}/_matrix/client/v3/login"), &login_body(user)).await.unwrap();
        assert_eq!(status, 200, "{answer}");
        Self { url: url.into(), token: answer["access_token"].as_str().unwrap().into(), since: String::new() }
    }

    pub fn at(&self, url: &str) -> Self {
        Self { url: url.into(), ..self.clone() }
    }

    pub async fn call(&self, method: &'static str, path: &str, body: Option<Value>) -> Answer {
        call(method, format!("{}/_matrix/client/v3/{path}", self.url), Some(self.token.clone()), body).await
    }

    pub async fn ok(&self, method: &'static str, path: &str, body: Option<Value>) -> Value {
        let (status, answer) = self.call(method, path, body).await.unwrap();
        assert_eq!(status, 200, "{method} {path}: {answer}");
        answer
    }

    /// Makes a room that is not encrypted, with these people invited.
    pub async fn room(&self, invite: &[&str]) -> String {
        let room = self.ok("POST", "createRoom", Some(json!({"preset": "private_chat", "invite": invite}))).await;
        room["room_id"].as_str().unwrap().into()
    }

    pub async fn send(&self, room: &str, transaction: &str, text: &str) -> Answer {
        let path = format!("rooms/{room}/send/m.room.message/{transaction}");
        self.call("PUT", &path, Some(json!({"msgtype": "m.text", "body": text}))).await
    }

    /// Syncs on from where the last call ended, until an answer holds a text.
    pub async fn sync_until(&mut self, text: &str) {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(20) {
            let answer = self.ok("GET", &format!("sync?timeout=500{}", self.since), None).await;
            self.since = format!("&since={}", answer["next_batch"].as_str().unwrap());
            if answer.to_string().contains(text) {
                return;
            }
        }
        panic!("{text} did not arrive");
    }
}

pub fn login_body(user: &User) -> Value {
    json!({
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": user.user_id},
        "password": user.password,
    })
}

pub async fn get(url: &str) -> Answer {
    call("GET", url.into(), None, None).await
}

pub async fn post(url: &str, body: &Value) -> Answer {
    call("POST", url.into(), None, Some(body.clone())).await
}

pub async fn call(method: &'static str, url: String, token: Option<String>, body: Option<Value>) -> Answer {
    let exchange = move || {
        let agent =
            ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(30)));
        let agent: ureq::Agent = agent.proxy(None).build().into();
        let mut head = ureq::http::Request::builder().method(method).uri(url);
        if let Some(token) = token {
            head = head.header("Authorization", format!("Bearer {token}"));
        }
        let mut answer = match body {
            Some(body) => agent.run(head.body(body.to_string())?)?,
            None => agent.run(head.body(())?)?,
        };
        let text = answer.body_mut().read_to_string()?;
        Ok((answer.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::String(text))))
    };
    tokio::task::spawn_blocking(exchange).await.unwrap()
}
