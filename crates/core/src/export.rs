//! A copy of a conversation for outside the library, in a file that is whole or not there.

use std::{
    collections::{HashMap, VecDeque},
    path::{Path, PathBuf},
};

use bulla_model::{ExportFormat, ExportProgress, ExportWords, Failure, Field, FieldTrouble};
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

use crate::{
    attachment::Attachment, cancel::Cancel, durable, export_archive::Archive, failure::CoreError, item::time,
    media::Media, room::Room,
};

/// Events in one question to the server.
const PAGE: u32 = 100;
/// As many events as one file takes, and as many bytes.
const EVENTS: usize = 100_000;
const BYTES: usize = 256 * 1024 * 1024;

impl Room {
    /// Writes the conversation out to `file`, a page with each [`Export::next`]; with its files, in an archive.
    pub fn export(&self, file: &str, format: ExportFormat, words: ExportWords, files: bool) -> Result<Export, Failure> {
        self.session.open()?;
        self.session.shared.deployment.may_export()?;
        let file = PathBuf::from(file);
        if !file.is_absolute()
            || file.file_name().is_none()
            || !file.parent().is_some_and(Path::is_dir)
            || file.is_dir()
        {
            return Err(Failure::Invalid { field: Field::Folder, why: FieldTrouble::Malformed });
        }
        let cancel = self.session.cancel();
        let archive = files.then(|| Archive::begin(&file)).transpose().map_err(CoreError::from)?;
        let state = Mutex::new(State { archive, ..State::default() });
        Ok(Export { room: self.clone(), file, format, words, state, cancel })
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
    at_start: bool,
    /// What was read of a page and is not in the rows yet, newest first.
    pending: VecDeque<TimelineEvent>,
    events: u32,
    archive: Option<Archive>,
    /// What the files in the archive are called, by their events.
    named: Vec<(OwnedEventId, String)>,
    edits: HashMap<OwnedEventId, (OwnedUserId, String)>,
    names: HashMap<OwnedUserId, String>,
    told: Option<ExportProgress>,
}

impl Export {
    /// Reads one page more or up to the next file, or writes all of it after the last one, and tells how far it is; none when it is done, was cancelled or the
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
        self.room.session.shared.deployment.may_export()?;
        let room = self.room.session.sdk_room(&self.room.id()).await?;
        if state.pending.is_empty() {
            let mut options = MessagesOptions::backward().from(state.from.as_deref());
            options.limit = UInt::from(PAGE);
            let page = room.messages(options).await?;
            (state.pending, state.at_start, state.from) = (page.chunk.into(), page.end.is_none(), page.end);
        }
        // It stays there until all of it is in, so that nothing is left out where this fails or is given up.
        while let Some(event) = state.pending.front().cloned() {
            let kept = if ends(&event) { None } else { self.keep_file(&mut state, &event).await? };
            let row = match self.format {
                _ if ends(&event) => None,
                ExportFormat::Json => Some(event.raw().json().get().to_owned()),
                ExportFormat::Html => self.row(&room, &mut state, &event, kept.as_deref()).await,
            };
            if let Some(row) = row {
                state.bytes += row.len();
                state.rows.push(row);
            }
            state.events = state.events.saturating_add(1);
            state.pending.pop_front();
            if kept.is_some() {
                break;
            }
        }
        let shortened = !state.at_start && (state.events as usize >= EVENTS || state.bytes >= BYTES);
        let finished = state.pending.is_empty() && (state.at_start || shortened);
        if finished {
            self.write(&mut state).await?;
        }
        let files = state.archive.as_ref().map_or(0, Archive::files);
        let told = ExportProgress { events: state.events, files, finished, shortened: finished && shortened };
        state.told = Some(told);
        Ok(Some(told))
    }

    /// Puts the file of an event into the archive, and tells what it is called there; none where there is none, or it cannot be had.
    async fn keep_file(&self, state: &mut State, event: &TimelineEvent) -> Result<Option<String>, CoreError> {
        let (Some(archive), Some(id)) = (&mut state.archive, event.event_id().map(ToOwned::to_owned)) else {
            return Ok(None);
        };
        let Some(attachment) = attachment(event) else { return Ok(None) };
        let opened = Box::pin(Media::new(self.room.session.clone(), attachment).open()).await;
        let file = match opened {
            Ok(file) => file,
            // The antivirus does not let it through, or nobody has it any more.
            Err(Failure::Forbidden { .. } | Failure::NotFound { .. } | Failure::Rejected { .. }) => return Ok(None),
            Err(failure) => return Err(failure.into()),
        };
        let name = archive.add(&file).await?;
        state.named.push((id, name.clone()));
        Ok(Some(name))
    }

    /// What a page shows of an event; none for what nobody said.
    async fn row(
        &self,
        room: &matrix_sdk::Room,
        state: &mut State,
        event: &TimelineEvent,
        file: Option<&str>,
    ) -> Option<String> {
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
                (if is_file { Said::File(&text, file) } else { Said::Text(&text) }, edited)
            }
            Some(AnyMessageLikeEventContent::Sticker(sticker)) => {
                text = sticker.body;
                (Said::File(&text, file), false)
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
                out.push_str("\n]");
                if state.archive.is_some() {
                    let named: serde_json::Map<_, _> = state
                        .named
                        .iter()
                        .rev()
                        .map(|(event, name)| (event.to_string(), name.as_str().into()))
                        .collect();
                    out.push_str(",\"files\":");
                    out.push_str(&serde_json::Value::from(named).to_string());
                }
                out.push_str("}\n");
            }
        }
        state.rows = Vec::new();
        if let Some(archive) = &state.archive {
            return archive.finish(self.page_name(), out, &self.file).await;
        }
        let file = self.file.clone();
        let written = tokio::task::spawn_blocking(move || durable::replace(&file, out.as_bytes())).await;
        Ok(written.map_err(|_| CoreError::Defect("an export was not written"))??)
    }

    fn page_name(&self) -> &'static str {
        match self.format {
            ExportFormat::Html => "conversation.html",
            ExportFormat::Json => "conversation.json",
        }
    }
}

/// The file of an event.
fn attachment(event: &TimelineEvent) -> Option<Attachment> {
    let AnySyncTimelineEvent::MessageLike(said) = event.raw().deserialize().ok()? else { return None };
    match said.original_content()? {
        // An edit names the file of what it edits once more.
        AnyMessageLikeEventContent::RoomMessage(content)
            if !matches!(content.relates_to, Some(Relation::Replacement(_))) =>
        {
            Attachment::of_message(&content.msgtype)
        }
        AnyMessageLikeEventContent::Sticker(sticker) => Some(Attachment::of_sticker(&sticker)),
        _ => None,
    }
}

/// What ends by itself, or is read once, is not taken out; what clients tell each other of it is nothing that somebody said.
fn ends(event: &TimelineEvent) -> bool {
    let raw = event.raw();
    let kind = raw.get_field::<String>("type").ok().flatten();
    let content = raw.get_field::<serde_json::Value>("content").ok().flatten().unwrap_or_default();
    kind.as_deref() == Some(policy::OPENED)
        || content.get(policy::ENDING).is_some_and(|said| policy::lifetime(said).is_some())
}
