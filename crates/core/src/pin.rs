//! What is done with a PIN, while no other process does the same.

use std::time::Instant;

use bulla_model::{Barrier, Failure, Field, FieldTrouble, Password, PlatformUnlock, StorageTrouble};
use bulla_policy as policy;
use zeroize::Zeroizing;

use crate::{
    accounts::Accounts,
    failure::CoreError,
    lock_cipher,
    lock_file::{Kept, Turn},
    secret::Secret,
    wipe,
};

/// The key store's name for the key without which a PIN is of no use.
const PEPPER: &str = "bulla.lock";

/// What a PIN turned out to be.
#[derive(Clone, Copy)]
pub(crate) enum Tried {
    Right,
    Wrong,
    /// It was the last one: everything is to be erased.
    Spent,
}

pub(crate) fn set(accounts: &Accounts, turn: &Turn, pin: &Password) -> Result<(), CoreError> {
    let file = &accounts.lock.file;
    if file.read()?.is_some() {
        return Err(Failure::Invalid { field: Field::Pin, why: FieldTrouble::NotAllowed }.into());
    }
    let pepper = lock_cipher::random()?;
    accounts.keys.app().save(PEPPER.to_owned(), pepper.to_vec())?;
    let (key, salt) = (lock_cipher::random()?, new_salt()?);
    let by_pin = lock_cipher::seal(&lock_cipher::from_pin(pin.expose(), &salt, &pepper)?, &key)?;
    let kept = Kept { id: new_salt()?, salt, by_pin, by_platform: None, wrong: 0, erasing: false };
    file.write(turn, &kept)?;
    open(accounts, &kept, &key)
}

/// Counts the PIN as wrong, durably, before it is looked at: whoever ends the process meanwhile gains nothing.
pub(crate) fn look(accounts: &Accounts, turn: &Turn, pin: &Password) -> Result<Tried, CoreError> {
    let (lock, file) = (&accounts.lock, &accounts.lock.file);
    let Some(mut kept) = file.read()? else { return Ok(Tried::Right) };
    let wipe_after = accounts.wipe_after();
    let is_spent = |kept: &Kept| policy::attempts_left(kept.wrong, wipe_after) == Some(0);
    if kept.erasing || is_spent(&kept) {
        kept.erasing = true;
        file.write(turn, &kept)?;
        return Ok(Tried::Spent);
    }
    let wait = lock.wait(kept.wrong);
    if !wait.is_zero() {
        return Err(Failure::Wait { retry_after: wait }.into());
    }
    kept.wrong = kept.wrong.saturating_add(1);
    file.write(turn, &kept)?;
    let by_pin = lock_cipher::from_pin(pin.expose(), &kept.salt, &pepper(accounts)?)?;
    let found = lock_cipher::open(&by_pin, &kept.by_pin);
    let tried = match &found {
        Some(key) => {
            kept.wrong = 0;
            file.write(turn, &kept)?;
            open(accounts, &kept, key)?;
            Tried::Right
        }
        None if is_spent(&kept) => {
            kept.erasing = true;
            file.write(turn, &kept)?;
            Tried::Spent
        }
        None => Tried::Wrong,
    };
    *lock.waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = (kept.wrong, Instant::now());
    Ok(tried)
}

/// Another PIN for the key that is open.
pub(crate) fn replace(accounts: &Accounts, turn: &Turn, pin: &Password) -> Result<(), CoreError> {
    let (mut kept, key) = opened(accounts)?;
    kept.salt = new_salt()?;
    kept.by_pin = lock_cipher::seal(&lock_cipher::from_pin(pin.expose(), &kept.salt, &pepper(accounts)?)?, &key)?;
    accounts.lock.file.write(turn, &kept)
}

/// Accounts' keys first, so that what a killed process leaves still opens with the PIN.
pub(crate) fn remove(accounts: &Accounts, turn: &Turn) -> Result<(), CoreError> {
    if !accounts.lock.file.exists() {
        return Ok(());
    }
    let (_, key) = opened(accounts)?;
    for name in accounts.key_names()? {
        accounts.keys.uncover(&name, &key)?;
    }
    accounts.lock.file.remove(turn)?;
    accounts.keys.let_go();
    Ok(accounts.keys.app().erase(PEPPER.to_owned())?)
}

