//! Logging into the app.

use std::sync::Arc;

use bulla_model::{LogLevel, LogSink};

/// Hands every line of `level` and graver to `sink`, from now on. Lines hold no content, no secret and no full id.
#[uniffi::export]
pub fn set_log_sink(sink: Arc<dyn LogSink>, level: LogLevel) {
    bulla_core::set_log_sink(sink, level);
}

/// Changes how much is logged, at once.
#[uniffi::export]
pub fn set_log_level(level: LogLevel) {
    bulla_core::set_log_level(level);
}
