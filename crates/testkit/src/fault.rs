use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a proxy does to the connections that go through it.
///
/// `path` is a part of a request's target (`/sync`, `/send/m.room.message`); requests that do not hold it pass. `times` is how many requests are
/// struck before all pass again. In JSON: `{"kind": "delay", "millis": 200}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// Everything passes.
    #[default]
    None,
    /// Nobody listens on the port; what was open is closed.
    Refuse,
    /// Connections are accepted and closed at once; what was open is closed.
    Cut,
    /// Connections are accepted and nothing moves, until the next fault or healing.
    Stall,
    /// Each answer begins this much later.
    Delay { millis: u64 },
    /// Connections are reset (RST); what was open is reset.
    Reset,
    /// Random bytes instead of an answer; what was open is closed.
    Garbage,
    /// Each answer is cut after so many bytes, its head included.
    Truncate { bytes: usize },
    /// This answer instead of the server's, which does not see the request.
    Respond {
        status: u16,
        #[serde(default)]
        headers: BTreeMap<String, String>,
        #[serde(default)]
        body: String,
        #[serde(default)]
        path: Option<String>,
        #[serde(default)]
        times: Option<u32>,
    },
    /// The server does what is asked, and its answer is lost.
    LoseAnswer {
        #[serde(default)]
        path: Option<String>,
        #[serde(default)]
        times: Option<u32>,
    },
}

impl Fault {
    /// Answers every request that holds `path` with this status and JSON.
    pub fn respond(status: u16, path: Option<&str>, body: &serde_json::Value) -> Self {
        Self::Respond {
            status,
            headers: BTreeMap::from([("Content-Type".into(), "application/json".into())]),
            body: body.to_string(),
            path: path.map(Into::into),
            times: None,
        }
    }

    /// Too many requests. Without `retry_after_ms` the server does not say how long to wait.
    pub fn too_many_requests(path: Option<&str>, retry_after_ms: Option<u64>) -> Self {
        let mut body = serde_json::json!({"errcode": "M_LIMIT_EXCEEDED", "error": "Too many requests"});
        if let Some(millis) = retry_after_ms {
            body["retry_after_ms"] = millis.into();
        }
        Self::respond(429, path, &body)
    }

    /// The access token has expired, and the session and its keys have not.
    pub fn soft_logout() -> Self {
        let body = serde_json::json!({"errcode": "M_UNKNOWN_TOKEN", "error": "Signed out", "soft_logout": true});
        Self::respond(401, None, &body)
    }

    /// The page of a hotel's network in front of everything.
    pub fn captive_portal() -> Self {
        Self::Respond {
            status: 200,
            headers: BTreeMap::from([("Content-Type".into(), "text/html".into())]),
            body: "<!doctype html><title>Welcome</title><p>Please accept the conditions.".into(),
            path: None,
            times: None,
        }
    }

    /// The same, for the next so many requests only.
    #[must_use]
    pub fn for_next(mut self, requests: u32) -> Self {
        if let Self::Respond { times, .. } | Self::LoseAnswer { times, .. } = &mut self {
            *times = Some(requests);
        }
        self
    }

    /// Whether what is open ends as this begins.
    pub(crate) fn ends_connections(&self) -> bool {
        matches!(self, Self::Refuse | Self::Cut | Self::Reset | Self::Garbage)
    }

    pub(crate) fn path_and_times(&self) -> (Option<&str>, Option<u32>) {
        match self {
            Self::Respond { path, times, .. } | Self::LoseAnswer { path, times } => (path.as_deref(), *times),
            _ => (None, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_json_of_the_control_endpoint() {
        for (json, fault) in [
            (r#"{"kind":"none"}"#, Fault::None),
            (r#"{"kind":"delay","millis":20}"#, Fault::Delay { millis: 20 }),
            (r#"{"kind":"lose_answer","path":"/send"}"#, Fault::LoseAnswer { path: Some("/send".into()), times: None }),
        ] {
            assert_eq!(serde_json::from_str::<Fault>(json).unwrap(), fault);
        }
        assert!(serde_json::from_str::<Fault>(r#"{"kind":"delay"}"#).is_err());
    }
}
