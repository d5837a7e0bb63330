//! The lock of the app: what a PIN, or the platform's answer, opens and closes for all accounts of this device.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use bulla_model::{AccountId, AppLockState, Barrier, Failure, Field, FieldTrouble, Password, PlatformUnlock};
use bulla_policy as policy;
use tokio::sync::watch;

use crate::{
    accounts::Accounts,
    app_lock_stream::AppLockStream,
    failure::CoreError,
    keys,
    lock_file::{LockFile, Turn},
    pin::{self, Tried},
};

/// A moment, by a clock that nobody can set and by the time of day.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// Runs with the process; it may sleep with the device.
    pub running: Instant,
    /// The time of day, which a person may set.
    pub clock: SystemTime,
}

impl Moment {
    /// This one.
    pub fn now() -> Self {
        Self { running: Instant::now(), clock: SystemTime::now() }
    }
}

/// What the accounts of this device know of their lock.
pub(crate) struct Lock {
    pub file: LockFile,
    pub state: watch::Sender<AppLockState>,
    /// Turns true never: a stream of the lock ends by its own `cancel`.
    ended: watch::Sender<bool>,
    /// How many wrong PINs were seen last, and since when their wait runs.
    pub waiting: Mutex<(u32, Instant)>,
    /// Since when the app is in the background.
    away: Mutex<Option<Moment>>,
}

impl Lock {
    /// As the file has it. The wait after wrong PINs begins anew.
    pub fn load(file: LockFile) -> Self {
        let wrong = file.read().ok().flatten().map_or(0, |kept| kept.wrong);
        Self {
            file,
            state: watch::Sender::new(AppLockState::Off { required: false }),
            ended: watch::Sender::new(false),
            waiting: Mutex::new((wrong, Instant::now())),
            away: Mutex::default(),
        }
    }

    /// How long no PIN is looked at, `wrong` of them being wrong.
    pub fn wait(&self, wrong: u32) -> Duration {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.0 != wrong {
            // Another process looked at one.
            *waiting = (wrong, Instant::now());
        }
        policy::pin_wait(wrong).saturating_sub(waiting.1.elapsed())
    }

