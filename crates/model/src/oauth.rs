//! Signing in through the system's browser.

use crate::opaque::opaque;

/// How the app is known to servers that sign people in with OAuth 2.0: what it registers itself with there (RFC 7591).
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct OauthApp {
    /// What the person is told that they sign in to.
    pub name: String,
    /// The app's page: `https`.
    pub website: String,
    /// Where the browser comes back to: a scheme of the app's own, with its website's domain reversed, such as
    /// `fr.example.app:/callback` (RFC 8252, section 7.1).
    pub callback: String,
}

/// What is known before the browser opens.
#[derive(Clone, Default, PartialEq, Eq, uniffi::Record)]
pub struct OauthStart {
    /// Whom the sign-in page is to expect, such as the e-mail address that was typed (`login_hint`).
    #[uniffi(default = None)]
    pub hint: Option<String>,
    /// The person wants a new account (`prompt=create`).
    #[uniffi(default = false)]
    pub sign_up: bool,
}

opaque!(OauthStart);
