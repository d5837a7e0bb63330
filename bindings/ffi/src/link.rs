//! Links into the app.

use bulla_model::{Failure, Link, Place};

/// What a link leads to: `https://matrix.to/#/...`, `matrix:...`, or the same under `bulla:`. Nothing is fetched.
///
/// Fails with `Invalid` on `Link` for anything else.
#[uniffi::export]
pub fn parse_link(text: String) -> Result<Link, Failure> {
    bulla_core::parse_link(&text)
}

/// The place that somebody typed or pasted: a `geo:` URI, or how far north and east in degrees, with a point or a comma in them. Show it before
/// it is sent.
///
/// Fails with `Invalid` on `Place`.
#[uniffi::export]
pub fn read_place(text: String) -> Result<Place, Failure> {
    bulla_core::read_place(&text)
}
