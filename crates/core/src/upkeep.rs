//! What keeps an account in order, apart from its messages: whether its password has to be changed, which devices it has, when
//! its renewal was asked for.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use bulla_model::{Barrier, Failure};
use tokio::sync::watch;

use crate::{failure::CoreError, temporary, vault::Vault};

pub(crate) struct Upkeep {
    must_choose: AtomicBool,
    /// Rises whenever the list of devices may have changed.
    pub devices: watch::Sender<u64>,
    /// When a renewal mail was last asked for.
    pub renewal: Mutex<Option<Instant>>,
}

impl Upkeep {
    /// As the account's store has it.
    pub async fn load(vault: &Vault) -> Result<Self, CoreError> {
        let must_choose = AtomicBool::new(temporary::is_kept(vault).await?);
        Ok(Self { must_choose, devices: watch::Sender::new(0), renewal: Mutex::default() })
    }

    /// Whether the person has to choose a password before anything opens.
    pub fn must_choose(&self) -> bool {
        self.must_choose.load(Ordering::Acquire)
    }

    pub fn set_must_choose(&self, must_choose: bool) {
        self.must_choose.store(must_choose, Ordering::Release);
    }

    /// Fails while the password is a temporary one.
    pub fn open(&self) -> Result<(), Failure> {
        match self.must_choose() {
            true => Err(Failure::Forbidden { why: Barrier::TemporaryPassword }),
            false => Ok(()),
        }
    }

    /// The list of devices may have changed.
    pub fn devices_changed(&self) {
        self.devices.send_modify(|count| *count += 1);
    }
}
