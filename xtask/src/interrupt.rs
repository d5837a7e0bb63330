//! Ctrl-C and SIGTERM: a flag that every waiting loop looks at, so that what was started is ended on the way out.

use std::sync::atomic::{AtomicBool, Ordering};

static ASKED: AtomicBool = AtomicBool::new(false);

/// Whether somebody asked this process to stop.
pub fn asked() -> bool {
    ASKED.load(Ordering::SeqCst)
}

/// Starts to listen, on a thread of its own. Without a listener (no signals on this platform) the default stays.
pub fn listen() {
    std::thread::spawn(|| {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
            return;
        };
        runtime.block_on(first_signal());
        ASKED.store(true, Ordering::SeqCst);
        runtime.block_on(first_signal());
        std::process::exit(130);
    });
}

#[cfg(unix)]
async fn first_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}

#[cfg(not(unix))]
async fn first_signal() {
    drop(tokio::signal::ctrl_c().await);
}
