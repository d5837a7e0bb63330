use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::error::{Doing, Error, Result};

/// How to reach a deployment: what a test in any language has to know. [`Description::write`] puts it into a file that `BULLA_DEPLOYMENT` names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    pub servers: Vec<Server>,
    /// The control endpoint. None for somebody else's server.
    pub control: Option<String>,
    /// The folder with the state of the servers. None for somebody else's server.
    pub root: Option<PathBuf>,
    /// The users that somebody else gave us, to be used in turn. Ours are made on demand.
    #[serde(default)]
    pub users: Vec<GivenUser>,
}

/// One homeserver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Server {
    /// The server name, as in user ids.
    pub name: String,
    /// Its client API, directly.
    pub client_url: String,
    /// The same over TLS, with a certificate that does not verify. None for somebody else's server.
    pub tls_url: Option<String>,
}

/// A user of somebody else's server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenUser {
    pub user_id: String,
    pub password: String,
}

/// What a deployment lets a test do. A test that needs more is skipped, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Any number of users, and what an administrator may do: log out, deactivate, delete a room.
    pub administration: bool,
    /// A fault proxy before a server.
    pub proxies: bool,
    /// Looking for texts in everything that the servers keep.
    pub search: bool,
    /// Two servers or more, which federate.
    pub federation: bool,
}

impl Description {
    /// Somebody else's server, from `--homeserver URL --user id:password --user ...`.
    pub fn foreign(homeserver: &str, users: &[impl AsRef<str>]) -> Result<Self> {
        let users = users.iter().map(|user| GivenUser::parse(user.as_ref())).collect::<Result<Vec<_>>>()?;
        let name = users.first().and_then(|user| user.user_id.split_once(':'));
        let (_, name) = name.ok_or(Error::BadInput("give at least one user".into()))?;
        let client_url = homeserver.trim_end_matches('/').to_owned();
        Ok(Self {
            servers: vec![Server { name: name.to_owned(), client_url, tls_url: None }],
            control: None,
            root: None,
            users,
        })
    }

    pub fn read(file: &Path) -> Result<Self> {
        let text = fs::read_to_string(file).doing(|| format!("read {}", file.display()))?;
        serde_json::from_str(&text).map_err(|error| Error::BadInput(format!("{}: {error}", file.display())))
    }

    pub fn write(&self, file: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self).expect("a description has only texts and lists");
        fs::write(file, text).doing(|| format!("write {}", file.display()))
    }

    pub fn capabilities(&self) -> Capabilities {
        let ours = self.control.is_some();
        Capabilities {
            administration: ours,
            proxies: ours || self.servers.iter().all(|server| server.client_url.starts_with("http://")),
            search: ours,
            federation: self.servers.len() > 1,
        }
    }
}

impl GivenUser {
    /// From `@name:server:password`. The server may hold a port, and the password colons.
    fn parse(text: &str) -> Result<Self> {
        let bad = || Error::BadInput("a user is given as @name:server:password".into());
        let (localpart, rest) = text.split_once(':').filter(|(name, _)| name.starts_with('@')).ok_or_else(bad)?;
        let (host, rest) = rest.split_once(':').ok_or_else(bad)?;
        let port =
            rest.split_once(':').filter(|(port, _)| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()));
        let (server, password) = match port {
            Some((port, password)) => (format!("{host}:{port}"), password),
            None => (host.to_owned(), rest),
        };
        Ok(Self { user_id: format!("{localpart}:{server}"), password: password.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_given_users() {
        for (text, id, password) in [
            ("@a:example.org:secret", "@a:example.org", "secret"),
            ("@a:localhost:8448:secret", "@a:localhost:8448", "secret"),
            ("@a:example.org:se:cret", "@a:example.org", "se:cret"),
        ] {
            let user = GivenUser::parse(text).unwrap();
            assert_eq!((user.user_id.as_str(), user.password.as_str()), (id, password));
        }
        for text in ["", "a", "@a:example.org", "a:example.org:secret"] {
            assert!(GivenUser::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn somebody_elses_server_can_be_told_apart() {
        let description = Description::foreign("https://example.org/", &["@a:example.org:secret"]).unwrap();
        let nothing = Capabilities { administration: false, proxies: false, search: false, federation: false };
        assert_eq!(description.capabilities(), nothing);
        assert_eq!(description.servers[0].client_url, "https://example.org");
    }
}
