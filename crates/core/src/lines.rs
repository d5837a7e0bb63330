//! The connections of one session, which a pause cuts.
//!
//! The SDK cannot give up a request that it has sent (`RoomSendQueue::sending_task`: "nothing can be cancelled at any point"). What it sends over
//! can be cut: the sockets are opened on a runtime of their own and end with it, and whoever waits for an answer is told at once.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use tokio::{
    runtime::{Builder, Handle, Runtime},
    task::JoinSet,
};
use tower_layer::Layer;
use tower_service::Service;

use crate::THREAD_STACK;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// All connections of a session; the layer that its HTTP client connects through.
#[derive(Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    held: bool,
    runtime: Option<Runtime>,
}

impl Lines {
    /// Cuts them all, and lets none be opened until [`Lines::release`].
    pub fn hold(&self) {
        let mut state = self.state();
        state.held = true;
        state.cut();
    }

    pub fn release(&self) {
        self.state().held = false;
    }

    /// Where connections are opened.
    fn open(&self) -> io::Result<Handle> {
        let mut state = self.state();
        if state.held {
            return Err(io::Error::new(io::ErrorKind::NotConnected, "the session is paused"));
        }
        if let Some(runtime) = &state.runtime {
            return Ok(runtime.handle().clone());
        }
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(1).thread_name("bulla-lines").thread_stack_size(THREAD_STACK).enable_all();
        let runtime = builder.build()?;
        Ok(state.runtime.insert(runtime).handle().clone())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn cut(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Without waiting: we may well stand in another runtime.
            runtime.shutdown_background();
        }
    }
}

impl Drop for State {
    fn drop(&mut self) {
        self.cut();
    }
}

impl<S> Layer<S> for Lines {
    type Service = Connector<S>;

    fn layer(&self, inner: S) -> Connector<S> {
        Connector { inner, lines: self.clone() }
    }
}

/// Opens connections on the lines' own runtime.
#[derive(Clone)]
pub(crate) struct Connector<S> {
    inner: S,
    lines: Lines,
}

impl<S, R> Service<R> for Connector<S>
where
    S: Service<R, Error = Error>,
    S::Future: Send + 'static,
    S::Response: Send + 'static,
{
    type Response = S::Response;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let (lines, connecting) = (self.lines.clone(), self.inner.call(request));
        Box::pin(async move {
            // Ends with whoever waits for it.
            let mut task = JoinSet::new();
            task.spawn_on(connecting, &lines.open()?);
            match task.join_next().await {
                Some(Ok(connection)) => connection,
                _ => Err(io::Error::new(io::ErrorKind::ConnectionAborted, "the session is paused").into()),
            }
        })
    }
}
