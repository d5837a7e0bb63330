//! Connections that only read, lent to the threads that ask.

use std::{
    path::PathBuf,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

use rusqlite::Connection;

use crate::{
    StoreError, StoreKey,
    connection::{self, Durability},
};

/// At most `most` connections to one file, opened when they are first needed.
pub(crate) struct Readers {
    path: PathBuf,
    most: usize,
    state: Mutex<State>,
    returned: Condvar,
}

struct State {
    /// None once closed.
    key: Option<StoreKey>,
    idle: Vec<Connection>,
    lent: usize,
}

impl Readers {
    /// `first` is a connection that is already open.
    pub(crate) fn new(path: PathBuf, most: usize, key: StoreKey, first: Connection) -> Result<Self, StoreError> {
        first.execute_batch("PRAGMA query_only = ON")?;
        let state = State { key: Some(key), idle: vec![first], lent: 0 };
        Ok(Self { path, most, state: Mutex::new(state), returned: Condvar::new() })
    }

    /// Runs `work` on a connection. One that met an error is not used again: SQLCipher keeps refusing after a bad page.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&mut Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let mut loan = self.lend()?;
        let result = match loan.connection.as_mut() {
            Some(conn) => work(conn).and_then(|answer| {
                connection::assert_sound(conn)?;
                Ok(answer)
            }),
            None => return Err(StoreError::Closed),
        };
        if result.is_err() {
            loan.connection = None;
        }
        Ok(result?)
    }

    /// Waits for what is lent and closes everything. The key is erased.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        state.key = None;
        state.idle.clear();
        while state.lent > 0 {
            state = self.returned.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lend(&self) -> Result<Loan<'_>, StoreError> {
        let mut state = self.state();
        let (connection, key) = loop {
            // Closing empties it: what is idle may be lent.
            if let Some(connection) = state.idle.pop() {
                break (Some(connection), None);
            }
            let Some(key) = &state.key else { return Err(StoreError::Closed) };
            if state.lent < self.most {
                break (None, Some(key.clone()));
            }
            state = self.returned.wait(state).unwrap_or_else(PoisonError::into_inner);
        };
        state.lent += 1;
        drop(state);
        let mut loan = Loan { readers: self, connection };
        if let Some(key) = key {
            let connection = connection::connect(&self.path, &key, Durability::Process)?;
            connection.execute_batch("PRAGMA query_only = ON")?;
            loan.connection = Some(connection);
        }
        Ok(loan)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives its connection back, also when the reader panics.
struct Loan<'a> {
    readers: &'a Readers,
    connection: Option<Connection>,
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        let mut state = self.readers.state();
        state.lent -= 1;
        match self.connection.take() {
            Some(connection) if state.key.is_some() => state.idle.push(connection),
            // Closed under the lock: whoever waits for the loan finds the file closed.
            other => drop(other),
        }
        drop(state);
        self.readers.returned.notify_all();
    }
}
