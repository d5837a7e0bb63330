//! Where the SDK finds the newest message of each room.
//!
//! The task that does so owns a client, and the client owns the task: neither is ever freed (matrix-sdk 0.19.1, `LatestEvents`, by way of
//! its `SendQueue`). So it gets a runtime of its own, which ends with the attachment and takes the task along.
//!
//! It also gives up for good where it falls behind the SDK's own broadcasts (`listen_to_updates` takes a lag for an end), as after very many
//! messages at once. The rooms' previews would stand still then: whoever holds this hears of it and begins anew with another client.

use std::time::Duration;

use matrix_sdk::Client;
use tokio::{
    runtime::{Builder, Runtime},
    time::sleep,
};

use crate::{THREAD_STACK, failure::CoreError};

/// Two, so that what hears of changes does not wait for what computes.
const THREADS: usize = 2;
/// How often it is seen whether it goes on.
const LOOK: Duration = Duration::from_secs(2);

/// Holds the task of one client, and ends it when dropped.
pub(crate) struct Latest(Option<Runtime>);

impl Latest {
    /// Has the SDK start its task here, before anything else makes it start elsewhere.
    pub async fn start(client: &Client) -> Result<Self, CoreError> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name("bulla-latest")
            .thread_stack_size(THREAD_STACK)
            .enable_all()
            .build()?;
        let client = client.clone();
        let started = runtime.spawn(async move { _ = client.latest_events().await });
        let latest = Self(Some(runtime));
        started.await.map_err(|_| CoreError::Defect("latest events did not start"))?;
        Ok(latest)
    }

    /// Returns when the SDK's task has given up.
    pub async fn over(&self) {
        while self.0.as_ref().is_some_and(|runtime| runtime.metrics().num_alive_tasks() > 0) {
            sleep(LOOK).await;
        }
    }
}

impl Drop for Latest {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            // Without waiting: we may well stand in another runtime.
            runtime.shutdown_background();
        }
    }
}
