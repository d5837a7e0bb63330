//! What part of a room a timeline shows.

use bulla_model::EventId;
use matrix_sdk_ui::timeline::{TimelineEventFocusThreadMode, TimelineFocus};
use ruma::OwnedEventId;

/// How many events around one that is jumped to are asked for.
const CONTEXT: u16 = 30;

/// What part of a room a timeline shows.
#[derive(Clone)]
pub(crate) enum Focus {
    /// The conversation, without what is said in threads.
    Live,
    /// One thread, with its first message.
    Thread(OwnedEventId),
    /// What was said around an event.
    Around(OwnedEventId),
    /// What is pinned.
    Pinned,
}

impl Focus {
    pub fn is_live(&self) -> bool {
        matches!(self, Self::Live)
    }

    pub fn is_pinned(&self) -> bool {
        matches!(self, Self::Pinned)
    }

    /// The first message of the thread that this is.
    pub fn thread(&self) -> Option<EventId> {
        match self {
            Self::Thread(root) => Some(EventId(root.to_string())),
            _ => None,
        }
    }

    /// The same, as the SDK says it.
    pub fn sdk(&self) -> TimelineFocus {
        match self.clone() {
            Self::Live => TimelineFocus::Live { hide_threaded_events: true },
            Self::Thread(root_event_id) => TimelineFocus::Thread { root_event_id },
            Self::Around(target) => TimelineFocus::Event {
                target,
                num_context_events: CONTEXT,
                thread_mode: TimelineEventFocusThreadMode::Automatic { hide_threaded_events: true },
            },
            Self::Pinned => TimelineFocus::PinnedEvents,
        }
    }
}
