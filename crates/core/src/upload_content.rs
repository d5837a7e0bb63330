//! The message of a file (specification, "m.room.message msgtypes"; MSC3245 for what was spoken, MSC2448 for its colours).

use bulla_model::MediaKind;
use bulla_policy as policy;
use ruma::events::room::EncryptedFile;
use serde_json::{Map, Value, json};

use crate::{
    failure::CoreError,
    uploads::{Row, Staged},
};

/// What the outbox sends for a file that the server has.
pub(crate) fn content(row: &Row) -> Result<Value, CoreError> {
    let body = row.caption.as_deref().unwrap_or(&row.name);
    let mut content = json!({"msgtype": kind(row.kind), "body": body, "filename": row.name, "m.mentions": {}});
    let mut info = json!({"mimetype": row.mime, "size": row.body.size});
    let details = &row.details;
    let duration = details.duration.map(|duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX));
    let said = [
        ("w", details.width.map(Value::from)),
        ("h", details.height.map(Value::from)),
        ("duration", duration.map(Value::from)),
        ("xyz.amorgan.blurhash", details.blurhash.clone().map(Value::from)),
    ];
    for (name, value) in said {
        if let Some(value) = value {
            info[name] = value;
        }
    }
    place(&mut content, &row.body, row.encrypted, "url", "file")?;
    if let Some(thumbnail) = &row.thumbnail {
        info["thumbnail_info"] = json!({
            "mimetype": thumbnail.mime, "size": thumbnail.staged.size, "w": thumbnail.width, "h": thumbnail.height,
        });
        place(&mut info, &thumbnail.staged, row.encrypted, "thumbnail_url", "thumbnail_file")?;
    }
    content["info"] = info;
    if row.lifetime.is_some() {
        content[policy::ENDING] = policy::ending_content(row.lifetime);
    }
    if row.kind == MediaKind::Voice {
        let waveform: Vec<u16> = details.waveform.iter().map(|part| policy::amplitude(*part)).collect();
        content["org.matrix.msc3245.voice"] = json!({});
        content["org.matrix.msc1767.audio"] = json!({"duration": duration.unwrap_or_default(), "waveform": waveform});
    }
    let relation = match (&row.thread, &row.reply_to) {
        (Some(root), answered) => json!({
            "rel_type": "m.thread", "event_id": root.0, "is_falling_back": answered.is_none(),
            "m.in_reply_to": {"event_id": answered.as_ref().unwrap_or(root).0},
        }),
        (None, Some(answered)) => json!({"m.in_reply_to": {"event_id": answered.0}}),
        (None, None) => return Ok(content),
    };
    content["m.relates_to"] = relation;
    Ok(content)
}

/// A staged file as others open it.
pub(crate) fn encrypted_file(staged: &Staged, mxc: &str) -> Result<EncryptedFile, CoreError> {
    let mut file = staged.key.as_object().cloned().unwrap_or_else(Map::new);
    file.insert("url".to_owned(), mxc.into());
    serde_json::from_value(file.into()).map_err(|_| CoreError::Defect("a kept key does not parse"))
}

fn place(into: &mut Value, staged: &Staged, encrypted: bool, plain: &str, sealed: &str) -> Result<(), CoreError> {
    let mxc = staged.mxc.as_deref().ok_or(CoreError::Defect("a file that the server does not have"))?;
    match encrypted {
        true => {
            let file = encrypted_file(staged, mxc)?;
            into[sealed] = serde_json::to_value(file).map_err(|_| CoreError::Defect("a key does not serialise"))?;
        }
        false => into[plain] = mxc.into(),
    }
    Ok(())
}

fn kind(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Image => "m.image",
        MediaKind::Video => "m.video",
        MediaKind::Audio | MediaKind::Voice => "m.audio",
        MediaKind::File | MediaKind::Sticker => "m.file",
    }
}
