//! A write on its way.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::Thread,
};

use tokio::sync::oneshot;

use crate::StoreError;

/// A write that was handed to the writer. It resolves when it is committed, or cannot be. Dropping it does not cancel the write.
pub struct Write(Progress);

enum Progress {
    Queued(oneshot::Receiver<Result<(), StoreError>>),
    Settled(Result<(), StoreError>),
}

impl Write {
    /// Waits on this thread, for a caller that is not async.
    pub fn wait(mut self) -> Result<(), StoreError> {
        let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
        let mut context = Context::from_waker(&waker);
        loop {
            match Pin::new(&mut self).poll(&mut context) {
                Poll::Ready(result) => return result,
                Poll::Pending => std::thread::park(),
            }
        }
    }

    pub(crate) fn queued(receiver: oneshot::Receiver<Result<(), StoreError>>) -> Self {
        Self(Progress::Queued(receiver))
    }

    pub(crate) fn settled(result: Result<(), StoreError>) -> Self {
        Self(Progress::Settled(result))
    }
}

impl Future for Write {
    type Output = Result<(), StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Progress::Settled(result) => Poll::Ready(*result),
            // The writer went away without an answer.
            Progress::Queued(receiver) => {
                Pin::new(receiver).poll(context).map(|answer| answer.unwrap_or(Err(StoreError::Closed)))
            }
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
