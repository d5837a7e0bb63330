//! How many objects the app still holds.

use std::sync::atomic::{AtomicU32, Ordering};

use bulla_model::LiveObjects;

static SESSIONS: AtomicU32 = AtomicU32::new(0);
static ROOMS: AtomicU32 = AtomicU32::new(0);
static TIMELINES: AtomicU32 = AtomicU32::new(0);
static STREAMS: AtomicU32 = AtomicU32::new(0);
static MEDIA: AtomicU32 = AtomicU32::new(0);

/// What is counted.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Session,
    Room,
    Timeline,
    Stream,
    Media,
}

impl Kind {
    fn counter(self) -> &'static AtomicU32 {
        match self {
            Self::Session => &SESSIONS,
            Self::Room => &ROOMS,
            Self::Timeline => &TIMELINES,
            Self::Stream => &STREAMS,
            Self::Media => &MEDIA,
        }
    }
}

/// Counts the object that holds it.
pub(crate) struct Counted(Kind);

impl Counted {
    pub fn new(kind: Kind) -> Self {
        kind.counter().fetch_add(1, Ordering::Relaxed);
        Self(kind)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.counter().fetch_sub(1, Ordering::Relaxed);
    }
}

/// How many objects of each kind the app still holds. For tests and debug screens: it finds leaks.
#[uniffi::export]
pub fn live_objects() -> LiveObjects {
    LiveObjects {
        sessions: SESSIONS.load(Ordering::Relaxed),
        rooms: ROOMS.load(Ordering::Relaxed),
        timelines: TIMELINES.load(Ordering::Relaxed),
        streams: STREAMS.load(Ordering::Relaxed),
        media: MEDIA.load(Ordering::Relaxed),
    }
}
