//! Links into the app.

use bulla_model::{Failure, Link};

/// What a link leads to: `https://matrix.to/#/...`, `matrix:...`, or the same under `bulla:`. Nothing is fetched.
///
/// Fails with `Invalid` on `Link` for anything else.
#[uniffi::export]
pub fn parse_link(text: String) -> Result<Link, Failure> {
    bulla_core::parse_link(&text)
}
