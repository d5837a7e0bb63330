//! What the library logs, handed to the app's sink by a thread of its own. Only our own lines: the SDK's may hold ids or content.

use std::{
    fmt::{self, Write},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU8, Ordering},
        mpsc::{SyncSender, sync_channel},
    },
};

use bulla_model::{LogLevel, LogRecord, LogSink};
use tracing::{Event, Level, Subscriber, field::Field};
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt},
};

/// Lines that wait for a slow sink; more are dropped.
const WAITING: usize = 1_024;

static LEVEL: AtomicU8 = AtomicU8::new(0);
static SINK: OnceLock<std::sync::Mutex<Option<Arc<dyn LogSink>>>> = OnceLock::new();

/// Sends lines of `level` and graver to `sink`, instead of where they went before.
pub fn set_sink(sink: Arc<dyn LogSink>, level: LogLevel) {
    let slot = SINK.get_or_init(|| {
        let (lines, received) = sync_channel::<LogRecord>(WAITING);
        let subscriber = tracing_subscriber::registry().with(Forward { lines });
        // Where the app has a subscriber of its own, that one stays.
        let _ = tracing::subscriber::set_global_default(subscriber);
        let deliver = move || {
            for line in received {
                let sink = SINK.get().and_then(|slot| slot.lock().ok()?.clone());
                if let Some(sink) = sink {
                    let _ = sink.log(line);
                }
            }
        };
        let _ = std::thread::Builder::new().name("bulla-log".to_owned()).spawn(deliver);
        std::sync::Mutex::default()
    });
    *slot.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(sink);
    set_level(level);
}

/// Changes how much is logged, from the next line on.
pub fn set_level(level: LogLevel) {
    LEVEL.store(level as u8, Ordering::Relaxed);
    tracing::callsite::rebuild_interest_cache();
}

struct Forward {
    lines: SyncSender<LogRecord>,
}

impl<S: Subscriber> Layer<S> for Forward {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let meta = event.metadata();
        let level = match *meta.level() {
            Level::ERROR => LogLevel::Error,
            Level::WARN => LogLevel::Warn,
            Level::INFO => LogLevel::Info,
            _ => LogLevel::Debug,
        };
        let ours = meta.target() == "bulla" || meta.target().starts_with("bulla_");
        if !ours || level as u8 > LEVEL.load(Ordering::Relaxed) {
            return;
        }
        let mut text = Text(String::new());
        event.record(&mut text);
        let _ = self.lines.try_send(LogRecord { level, target: meta.target().to_owned(), text: text.0 });
    }
}

struct Text(String);

impl tracing::field::Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = match field.name() {
            "message" => write!(self.0, "{value:?}"),
            name => write!(self.0, " {name}={value:?}"),
        };
    }
}
