//! What hides the app lock's key: the PIN, made slow by Argon2id (RFC 9106), or the platform's answer, either together with a key
//! of the app's key store, without which the file is of no use elsewhere.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce, aead::Aead};
use zeroize::Zeroizing;

use crate::{
    failure::CoreError,
    secret::{Secret, derive, scrub},
};

const NONCE: usize = 24;
/// OWASP's advice for Argon2id: 19 MiB, 2 passes, 1 lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;

/// A new secret.
pub(crate) fn random() -> Result<Secret, CoreError> {
    let mut bytes = Secret::zeros();
    getrandom::fill(&mut *bytes).map_err(|_| CoreError::Defect("no randomness"))?;
    Ok(bytes)
}

/// The key that a PIN gives. Slow, and meant to be: call it where blocking does no harm.
pub(crate) fn from_pin(pin: &str, salt: &[u8], pepper: &Secret) -> Result<Secret, CoreError> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, Some(32)).map_err(|_| CoreError::Defect("argon2"))?;
    let mut slow = Secret::zeros();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(pin.as_bytes(), salt, &mut *slow)
        .map_err(|_| CoreError::Defect("argon2"))?;
    Ok(derive(&slow, Some(&**pepper), b"bulla app lock pin v1"))
}

/// The key that the platform's answer gives.
pub(crate) fn from_platform(answer: &[u8; 32], pepper: &Secret) -> Secret {
    derive(answer, Some(&**pepper), b"bulla app lock platform v1")
}

/// What hides an account's key: as long as it, used for nothing else.
pub(crate) fn mask(lock: &Secret, name: &str) -> Secret {
    derive(lock, None, format!("bulla app lock mask v1 {name}").as_bytes())
}

/// `secret`, readable with `key` only.
pub(crate) fn seal(key: &Secret, secret: &Secret) -> Result<Vec<u8>, CoreError> {
    let mut sealed = vec![0; NONCE];
    getrandom::fill(&mut sealed).map_err(|_| CoreError::Defect("no randomness"))?;
    let nonce = XNonce::try_from(sealed.as_slice()).map_err(|_| CoreError::Defect("a nonce"))?;
    let hidden = cipher(key).encrypt(&nonce, &secret[..]).map_err(|_| CoreError::Defect("a cipher"))?;
    sealed.extend(hidden);
    Ok(sealed)
}

/// What [`seal`] hid, if this is the key.
pub(crate) fn open(key: &Secret, sealed: &[u8]) -> Option<Secret> {
    let (nonce, hidden) = sealed.split_at_checked(NONCE)?;
    let secret = Zeroizing::new(cipher(key).decrypt(&XNonce::try_from(nonce).ok()?, hidden).ok()?);
    scrub();
    Secret::of(&secret)
}

fn cipher(key: &Secret) -> XChaCha20Poly1305 {
    let key: &[u8; 32] = key;
    XChaCha20Poly1305::new(key.into())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_pin_salt_and_pepper_open() {
        let (lock, pepper) = (random().unwrap(), random().unwrap());
        let sealed = seal(&from_pin("193728", b"salt and salt", &pepper).unwrap(), &lock).unwrap();
        let with = |pin: &str, salt: &[u8], pepper: &Secret| open(&from_pin(pin, salt, pepper).unwrap(), &sealed);
        assert_eq!(*with("193728", b"salt and salt", &pepper).unwrap(), *lock);
        assert!(with("193729", b"salt and salt", &pepper).is_none());
        assert!(with("193728", b"salt and salT", &pepper).is_none());
        assert!(with("193728", b"salt and salt", &random().unwrap()).is_none());
        for short in 0..sealed.len() {
            assert!(open(&from_platform(&[7; 32], &pepper), &sealed[..short]).is_none());
        }
    }

    #[test]
    fn each_account_has_its_own_mask() {
        let lock = random().unwrap();
        assert_ne!(*mask(&lock, "a"), *mask(&lock, "b"));
        assert_eq!(*mask(&lock, "a"), *mask(&lock, "a"));
    }
}
