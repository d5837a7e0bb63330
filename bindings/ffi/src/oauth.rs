//! Signing in through the system's browser.

use std::sync::Arc;

use bulla_model::{Failure, OauthApp, OauthStart};

use crate::{
    bulla::Bulla,
    runtime::{Inside, command, query},
    session::Session,
};

/// One sign-in that waits for the browser. It is in memory only: an app that is ended meanwhile begins anew. Dropping it gives
/// it up; [`SignInAttempt::cancel`] does the same and waits until nothing is left of it.
#[derive(uniffi::Object)]
pub struct SignInAttempt {
    core: Arc<Inside<bulla_core::SignInAttempt>>,
}

#[uniffi::export]
impl Bulla {
    /// Begins to sign in through the system's browser, where a homeserver leaves that to an authentication service: OAuth 2.0,
    /// authorization code with PKCE (Matrix specification, "OAuth 2.0 API"; RFC 8252). Where a homeserver has a single sign-on of the
    /// time before that ("SSO client login"), the same calls go through it; `hint` and `sign_up` are of no use there. A query.
    ///
    /// Open [`SignInAttempt::url`] in the system's browser, never in a web view, and hand the address that it comes back to to
    /// [`SignInAttempt::finish`].
    ///
    /// Fails with `Rejected` `OAUTH_UNSUPPORTED` where the server knows a password only and `OAUTH_REFUSED` where it will not
    /// know this app; with `Invalid` `Link` where an address in `app` is none; else as [`Bulla::sign_in`].
    pub async fn begin_sign_in(
        &self,
        homeserver: String,
        app: OauthApp,
        start: OauthStart,
    ) -> Result<Arc<SignInAttempt>, Failure> {
        let accounts = self.accounts.clone();
        let attempt = query(async move {
            let attempt = bulla_core::SignInAttempt::begin(accounts, &homeserver, &app, &start).await?;
            Ok(Arc::new(Inside::new(attempt)))
        });
        attempt.await.map(|core| Arc::new(SignInAttempt { core }))
    }
}

#[uniffi::export]
impl Session {
    /// Begins to sign in again through the system's browser, on the same device, after a soft logout: nothing local is lost. It goes
    /// on as after [`Bulla::begin_sign_in`], and [`SignInAttempt::finish`] gives this very session. A query.
    ///
    /// Fails with `Closed` where the session has not ended softly, and with `Rejected` `OAUTH_UNSUPPORTED` where a password opened
    /// this account: [`Session::sign_in_again`] asks for it. Where somebody else has come through the
    /// browser, `finish` fails with `Invalid` (`User`, `Wrong`), and nobody is signed in.
    pub async fn begin_sign_in_again(&self, app: OauthApp) -> Result<Arc<SignInAttempt>, Failure> {
        let session = bulla_core::Session::clone(&self.core);
        let attempt =
            query(
                async move { Ok(Arc::new(Inside::new(bulla_core::SignInAttempt::begin_again(session, &app).await?))) },
            );
        attempt.await.map(|core| Arc::new(SignInAttempt { core }))
    }
}

#[uniffi::export]
impl SignInAttempt {
    /// What the system's browser is to open.
    pub fn url(&self) -> String {
        self.core.url()
    }

    /// Takes the address that the browser came back to, registers this device, makes its cross-signing identity, and opens the
    /// session. A command.
    ///
    /// Any app on the device may call the callback, so one that does not answer this attempt leaves it as it is: `Invalid` `Link`
    /// where it is no callback, `Rejected` with `OAUTH_STATE` where it belongs to another attempt, with `OAUTH_ISSUER` where
    /// another server gave it (RFC 9207).
    ///
    /// One that does answer ends the attempt. It fails with `Rejected` and the server's reason where that says no:
    /// `access_denied` where the person did, `OAUTH_REFUSED` where the code is no good; with `Offline`; with `Closed` where the
    /// attempt has ended before. Nothing is left on the device then.
    pub async fn finish(&self, callback_url: String) -> Result<Arc<Session>, Failure> {
        let core = self.core.clone();
        command(async move { core.finish(&callback_url).await }).await.map(Session::new)
    }

    /// Gives it up: nothing is left of it on the device. A command.
    pub async fn cancel(&self) -> Result<(), Failure> {
        let core = self.core.clone();
        command(async move {
            core.cancel().await;
            Ok(())
        })
        .await
    }
}
