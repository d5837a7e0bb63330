//! One key of the app's key store, and one key a purpose derived from it.

use bulla_model::{AccountId, Failure, Field, FieldTrouble, KeyStore, StorageTrouble};
use bulla_store::StoreKey;
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

/// The 32 bytes that everything of an account hangs on.
pub(crate) struct AccountKey(Zeroizing<[u8; 32]>);

impl AccountKey {
    /// Makes a key and has the app keep it.
    pub fn create(keys: &dyn KeyStore, account: &AccountId) -> Result<Self, Failure> {
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(key.as_mut()).map_err(|_| Failure::Unexpected { reference: "random".to_owned() })?;
        keys.save(name(account), key.to_vec())?;
        Ok(Self(key))
    }

    /// Asks the app for the key it keeps.
    pub fn load(keys: &dyn KeyStore, account: &AccountId) -> Result<Self, Failure> {
        let bytes =
            Zeroizing::new(keys.load(name(account))?.ok_or(Failure::Storage { trouble: StorageTrouble::WrongKey })?);
        let key = <[u8; 32]>::try_from(bytes.as_slice())
            .map_err(|_| Failure::Invalid { field: Field::Key, why: FieldTrouble::Malformed })?;
        Ok(Self(Zeroizing::new(key)))
    }

    /// Has the app erase the key: from here on the account's files are noise.
    pub fn erase(keys: &dyn KeyStore, account: &AccountId) -> Result<(), Failure> {
        keys.erase(name(account))
    }

    /// The key of our own store.
    pub fn store(&self) -> StoreKey {
        StoreKey::new(*self.derive("bulla store v1"))
    }

    /// The key of the SDK's stores.
    pub fn sdk(&self) -> Zeroizing<[u8; 32]> {
        self.derive("bulla sdk stores v1")
    }

    fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        let mut key = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(None, self.0.as_ref())
            .expand(purpose.as_bytes(), key.as_mut())
            .expect("32 bytes are less than 255 blocks");
        key
    }
}

/// The key store's name for an account's key.
pub(crate) fn name(account: &AccountId) -> String {
    format!("bulla.account.{}", account.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_purpose_has_its_own_key() {
        let key = AccountKey(Zeroizing::new([7; 32]));
        assert_ne!(key.derive("a"), key.derive("b"));
        assert_eq!(key.derive("a"), key.derive("a"));
        assert_ne!(key.derive("a").as_ref(), &[7; 32]);
    }
}
