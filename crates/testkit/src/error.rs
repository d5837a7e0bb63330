use std::{io, path::PathBuf};

/// Why the deployment could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{tool} is missing: {install}")]
    MissingTool { tool: &'static str, install: &'static str },
    #[error("cannot {doing}: {source}")]
    Io { doing: String, source: io::Error },
    #[error("`{command}` failed:\n{output}")]
    Command { command: String, output: String },
    /// A server ended, or did not answer in time. `log` is the end of its log.
    #[error("{server} {what}; the end of its log:\n{log}")]
    Server { server: String, what: &'static str, log: String },
    #[error("{what} did not happen in time")]
    TimedOut { what: &'static str },
    #[error("no answer to {request}: {source}")]
    NoAnswer { request: String, source: Box<ureq::Error> },
    #[error("{request} was answered with {status}: {body}")]
    Refused { request: String, status: u16, body: String },
    #[error("{0} is in use: a deployment needs a folder that is new or empty")]
    FolderInUse(PathBuf),
    #[error("bad input: {0}")]
    BadInput(String),
    /// Somebody else's server does not offer this: see [`crate::Handle::capabilities`].
    #[error("not available here: {0}")]
    Unavailable(&'static str),
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Says what was being done when the system refused.
pub(crate) trait Doing<T> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T>;
}

impl<T> Doing<T> for io::Result<T> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|source| Error::Io { doing: what(), source })
    }
}
