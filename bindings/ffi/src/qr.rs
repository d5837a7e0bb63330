//! Signing in a new device by a QR code, with the help of one that is signed in (MSC4108): either reads the code that the other one shows.

use std::sync::Arc;

use bulla_model::{Failure, OauthApp, QrGrantState, QrPicture, QrSignInState};

use crate::{
    bulla::Bulla,
    live::{Counted, Kind},
    runtime::{Inside, command, query},
    session::Session,
};

/// A new device that signs in by a code, which it has read or shows. It is in memory only; dropping it gives it up, and [`QrSignIn::cancel`] does
/// the same and waits until nothing is left of it.
#[derive(uniffi::Object)]
pub struct QrSignIn {
    core: Arc<Inside<bulla_core::QrSignIn>>,
    _counted: Counted,
}

/// A device that lets a new one in, by a code that it shows or has read. It is in memory only; dropping it gives it up.
#[derive(uniffi::Object)]
pub struct QrGrant {
    core: Arc<Inside<bulla_core::QrGrant>>,
    _counted: Counted,
}

/// Draws what a QR code is to hold, such as [`QrGrantState::ShowCode`]'s bytes.
///
/// Fails with `Invalid` `Picture`, `TooLong`, where no code holds as much (2,331 bytes).
#[uniffi::export]
pub fn draw_qr(bytes: Vec<u8>) -> Result<QrPicture, Failure> {
    bulla_core::draw_qr(&bytes)
}

#[uniffi::export]
impl Bulla {
    /// What the QR code in a grey picture holds, as a camera takes one: `luma` has one byte a pixel, 0 where it is black and 255 where it is
    /// white, row by row from the top, each of `width` pixels. A million pixels are enough. A query.
    ///
    /// Fails with `NotFound` `Code` where there is none in it, or none that can be read: ask for a sharper picture that has all of it; with
    /// `Invalid` `Picture` where the rows are not full (`Malformed`) or there are more than 33 million pixels (`TooLong`).
    pub async fn read_qr(&self, width: u32, luma: Vec<u8>) -> Result<Vec<u8>, Failure> {
        query(async move { bulla_core::read_qr(width, luma).await }).await
    }

    /// Begins to sign in by the code that a device which is signed in shows (see [`Session::link_device`]): `code` is what the QR code
    /// holds, in byte mode. A query.
    ///
    /// Follow it with [`QrSignIn::next`], and take the session from [`QrSignIn::finish`]. The homeserver is the one that the code names:
    /// where a manifest is in force it must be in it and prove itself before anything is sent there.
    ///
    /// Fails with `Invalid` `Link`: `Malformed` where `code` is none of these, `NotAllowed` where it is of a device that wants to be let
    /// in itself or leads to another server than it names. With `Forbidden` (`SignInWay`) where the manifest has people come in another
    /// way; else as [`Bulla::begin_sign_in`].
    pub async fn begin_qr_sign_in(&self, app: OauthApp, code: Vec<u8>) -> Result<Arc<QrSignIn>, Failure> {
        let accounts = self.accounts.clone();
        let begun = query(async move {
            let core = bulla_core::QrSignIn::begin(accounts, &app, &code).await?;
            Ok(Arc::new(Inside::new(core)))
        });
        begun.await.map(QrSignIn::new)
    }

    /// Begins to sign in by a code that this device shows, for a device of the same account to read (see
    /// [`Session::link_shown_device`]): for one that has no camera. `homeserver` is the account's, as in [`Bulla::begin_sign_in`]. A query.
    ///
    /// Follow it with [`QrSignIn::next`], which gives `ShowCode` and then `EnterCheckCode`, and take the session from
    /// [`QrSignIn::finish`]. Where a manifest is in force the server must be in it and prove itself before anything is sent there.
    ///
    /// Fails as [`Bulla::begin_sign_in`]; with `Forbidden` (`SignInWay`) where the manifest has people come in another way.
    pub async fn show_qr_sign_in(&self, homeserver: String, app: OauthApp) -> Result<Arc<QrSignIn>, Failure> {
        let accounts = self.accounts.clone();
        let begun = query(async move {
            let core = bulla_core::QrSignIn::show(accounts, &app, &homeserver).await?;
            Ok(Arc::new(Inside::new(core)))
        });
        begun.await.map(QrSignIn::new)
    }
}

impl QrSignIn {
    fn new(core: Arc<Inside<bulla_core::QrSignIn>>) -> Arc<Self> {
        Arc::new(Self { core, _counted: Counted::new(Kind::Stream) })
    }
}

#[uniffi::export]
impl QrSignIn {
    /// How it stands: first as it is, then every change, of which only the newest is kept for whoever is slow. None when it has come
    /// to its end, which [`QrSignIn::finish`] tells. A query.
    pub async fn next(&self) -> Result<Option<QrSignInState>, Failure> {
        let core = self.core.clone();
        query(async move { Ok(core.next().await) }).await
    }

