//! What the SDK has to say, for a person who looks into a failure: `BULLA_TRACE=warn`, `info` or `debug`.

use std::fmt::{Debug, Write};

use tracing::{Event, Level, Subscriber, field::Field};
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt},
};

struct Print(Level);

struct Text(String);

impl tracing::field::Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = write!(self.0, " {}={value:?}", field.name());
    }
}

impl<S: Subscriber> Layer<S> for Print {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let meta = event.metadata();
        if *meta.level() <= self.0 && (meta.target().starts_with("matrix_sdk") || meta.target().starts_with("bulla")) {
            let mut text = Text(String::new());
            event.record(&mut text);
            let at = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
            eprintln!("{:.3} {} {}{}", at.as_secs_f64(), meta.level(), meta.target(), text.0);
        }
    }
}

pub fn begin() {
    let level = match std::env::var("BULLA_TRACE").as_deref() {
        Ok("warn") => Level::WARN,
        Ok("info") => Level::INFO,
        Ok("debug") => Level::DEBUG,
        _ => return,
    };
    let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(Print(level)));
}
