use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a proxy has seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    /// Client connections open now. A client that makes no request has none: each connection carries one request.
    pub open: usize,
    /// Connections accepted so far.
    pub connections: u64,
    /// Requests so far, by path (without its query).
    pub requests: BTreeMap<String, u64>,
    /// Bytes that went through so far, both ways, heads included.
    #[serde(default)]
    pub bytes: u64,
}

impl Stats {
    /// How many requests had a path that starts so.
    pub fn requests_to(&self, prefix: &str) -> u64 {
        self.requests.iter().filter(|(path, _)| path.starts_with(prefix)).map(|(_, count)| count).sum()
    }

    /// What was seen after `earlier`; `open` stays what it is now.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let before = |path| earlier.requests.get(path).copied().unwrap_or_default();
        let requests = self.requests.iter().map(|(path, count)| (path.clone(), count - before(path)));
        Self {
            open: self.open,
            connections: self.connections - earlier.connections,
            requests: requests.filter(|(_, count)| *count > 0).collect(),
            bytes: self.bytes - earlier.bytes,
        }
    }
}
