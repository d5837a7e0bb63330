//! A case: what is sent, and what the row of it says.

use bulla_model::{MessageBody, TextStyle};
use serde_json::{Value, json};

/// The smallest and the largest number that Matrix has.
pub const MIN: i64 = -9_007_199_254_740_991;
pub const MAX: i64 = 9_007_199_254_740_991;

/// What is sent: an event, a state event with its key, or a redaction of an event.
pub enum Odd {
    Event(String, Value),
    State(String, String, Value),
    Redaction(String),
}

pub struct Case {
    pub name: String,
    pub odd: Odd,
    /// What the row says by [`kind`], `-` where there is to be no row; after `refused `, what it says where the server takes no such
    /// thing and another lets it pass.
    pub shown: &'static str,
}

/// Ids that a case may speak of.
pub struct Place {
    /// A message of the one who reads.
    pub his: String,
    /// A message of the one who sends.
    pub hers: String,
    /// The one who sends.
    pub sender: String,
    pub room: String,
}

pub fn event(name: impl Into<String>, kind: &str, content: Value, shown: &'static str) -> Case {
    Case { name: name.into(), odd: Odd::Event(kind.into(), content), shown }
}

pub fn say(name: impl Into<String>, content: Value, shown: &'static str) -> Case {
    event(name, "m.room.message", content, shown)
}

pub fn state(name: impl Into<String>, kind: &str, key: &str, content: Value, shown: &'static str) -> Case {
    Case { name: name.into(), odd: Odd::State(kind.into(), key.into(), content), shown }
}

pub fn text(body: &str) -> Value {
    json!({"msgtype": "m.text", "body": body})
}

pub fn html(formatted: &str) -> Value {
    json!({"msgtype": "m.text", "body": "x", "format": "org.matrix.custom.html", "formatted_body": formatted})
}

/// Objects in objects.
pub fn deep(levels: usize) -> Value {
    (0..levels).fold(json!("x"), |inner, _| json!({ "a": inner }))
}

/// Lists in lists.
pub fn deep_list(levels: usize) -> Value {
    (0..levels).fold(json!("x"), |inner, _| json!([inner]))
}

/// What a row says it is.
pub fn kind(body: &MessageBody) -> String {
    match body {
        MessageBody::Text { style: TextStyle::Said, .. } => "text".into(),
        MessageBody::Text { style, .. } => format!("{style:?}").to_lowercase(),
        MessageBody::Media { kind, .. } => format!("{kind:?}").to_lowercase(),
        MessageBody::Location { .. } => "location".into(),
        MessageBody::Poll { .. } => "poll".into(),
        MessageBody::Redacted => "redacted".into(),
        MessageBody::Undecryptable { why } => format!("unreadable {why:?}"),
        MessageBody::Member { change, .. } => format!("member {change:?}"),
        MessageBody::Profile { .. } => "profile".into(),
        MessageBody::State { kind, .. } => format!("state {kind:?}"),
        MessageBody::Call { .. } => "call".into(),
        MessageBody::Unknown { malformed: true, .. } => "malformed".into(),
        MessageBody::Unknown { .. } => "unknown".into(),
        #[allow(unreachable_patterns)]
        _ => "another".into(),
    }
}
