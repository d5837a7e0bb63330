//! Where the SDK finds the newest message of each room.
//!
//! The task that does so owns a client, and the client owns the task: neither is ever freed (matrix-sdk 0.19.1, `LatestEvents`, by way of
//! its `SendQueue`). So it gets a runtime of its own, one thread, which ends with the attachment and takes the task along.

use matrix_sdk::Client;
use tokio::runtime::{Builder, Runtime};

use crate::{THREAD_STACK, failure::CoreError};

/// Holds the task of one client, and ends it when dropped.
pub(crate) struct Latest(Option<Runtime>);

impl Latest {
    /// Has the SDK start its task here, before anything else makes it start elsewhere.
    pub async fn start(client: &Client) -> Result<Self, CoreError> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
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
}

impl Drop for Latest {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            // Without waiting: we may well stand in another runtime.
            runtime.shutdown_background();
        }
    }
}
