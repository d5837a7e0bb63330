//! What an event is on the wire.

use bulla_model::{Failure, ItemId, Missing};

use crate::{message::not_there, timeline::Timeline};

/// As much as is shown of one event, in bytes; none is larger, encryption aside.
const LONGEST: usize = 128 * 1024;

impl Timeline {
    /// An event as it came, decrypted, as JSON for people to read.
    pub async fn source(&self, item: &ItemId) -> Result<String, Failure> {
        let live = self.live().await?;
        self.refuse_covered(&live, item)?;
        let target = live.target(item)?;
        let items = live.timeline.items().await;
        let event = items.iter().filter_map(|item| item.as_event()).find(|event| event.identifier() == target);
        let event = event.ok_or(Failure::NotFound { what: Missing::Event })?;
        let raw = event.original_json().ok_or_else(not_there)?.json().get();
        let value: serde_json::Value = serde_json::from_str(raw).map_err(|_| not_there())?;
        let mut text = format!("{value:#}");
        if text.len() > LONGEST {
            let end = (0..=LONGEST).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
            text.truncate(end);
        }
        Ok(text)
    }
}