    fn away(&self) -> std::sync::MutexGuard<'_, Option<Moment>> {
        self.away.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Accounts {
    /// How the lock stands, as a stream.
    pub fn lock_states(&self) -> AppLockStream {
        AppLockStream::new(self.lock.state.subscribe(), self.lock.ended.subscribe())
    }

    /// Locks the app from now on, by a PIN. Sessions stay open until it is locked.
    pub async fn set_pin(self: &Arc<Self>, pin: Password) -> Result<(), Failure> {
        policy::check_pin(pin.expose())?;
        self.in_turn(move |accounts, turn| pin::set(accounts, turn, &pin)).await
    }

    /// Puts another PIN in the place of the one there is.
    pub async fn change_pin(self: &Arc<Self>, old: Password, new: Password) -> Result<(), Failure> {
        policy::check_pin(new.expose())?;
        let tried = self.in_turn(move |accounts, turn| {
            let tried = pin::look(accounts, turn, &old)?;
            if let Tried::Right = tried {
                pin::replace(accounts, turn, &new)?;
            }
            Ok(tried)
        });
        self.after(tried.await?).await
    }

    /// Takes the lock away.
    pub async fn remove_pin(self: &Arc<Self>, pin: Password) -> Result<(), Failure> {
        if self.deployment().rules.app_lock.on {
            return Err(Failure::Forbidden { why: Barrier::AppLockForced });
        }
        let tried = self.in_turn(move |accounts, turn| {
            let tried = pin::look(accounts, turn, &pin)?;
            if let Tried::Right = tried {
                pin::remove(accounts, turn)?;
            }
            Ok(tried)
        });
        self.after(tried.await?).await
    }

    /// Opens the lock: accounts can be opened again.
    pub async fn unlock(self: &Arc<Self>, pin: Password) -> Result<(), Failure> {
        let tried = self.in_turn(move |accounts, turn| pin::look(accounts, turn, &pin)).await?;
        self.after(tried).await
    }

    /// Lets the platform's own way (a finger, a face) open the lock, too.
    pub async fn allow_platform(self: &Arc<Self>, platform: Arc<dyn PlatformUnlock>) -> Result<(), Failure> {
        self.in_turn(move |accounts, turn| pin::allow_platform(accounts, turn, &*platform)).await
    }

    /// No longer lets it.
    pub async fn forbid_platform(self: &Arc<Self>, platform: Arc<dyn PlatformUnlock>) -> Result<(), Failure> {
        self.in_turn(move |accounts, turn| pin::forbid_platform(accounts, turn, &*platform)).await
    }

    /// Has the platform ask the person. False when they declined, or when it is not allowed.
    pub async fn unlock_with_platform(self: &Arc<Self>, platform: Arc<dyn PlatformUnlock>) -> Result<bool, Failure> {
        // A person takes their time: other processes do not wait for that.
        let answer = tokio::task::spawn_blocking(move || platform.ask()).await;
        let answer = answer.map_err(|error| CoreError::unfinished(error, "the platform's answer did not come"))??;
        let Some(answer) = answer.map(zeroize::Zeroizing::new) else { return Ok(false) };
        let opened = self.in_turn(move |accounts, turn| pin::by_platform(accounts, turn, &answer)).await?;
        Ok(opened)
    }

    /// Locks: sessions are closed, no key stays in memory. Nothing happens where no PIN is set.
    pub async fn lock(&self) -> Result<(), Failure> {
        if !self.lock.file.exists() {
            return Ok(());
        }
        let _turn = self.turn.lock().await;
        self.keys.let_go();
        self.close_all().await;
        self.tell_lock();
        Ok(())
    }

    /// The app went to the background: it locks itself after the time that the deployment sets.
    pub fn background(self: &Arc<Self>, at: Moment) {
        *self.lock.away() = Some(at);
        let (accounts, after) = (Arc::downgrade(self), self.lock_after());
        tokio::spawn(async move {
            tokio::time::sleep(after).await;
            let Some(accounts) = accounts.upgrade() else { return };
            let still = accounts.lock.away().is_some_and(|since| since.running == at.running);
            if still && let Err(why) = accounts.lock().await {
                tracing::warn!(%why, "not locked in the background");
            }
        });
    }

    /// The app is back: it is locked when it returns if it was away too long.
    pub async fn foreground(&self, at: Moment) -> Result<(), Failure> {
        let Some(since) = self.lock.away().take() else { return Ok(()) };
        let running = at.running.saturating_duration_since(since.running);
        match policy::locks_after(running, at.clock.duration_since(since.clock).ok(), self.lock_after()) {
            true => self.lock().await,
            false => Ok(()),
        }
    }

    /// The lock is open, and there is one where one is asked for.
    pub(crate) fn may_open(&self) -> Result<(), Failure> {
        self.keys.open()?;
        match self.deployment().rules.app_lock.on && !self.lock.file.exists() {
            true => Err(Failure::Forbidden { why: Barrier::AppLockForced }),
            false => Ok(()),
        }
    }

    /// Tells how the lock stands now.
    pub(crate) fn tell_lock(&self) {
        let required = self.deployment().rules.app_lock.on;
        let state = match (self.lock.file.exists(), self.keys.open()) {
            (false, _) => AppLockState::Off { required },
            (true, Ok(())) => AppLockState::Unlocked,
            (true, Err(_)) => {
                let wrong = self.lock.file.read().ok().flatten().map_or(0, |kept| kept.wrong);
                let wait = Some(self.lock.wait(wrong)).filter(|wait| !wait.is_zero());
                AppLockState::Locked { attempts_left: policy::attempts_left(wrong, self.wipe_after()), wait }
            }
        };
        self.lock.state.send_replace(state);
    }

    pub(crate) fn wipe_after(&self) -> u32 {
        self.session_policy().wipe_after
    }

    fn lock_after(&self) -> Duration {
        self.session_policy().lock_after
    }

    fn session_policy(&self) -> bulla_model::SessionPolicy {
        self.deployment().manifest.map(|manifest| manifest.session).unwrap_or_default()
    }

    /// The names of the accounts' keys.
    pub(crate) fn key_names(&self) -> Result<Vec<String>, CoreError> {
        Ok(self.folders()?.iter().map(keys::name).collect())
    }

    /// What comes of a PIN that was looked at.
    async fn after(self: &Arc<Self>, tried: Tried) -> Result<(), Failure> {
        match tried {
            Tried::Right => return Ok(()),
            Tried::Wrong => {}
            Tried::Spent => {
                {
                    let _turn = self.turn.lock().await;
                    self.keys.let_go();
                    self.close_all().await;
                }
                self.in_turn(pin::wipe_all).await?;
                self.lock.state.send_replace(AppLockState::Wiped);
            }
        }
        Err(Failure::Invalid { field: Field::Pin, why: FieldTrouble::Wrong })
    }

    /// Runs what blocks, while no other process looks at the lock, and tells what became of it.
    async fn in_turn<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Accounts, &Turn) -> Result<T, CoreError> + Send + 'static,
    ) -> Result<T, Failure> {
        let accounts = self.clone();
        let done = tokio::task::spawn_blocking(move || {
            let turn = accounts.lock.file.turn()?;
            let done = work(&accounts, &turn);
            accounts.tell_lock();
            done
        });
        Ok(done.await.map_err(|error| CoreError::unfinished(error, "the lock's work did not end"))??)
    }

    async fn close_all(&self) {
        let ids: Vec<AccountId> = self.sessions().keys().cloned().collect();
        for id in ids {
            if let Some(session) = self.session(&id)
                && let Err(why) = session.shutdown().await
            {
                tracing::warn!(%why, "a session did not close");
            }
            self.closed(&id).await;
        }
    }
}
