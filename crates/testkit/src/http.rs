use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value;
use ureq::http::Request;
use url::form_urlencoded;

use crate::error::{Error, Result};

/// A JSON request over plain HTTP on loopback, and the status and JSON of its answer. Blocks.
pub fn call(method: &str, url: &str, token: Option<&str>, body: Option<&Value>) -> Result<(u16, Value)> {
    let request = format!("{method} {url}");
    let no_answer = |source| Error::NoAnswer { request: request.clone(), source: Box::new(source) };

    let mut head = Request::builder().method(method).uri(url);
    if let Some(token) = token {
        head = head.header("Authorization", format!("Bearer {token}"));
    }
    let mut answer = match body {
        Some(body) => agent().run(
            head.header("Content-Type", "application/json")
                .body(body.to_string())
                .map_err(|error| no_answer(error.into()))?,
        ),
        None => agent().run(head.body(()).map_err(|error| no_answer(error.into()))?),
    }
    .map_err(no_answer)?;
    let text = answer.body_mut().read_to_string().map_err(no_answer)?;
    Ok((answer.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::String(text))))
}

/// As [`call`], where any answer but a 2xx is an error.
pub fn expect(method: &str, url: &str, token: Option<&str>, body: Option<&Value>) -> Result<Value> {
    match call(method, url, token, body)? {
        (200..=299, answer) => Ok(answer),
        (status, answer) => {
            Err(Error::Refused { request: format!("{method} {url}"), status, body: answer.to_string() })
        }
    }
}

/// Sends a form, and returns the JSON of a 2xx.
pub fn form(url: &str, basic: Option<(&str, &str)>, pairs: &[(&str, &str)]) -> Result<Value> {
    let request = format!("POST {url}");
    let no_answer = |source| Error::NoAnswer { request: request.clone(), source: Box::new(source) };
    let mut head = Request::builder().method("POST").uri(url);
    if let Some((user, password)) = basic {
        head = head.header("Authorization", format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}"))));
    }
    let head = head.header("Content-Type", "application/x-www-form-urlencoded");
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let sent = head.body(body).map_err(ureq::Error::from).and_then(|request| agent().run(request));
    let mut answer = sent.map_err(no_answer)?;
    let status = answer.status().as_u16();
    let text = answer.body_mut().read_to_string().map_err(no_answer)?;
    match status {
        200..=299 => Ok(serde_json::from_str(&text).unwrap_or(Value::String(text))),
        status => Err(Error::Refused { request, status, body: text }),
    }
}

/// What asks: it follows no redirect, and an answer of any status is an answer.
pub fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(60)))
        .allow_non_standard_methods(false)
        .max_redirects(0)
        .proxy(None)
        .build()
        .into()
}