    /// Takes the two digits that the other device shows, in `EnterCheckCode`: they tell that nobody is in between. Wrong ones end it:
    /// `finish` then fails with `Rejected` (`QR_CHECK_CODE`). A command.
    ///
    /// Fails with `Invalid` (`Count`, `Malformed`) where `digits` are not two digits, and may be called again; with `Closed` where none
    /// are asked for.
    pub async fn enter_check_code(&self, digits: String) -> Result<(), Failure> {
        let core = self.core.clone();
        command(async move { core.enter_check_code(&digits).await }).await
    }

    /// Waits for its end, and opens the session of the new device, which has the account's keys from the other one. Once. A command.
    ///
    /// Fails with `Rejected`: `access_denied` where the person said no in the browser, `QR_OTHER_SERVER` where the device that read the
    /// code is of another server than it was shown for, else with the server's reason; with `Offline`;
    /// with `Closed` where it was given up or its end was taken before. Nothing is left on the device then.
    pub async fn finish(&self) -> Result<Arc<Session>, Failure> {
        let core = self.core.clone();
        command(async move { core.finish().await }).await.map(Session::new)
    }

    /// Gives it up: nothing is left of it on the device, and a pending `next` returns none. A command.
    ///
    /// Where it was in already, the account is there, as after any sign-in.
    pub async fn cancel(&self) -> Result<(), Failure> {
        let core = self.core.clone();
        command(async move {
            core.cancel().await;
            Ok(())
        })
        .await
    }
}

#[uniffi::export]
impl Session {
    /// Whether this account's server lets a device in by another one: whether to offer [`Session::link_device`]. It takes an
    /// authentication service with the device authorization grant (RFC 8628); a server that a password signs in to has none. A query.
    ///
    /// Fails with `Offline` or `Rejected` where the service does not say.
    pub async fn may_link_devices(&self) -> Result<bool, Failure> {
        let core = bulla_core::Session::clone(&self.core);
        query(async move { core.may_link_devices().await }).await
    }

    /// Begins to let a new device in, which is to read the code that [`QrGrant::next`] gives. A query.
    ///
    /// Fails with `Rejected` `QR_UNSUPPORTED` where [`Session::may_link_devices`] says no.
    pub async fn link_device(&self) -> Result<Arc<QrGrant>, Failure> {
        let core = bulla_core::Session::clone(&self.core);
        let begun = query(async move { Ok(Arc::new(Inside::new(core.link_device().await?))) });
        begun.await.map(QrGrant::new)
    }

    /// Begins to let the new device in that shows `code` (see [`Bulla::show_qr_sign_in`]), which is what the QR code holds, in byte mode.
    /// A query.
    ///
    /// Fails with `Invalid` `Link`: `Malformed` where `code` is none of these, `NotAllowed` where it is of a device that is signed in
    /// itself or leads to another server than the account's own. With `Rejected` `QR_UNSUPPORTED` where [`Session::may_link_devices`]
    /// says no.
    pub async fn link_shown_device(&self, code: Vec<u8>) -> Result<Arc<QrGrant>, Failure> {
        let core = bulla_core::Session::clone(&self.core);
        let begun = query(async move { Ok(Arc::new(Inside::new(core.link_shown_device(&code).await?))) });
        begun.await.map(QrGrant::new)
    }
}

impl QrGrant {
    fn new(core: Arc<Inside<bulla_core::QrGrant>>) -> Arc<Self> {
        Arc::new(Self { core, _counted: Counted::new(Kind::Stream) })
    }
}

#[uniffi::export]
impl QrGrant {
    /// How it stands: first as it is, then every change, of which only the newest is kept for whoever is slow. None when it has come
    /// to its end, which [`QrGrant::finish`] tells, or was given up. A query.
    pub async fn next(&self) -> Result<Option<QrGrantState>, Failure> {
        let core = self.core.clone();
        query(async move { Ok(core.next().await) }).await
    }

    /// Takes the two digits that the new device shows, in `EnterCheckCode`: they tell that nobody is in between. Wrong ones end it:
    /// `finish` then fails with `Rejected` (`QR_CHECK_CODE`). A command.
    ///
    /// Fails with `Invalid` (`Count`, `Malformed`) where `digits` are not two digits, and may be called again; with `Closed` where none
    /// are asked for.
    pub async fn enter_check_code(&self, digits: String) -> Result<(), Failure> {
        let core = self.core.clone();
        command(async move { core.enter_check_code(&digits).await }).await
    }

    /// The person wants to let the device in, in `Approve`: call it when the browser opens, so that the new device waits for them.
    /// A command.
    ///
    /// Fails with `Closed` where it is not asked for.
    pub async fn confirm(&self) -> Result<(), Failure> {
        let core = self.core.clone();
        command(async move { core.confirm().await }).await
    }

    /// Waits for its end: the new device is signed in, and has the account's secrets. Once. A command.
    ///
    /// Fails with `Rejected`: `QR_CHECK_CODE` after wrong digits, `OAUTH_ISSUER` where the new device named a page that is not of the
    /// account's own authentication service, else with the reason that was given; with `Offline`; with `Closed` where it was given up,
    /// its session closed or its end was taken before.
    pub async fn finish(&self) -> Result<(), Failure> {
        let core = self.core.clone();
        command(async move { core.finish().await }).await
    }

    /// Gives it up: a pending `next` returns none at once. The other device is not told, and finds nobody.
    pub fn cancel(&self) {
        self.core.cancel();
    }
}
