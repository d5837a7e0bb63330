//! The writes that wait for the writer.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::oneshot;

use crate::{
    StoreError, Write,
    job::{Job, Target},
};

/// Filled by any thread, emptied by the writer.
#[derive(Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    /// Something to write, or closing.
    work: Condvar,
    /// The writer took something, or ended.
    progress: Condvar,
}

/// A write, and who waits for it.
pub(crate) struct Queued {
    pub(crate) job: Job,
    pub(crate) waiters: Vec<oneshot::Sender<Result<(), StoreError>>>,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Queued>,
    writer_runs: bool,
    closing: bool,
}

/// From here on the queue slows those who fill it.
const LONG: usize = 1_024;
/// By how much, for one write. It never refuses one, so that nothing is lost, and never blocks for long.
const PATIENCE: Duration = Duration::from_millis(20);
/// How many writes one transaction holds.
const BATCH: usize = 256;

impl Queue {
    /// Adds a write, or lets a waiting one of the same thing take it over. `start` is called if no writer runs.
    pub(crate) fn push(&self, job: Job, start: impl FnOnce() -> std::io::Result<()>) -> Write {
        let mut state = self.state();
        if state.waiting.len() >= LONG && !state.closing {
            let wait = self.progress.wait_timeout(state, PATIENCE);
            state = wait.unwrap_or_else(PoisonError::into_inner).0;
        }
        if state.closing {
            return Write::settled(Err(StoreError::Closed));
        }
        if !state.writer_runs {
            if let Err(error) = start() {
                return Write::settled(Err(error.into()));
            }
            state.writer_runs = true;
        }
        let (sender, receiver) = oneshot::channel();
        state.add(job, sender);
        drop(state);
        self.work.notify_one();
        Write::queued(receiver)
    }

    /// Waits for work: writes to one file, in order. None when closing and nothing is left.
    pub(crate) fn take(&self) -> Option<(Target, Vec<Queued>)> {
        let mut state = self.state();
        loop {
            if let Some(first) = state.waiting.front() {
                let target = first.job.target();
                let mut run = state.waiting.iter().take(BATCH);
                let count = run.position(|next| next.job.target() != target);
                let count = count.unwrap_or_else(|| state.waiting.len().min(BATCH));
                let batch = state.waiting.drain(..count).collect();
                drop(state);
                self.progress.notify_all();
                return Some((target, batch));
            }
            if state.closing {
                return None;
            }
            state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes no more writes. What waits is still written.
    pub(crate) fn close(&self) {
        self.state().closing = true;
        self.work.notify_all();
        self.progress.notify_all();
    }

    /// Waits until the writer has ended, at most `limit` if there is one.
    pub(crate) fn wait_for_end(&self, limit: Option<Duration>) {
        let state = self.state();
        let runs = |state: &mut State| state.writer_runs;
        match limit {
            None => drop(self.progress.wait_while(state, runs)),
            Some(limit) => drop(self.progress.wait_timeout_while(state, limit, runs)),
        }
    }

    /// The writer says that it has ended. What it left, it left by a defect: those who wait are told `Closed`.
    pub(crate) fn writer_ended(&self) {
        let mut state = self.state();
        state.writer_runs = false;
        let left = std::mem::take(&mut state.waiting);
        drop(state);
        drop(left);
        self.progress.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn add(&mut self, job: Job, waiter: oneshot::Sender<Result<(), StoreError>>) {
        let mut job = job;
        if job.target() == Target::Projection {
            for earlier in self.waiting.iter_mut().rev() {
                if !earlier.job.lets_pass() {
                    break;
                }
                match earlier.job.absorb(job) {
                    None => return earlier.waiters.push(waiter),
                    Some(back) => job = back,
                }
            }
        }
        self.waiting.push_back(Queued { job, waiters: vec![waiter] });
    }
}
