//! One key of the app's key store, and one key a purpose derived from it.

use bulla_model::{AccountId, Failure, Field, FieldTrouble, KeyStore, StorageTrouble};
use bulla_store::StoreKey;
use zeroize::Zeroizing;

use crate::secret::{Secret, derive};

/// The 32 bytes that everything of an account hangs on.
pub(crate) struct AccountKey(Secret);

impl AccountKey {
    /// Makes a key and has the app keep it.
    pub fn create(keys: &dyn KeyStore, account: &AccountId) -> Result<Self, Failure> {
        let mut key = Secret::zeros();
        getrandom::fill(&mut *key).map_err(|_| Failure::Unexpected { reference: "random".to_owned() })?;
        keys.save(name(account), key.to_vec())?;
        Ok(Self(key))
    }

    /// Asks the app for the key it keeps.
    pub fn load(keys: &dyn KeyStore, account: &AccountId) -> Result<Self, Failure> {
        let bytes =
            Zeroizing::new(keys.load(name(account))?.ok_or(Failure::Storage { trouble: StorageTrouble::WrongKey })?);
        let malformed = Failure::Invalid { field: Field::Key, why: FieldTrouble::Malformed };
        Ok(Self(Secret::of(&bytes).ok_or(malformed)?))
    }

    /// Has the app erase the key: from here on the account's files are noise.
    pub fn erase(keys: &dyn KeyStore, account: &AccountId) -> Result<(), Failure> {
        keys.erase(name(account))
    }

    /// The key of our own store.
    pub fn store(&self) -> StoreKey {
        StoreKey::of(&self.derive("bulla store v1"))
    }

    /// The key of the SDK's stores.
    pub fn sdk(&self) -> Secret {
        self.derive("bulla sdk stores v1")
    }

    /// The key of files that are kept.
    pub fn media(&self) -> Secret {
        self.derive("bulla media v1")
    }

    fn derive(&self, purpose: &str) -> Secret {
        derive(&self.0, None, purpose.as_bytes())
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
        let key = AccountKey(Secret::of(&[7; 32]).expect("32 bytes"));
        assert_ne!(*key.derive("a"), *key.derive("b"));
        assert_eq!(*key.derive("a"), *key.derive("a"));
        assert_ne!(*key.derive("a"), [7; 32]);
    }
}