pub(crate) fn allow_platform(accounts: &Accounts, turn: &Turn, platform: &dyn PlatformUnlock) -> Result<(), CoreError> {
    let (mut kept, key) = opened(accounts)?;
    let answer = lock_cipher::random()?;
    platform.keep(answer.to_vec())?;
    kept.by_platform = Some(lock_cipher::seal(&lock_cipher::from_platform(&answer, &pepper(accounts)?), &key)?);
    accounts.lock.file.write(turn, &kept)
}

pub(crate) fn forbid_platform(
    accounts: &Accounts,
    turn: &Turn,
    platform: &dyn PlatformUnlock,
) -> Result<(), CoreError> {
    if let Some(mut kept) = accounts.lock.file.read()? {
        kept.by_platform = None;
        accounts.lock.file.write(turn, &kept)?;
    }
    Ok(platform.forget()?)
}

/// Whether the platform's answer opens the lock.
pub(crate) fn by_platform(accounts: &Accounts, turn: &Turn, answer: &[u8]) -> Result<bool, CoreError> {
    let Some(mut kept) = accounts.lock.file.read()?.filter(|kept| !kept.erasing) else { return Ok(false) };
    let (Some(sealed), Some(answer)) = (&kept.by_platform, Secret::of(answer)) else { return Ok(false) };
    let by_platform = lock_cipher::from_platform(&answer, &pepper(accounts)?);
    let Some(key) = lock_cipher::open(&by_platform, sealed) else { return Ok(false) };
    kept.wrong = 0;
    accounts.lock.file.write(turn, &kept)?;
    open(accounts, &kept, &key)?;
    Ok(true)
}

/// Every account, the lock and its keys: the keys first.
pub(crate) fn wipe_all(accounts: &Accounts, turn: &Turn) -> Result<(), CoreError> {
    accounts.keys.let_go();
    accounts.keys.app().erase(PEPPER.to_owned())?;
    for id in accounts.folders()? {
        wipe::wipe(&*accounts.keys, &accounts.folder(&id)?)?;
    }
    accounts.lock.file.remove(turn)
}

/// Goes on where that was cut short.
pub(crate) fn finish_wiping(accounts: &Accounts) -> Result<(), CoreError> {
    // One that cannot be read is told of when somebody unlocks. Without need nobody waits here for another process.
    match accounts.lock.file.read() {
        Ok(Some(kept)) if kept.erasing => wipe_all(accounts, &accounts.lock.file.turn()?),
        _ => Ok(()),
    }
}

/// From here on accounts can be opened. What a killed process left plain is covered.
fn open(accounts: &Accounts, kept: &Kept, key: &Secret) -> Result<(), CoreError> {
    for name in accounts.key_names()? {
        accounts.keys.cover(&name, key)?;
    }
    accounts.keys.hold(kept.id, key.clone());
    Ok(())
}

fn opened(accounts: &Accounts) -> Result<(Kept, Secret), CoreError> {
    match (accounts.lock.file.read()?, accounts.keys.key()?) {
        (None, _) => Err(Failure::Invalid { field: Field::Pin, why: FieldTrouble::Empty }.into()),
        (Some(kept), Some(key)) => Ok((kept, key)),
        (Some(_), None) => Err(Failure::Forbidden { why: Barrier::AppLocked }.into()),
    }
}

fn pepper(accounts: &Accounts) -> Result<Secret, CoreError> {
    let lost = || CoreError::Said(Failure::Storage { trouble: StorageTrouble::WrongKey });
    let bytes = Zeroizing::new(accounts.keys.app().load(PEPPER.to_owned())?.ok_or_else(lost)?);
    Secret::of(&bytes).ok_or_else(lost)
}

fn new_salt() -> Result<[u8; 16], CoreError> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|_| CoreError::Defect("no randomness"))?;
    Ok(salt)
}
