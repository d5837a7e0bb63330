//! The one tokio runtime, and what cancelling means: a query ends with its caller, a command does not.

use std::{
    pin::Pin,
    sync::OnceLock,
    task::{Context, Poll},
};

use bulla_model::Failure;
use tokio::{
    runtime::{Builder, Runtime},
    task::JoinHandle,
};

const WORKERS: usize = 2;

/// The runtime that everything of the library runs on; it lives as long as the process.
pub(crate) fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .thread_name("bulla")
            .thread_stack_size(bulla_core::THREAD_STACK)
            .enable_all()
            .build()
            .expect("a process that cannot start two threads cannot go on")
    })
}

/// Runs `work` to its end, even when the caller goes away.
pub(crate) async fn command<T: Send + 'static>(
    work: impl Future<Output = Result<T, Failure>> + Send + 'static,
) -> Result<T, Failure> {
    joined(runtime().spawn(work).await)
}

/// Runs `work`, and aborts it when the caller goes away.
pub(crate) async fn query<T: Send + 'static>(
    work: impl Future<Output = Result<T, Failure>> + Send + 'static,
) -> Result<T, Failure> {
    joined(Owned(runtime().spawn(work)).await)
}

/// Something that may only end inside the runtime, wherever the app drops it.
pub(crate) struct Inside<T>(Option<T>);

impl<T> Inside<T> {
    pub fn new(value: T) -> Self {
        Self(Some(value))
    }
}

impl<T> std::ops::Deref for Inside<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_ref().expect("it is there until dropped")
    }
}

impl<T> Drop for Inside<T> {
    fn drop(&mut self) {
        let _entered = runtime().enter();
        drop(self.0.take());
    }
}

/// A task that ends with its owner.
struct Owned<T>(JoinHandle<T>);

impl<T> Future for Owned<T> {
    type Output = Result<T, tokio::task::JoinError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context)
    }
}

impl<T> Drop for Owned<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A panic inside becomes an error; the tasks beside it go on.
fn joined<T>(joined: Result<Result<T, Failure>, tokio::task::JoinError>) -> Result<T, Failure> {
    joined.unwrap_or_else(|error| match error.is_panic() {
        true => Err(Failure::Unexpected { reference: "panic".to_owned() }),
        false => Err(Failure::Closed),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    };

    struct Flag(Arc<AtomicBool>);

    impl Drop for Flag {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }

    async fn never(flag: Flag) -> Result<(), Failure> {
        let _flag = flag;
        std::future::pending().await
    }

    #[test]
    fn a_panic_becomes_an_error() {
        let failure = runtime().block_on(query::<()>(async { panic!("on purpose") }));
        assert_eq!(failure, Err(Failure::Unexpected { reference: "panic".to_owned() }));
    }

    #[test]
    fn a_query_ends_with_its_caller_and_a_command_does_not() {
        let dropped = |is_query: bool| {
            let ended = Arc::new(AtomicBool::new(false));
            let flag = Flag(ended.clone());
            runtime().block_on(async {
                let work = async { if is_query { query(never(flag)).await } else { command(never(flag)).await } };
                let _ = tokio::time::timeout(std::time::Duration::from_millis(50), work).await;
                let gone = async {
                    while !ended.load(Ordering::SeqCst) {
                        tokio::task::yield_now().await;
                    }
                };
                tokio::time::timeout(std::time::Duration::from_millis(500), gone).await.is_ok()
            })
        };
        assert!(dropped(true));
        assert!(!dropped(false));
    }
}
