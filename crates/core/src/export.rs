//! A copy of a conversation for outside the library, in a file that is whole or not there.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use bulla_model::{Barrier, ExportFormat, ExportProgress, ExportWords, Failure, Field, FieldTrouble};
use bulla_policy::{self as policy, ExportRow, Said};
use matrix_sdk::{deserialized_responses::TimelineEvent, room::MessagesOptions};
use ruma::{
    OwnedEventId, OwnedUserId, UInt,
    events::{
        AnyMessageLikeEventContent, AnySyncMessageLikeEvent, AnySyncTimelineEvent,
        room::message::{MessageType, Relation},
    },
};
use tokio::sync::Mutex;

use crate::{cancel::Cancel, durable, failure::CoreError, item::time, room::Room};

/// Events in one question to the server.
const PAGE: u32 = 100;
/// As many events as one file takes, and as many bytes.
const EVENTS: usize = 100_000;
const BYTES: usize = 256 * 1024 * 1024;

impl Room {
    /// Writes the conversation out to `file`, a page with each [`Export::next`].
    pub fn export(&self, file: &str, format: ExportFormat, words: ExportWords) -> Result<Export, Failure> {
        self.session.open()?;
        allowed(self)?;
        let file = PathBuf::from(file);
        if !file.is_absolute()
            || file.file_name().is_none()
            || !file.parent().is_some_and(Path::is_dir)
            || file.is_dir()
        {
            return Err(Failure::Invalid { field: Field::Folder, why: FieldTrouble::Malformed });
        }
        let cancel = self.session.cancel();
        Ok(Export { room: self.clone(), file, format, words, state: Mutex::default(), cancel })
    }
}

/// A conversation that is being written out.
pub struct Export {
    room: Room,
    file: PathBuf,
    format: ExportFormat,
    words: ExportWords,
    state: Mutex<State>,
    cancel: Cancel,
}

#[derive(Default)]
struct State {
    /// Newest first, as the server is asked.
    rows: Vec<String>,
    bytes: usize,
    from: Option<String>,
    edits: HashMap<OwnedEventId, (OwnedUserId, String)>,
    names: HashMap<OwnedUserId, String>,
    told: Option<ExportProgress>,
}

impl Export {
    /// Reads one page more, or writes the file after the last one, and tells how far it is; none when it is done, was cancelled or the
    /// session closed.
    pub async fn next(&self) -> Result<Option<ExportProgress>, Failure> {
        Ok(self.cancel.or_end(self.step()).await.transpose()?.flatten())
    }

    /// Ends it: there is no file then.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }

    async fn step(&self) -> Result<Option<ExportProgress>, CoreError> {
        let mut state = self.state.lock().await;
        if state.told.is_some_and(|told| told.finished) {
            return Ok(None);
        }
        // The rule may have come since.
        allowed(&self.room)?;
        let room = self.room.session.sdk_room(&self.room.id()).await?;
        let mut options = MessagesOptions::backward().from(state.from.as_deref());
        options.limit = UInt::from(PAGE);
        let page = room.messages(options).await?;
        let at_start = page.end.is_none();
        let mut events = state.told.map_or(0, |told| told.events);
        for event in &page.chunk {
            events = events.saturating_add(1);
            let row = match self.format {
                ExportFormat::Json => Some(event.raw().json().get().to_owned()),
                ExportFormat::Html => self.row(&room, &mut state, event).await,
            };
            if let Some(row) = row {
                state.bytes += row.len();
                state.rows.push(row);
            }
        }
        let shortened = !at_start && (events as usize >= EVENTS || state.bytes >= BYTES);
        let finished = at_start || shortened;
        if finished {
            self.write(&mut state).await?;
        }
        state.from = page.end;
        let told = ExportProgress { events, finished, shortened };
        state.told = Some(told);
        Ok(Some(told))
    }

    /// What a page shows of an event; none for what nobody said.
    async fn row(&self, room: &matrix_sdk::Room, state: &mut State, event: &TimelineEvent) -> Option<String> {
        let said = event.raw().deserialize().ok()?;
        let AnySyncTimelineEvent::MessageLike(said) = said else { return None };
        let (sender, id) = (said.sender().to_owned(), said.event_id().to_owned());
        let text;
        let (said_so, edited) = match said.original_content() {
            None if matches!(said, AnySyncMessageLikeEvent::Reaction(_)) => return None,
            None => (Said::Deleted, false),
            Some(AnyMessageLikeEventContent::RoomEncrypted(_)) => (Said::Unreadable, false),
            Some(AnyMessageLikeEventContent::RoomMessage(content)) => {
                if let Some(Relation::Replacement(edit)) = content.relates_to {
                    let new = edit.new_content.msgtype.body().to_owned();
                    state.edits.entry(edit.event_id).or_insert((sender, new));
                    return None;
                }
                let edit = state.edits.remove(&id).filter(|(by, _)| *by == sender);
                let edited = edit.is_some();
                let name = match &content.msgtype {
                    MessageType::Image(file) => Some(file.filename()),
                    MessageType::Video(file) => Some(file.filename()),
                    MessageType::Audio(file) => Some(file.filename()),
                    MessageType::File(file) => Some(file.filename()),
                    _ => None,
                };
                let is_file = name.is_some();
                text = match (name, edit) {
                    (Some(name), _) => name.to_owned(),
                    (None, Some((_, new))) => new,
                    (None, None) => content.msgtype.body().to_owned(),
                };
                (if is_file { Said::File(&text) } else { Said::Text(&text) }, edited)
            }
            Some(AnyMessageLikeEventContent::Sticker(sticker)) => {
                text = sticker.body;
                (Said::File(&text), false)
            }
            Some(AnyMessageLikeEventContent::UnstablePollStart(poll)) => {
                text = poll.poll_start().question.text.clone();
                (Said::Text(&text), false)
            }
            Some(_) => return None,
        };
        if !state.names.contains_key(&sender) {
            let member = room.get_member_no_sync(&sender).await.ok().flatten();
            let name = member.as_ref().and_then(|member| member.display_name()).unwrap_or(sender.as_str()).to_owned();
            state.names.insert(sender.clone(), name);
        }
        let (name, at) = (&state.names[&sender], time(said.origin_server_ts()));
        let row = ExportRow { sender: name, user: sender.as_str(), at, said: said_so, edited };
        Some(policy::export_row(&row, &self.words))
    }

    async fn write(&self, state: &mut State) -> Result<(), CoreError> {
        let mut out = String::with_capacity(state.bytes + 4 * 1024);
        match self.format {
            ExportFormat::Html => {
                out.push_str(&policy::export_head(&self.words));
                state.rows.iter().rev().for_each(|row| out.push_str(row));
                out.push_str(policy::export_foot());
            }
            ExportFormat::Json => {
                let room =
                    serde_json::to_string(self.room.id().as_str()).map_err(|_| CoreError::Defect("a room's id"))?;
                out.push_str(&format!("{{\"room_id\":{room},\"events\":[\n"));
                out.push_str(&state.rows.iter().rev().map(String::as_str).collect::<Vec<_>>().join(",\n"));
                out.push_str("\n]}\n");
            }
        }
        let file = self.file.clone();
        let written = tokio::task::spawn_blocking(move || durable::replace(&file, out.as_bytes())).await;
        written.map_err(|_| CoreError::Defect("an export was not written"))??;
        state.rows = Vec::new();
        Ok(())
    }
}

fn allowed(room: &Room) -> Result<(), Failure> {
    match room.session.shared.deployment.rules().no_export.on {
        true => Err(Failure::Forbidden { why: Barrier::NoExport }),
        false => Ok(()),
    }
}
