//! 32 secret bytes that stay in one place: moving them moves a pointer, and dropping them erases them.

use std::{
    hint::black_box,
    ops::{Deref, DerefMut},
};

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroize;

#[derive(Clone)]
pub(crate) struct Secret(Box<[u8; 32]>);

impl Secret {
    /// Zeros, to be filled.
    pub fn zeros() -> Self {
        Self(Box::new([0; 32]))
    }

    /// A copy of `bytes`, if they are 32.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let mut secret = Self::zeros();
        (bytes.len() == secret.len()).then(|| secret.copy_from_slice(bytes))?;
        Some(secret)
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl Deref for Secret {
    type Target = [u8; 32];

    fn deref(&self) -> &[u8; 32] {
        &self.0
    }
}

impl DerefMut for Secret {
    fn deref_mut(&mut self) -> &mut [u8; 32] {
        &mut self.0
    }
}

/// The key that `secret` gives for one purpose (HKDF-SHA256, RFC 5869).
pub(crate) fn derive(secret: &[u8; 32], salt: Option<&[u8]>, purpose: &[u8]) -> Secret {
    let mut key = Secret::zeros();
    Hkdf::<Sha256>::new(salt, secret).expand(purpose, &mut *key).expect("32 bytes are less than 255 blocks");
    scrub();
    key
}

/// Overwrites what calls that have returned have left below on the stack: ciphers and hashes copy what they are given.
#[inline(never)]
pub(crate) fn scrub() {
    black_box(&mut [0_u8; 64 * 1024]);
}
