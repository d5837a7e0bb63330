//! The versions of each file and the way from one to the next.

use rusqlite::{Connection, TransactionBehavior};

use crate::StoreError;

/// The steps that make a file, in order; its `user_version` says how many are done.
pub(crate) struct Schema {
    steps: &'static [&'static str],
}

/// What can be fetched again: a step may drop and remake its tables.
pub(crate) const PROJECTION: Schema =
    Schema { steps: &[include_str!("schema/projection/0001.sql"), include_str!("schema/projection/0002.sql")] };

/// What cannot: a step only adds.
pub(crate) const LEDGER: Schema =
    Schema { steps: &[include_str!("schema/ledger/0001.sql"), include_str!("schema/ledger/0002.sql")] };

impl Schema {
    pub(crate) fn newest(&self) -> usize {
        self.steps.len()
    }

    /// Does the steps after version `from`, each in a transaction of its own.
    pub(crate) fn migrate(&self, conn: &mut Connection, from: usize) -> Result<(), StoreError> {
        for (at, step) in self.steps.iter().enumerate().skip(from) {
            let change = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            change.execute_batch(step)?;
            let version = i64::try_from(at + 1).unwrap_or(i64::MAX);
            change.pragma_update(None, "user_version", version)?;
            change.commit()?;
        }
        Ok(())
    }
}

/// The version that a file says it has.
pub(crate) fn version(conn: &Connection) -> rusqlite::Result<i64> {
    conn.query_row("PRAGMA user_version", [], |row| row.get(0))
}
