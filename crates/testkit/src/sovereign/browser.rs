use std::collections::BTreeMap;

use ureq::http::{Request, Response};
use url::{Url, form_urlencoded};

use crate::{
    error::{Error, Result},
    http,
};

const PAGES: usize = 20;

/// Does in a browser what a person would to sign in: opens `url`, gives `email` and says yes or no. Returns where the app is called back,
/// which is not opened: the address that `url` asks for, or the first that is not of a page on loopback. Pages that call nobody back end
/// in one that asks nothing more, and its address is returned.
pub fn browse(url: &str, email: &str, allow: bool) -> Result<String> {
    let mut browser = Browser::default();
    let mut at = parse(url)?;
    let callback = at.query_pairs().find_map(|(key, value)| (key == "redirect_uri").then(|| value.into_owned()));
    let (mut form, mut form_was_sent): (Option<String>, _) = (None, false);
    for _ in 0..PAGES {
        let mut page = browser.load(&at, form.take())?;
        if let Some(to) = page.headers().get("Location").and_then(|to| to.to_str().ok()) {
            let to = at.join(to).map_err(|error| Error::BadInput(error.to_string()))?;
            if to.scheme() != "http" || callback.as_ref().is_some_and(|callback| to.as_str().starts_with(callback)) {
                return Ok(to.into());
            }
            at = to;
            continue;
        }
        let status = page.status().as_u16();
        let text = page.body_mut().read_to_string().unwrap_or_default();
        if form_was_sent && status == 200 && !text.contains("<form") {
            return Ok(at.into());
        }
        let action = text.split("action=\"").nth(1).and_then(|rest| rest.split('"').next());
        let Some(action) = action.filter(|_| status == 200) else {
            return Err(Error::Refused { request: format!("GET {}", at.path()), status, body: text });
        };
        at = at.join(action).map_err(|error| Error::BadInput(error.to_string()))?;
        let choice = if allow { "allow" } else { "deny" };
        let pairs = [("email", email), ("choice", choice)];
        form_was_sent = true;
        form = Some(form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish());
    }
    Err(Error::BadInput("the sign-in pages do not end".into()))
}

/// Cookies by origin and name. Their paths and ages do not matter here.
#[derive(Default)]
struct Browser {
    cookies: BTreeMap<(String, String), String>,
}

impl Browser {
    fn load(&mut self, url: &Url, form: Option<String>) -> Result<Response<ureq::Body>> {
        let origin = url.origin().ascii_serialization();
        let cookies = self.cookies.iter().filter(|((of, _), _)| *of == origin);
        let cookies = cookies.map(|((_, name), value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        let head = Request::builder().uri(url.as_str()).header("Cookie", cookies);
        let page = match form {
            Some(form) => {
                let head = head.method("POST").header("Content-Type", "application/x-www-form-urlencoded");
                head.body(form).map_err(ureq::Error::from).and_then(|request| http::agent().run(request))
            }
            None => head.body(()).map_err(ureq::Error::from).and_then(|request| http::agent().run(request)),
        };
        let page = page.map_err(|source| Error::NoAnswer { request: url.path().into(), source: Box::new(source) })?;
        for cookie in page.headers().get_all("Set-Cookie") {
            let cookie = cookie.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
            if let Some((name, value)) = cookie.split_once('=') {
                self.cookies.insert((origin.clone(), name.trim().to_owned()), value.to_owned());
            }
        }
        Ok(page)
    }
}

fn parse(url: &str) -> Result<Url> {
    Url::parse(url).map_err(|error| Error::BadInput(error.to_string()))
}
