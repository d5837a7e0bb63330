//! Fetching a file: as a stream, to the disk, encrypted, whole or not at all.

use std::{
    fs,
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
};

use bulla_model::{Failure, Field, FieldTrouble, MediaRetention, ScanState, Transfer};
use bulla_policy as policy;
use matrix_sdk::reqwest::Response;
use tokio::{fs::File, io::AsyncWriteExt, task::spawn_blocking};

use crate::{
    attachment::Source,
    failure::CoreError,
    media_request::{next, refusal, send_as, short},
    media_store::{MediaStore, Tracked},
    scanner::{Clean, thumbnail_query},
    sealed::{Sealed, Sealing},
    session::SessionInner,
    shared::Shared,
};

/// The ledger's name for how long files are kept.
pub(crate) const RETENTION: &str = "media_retention";

impl SessionInner {
    /// A file that may be shown, fetched where it is not here; `most` is how large it may be. Dropping this cancels it.
    pub async fn fetched(&self, clean: &Clean, tracked: &Tracked, most: Option<u64>) -> Result<Sealed, CoreError> {
        let _turn = tracked.turn.lock().await;
        let media = &self.shared.media;
        if let Some(found) = found(media, clean.source()).await? {
            tracked.change(|state| state.here = true);
            return Ok(found);
        }
        tracked.change(|state| (state.here, state.transfer) = (false, Some(Transfer { done: 0, total: None })));
        let coming = Coming { tracked, part: media.part(&tracked.id)? };
        let mut answer = match clean.by() {
            Some(scanner) => self.through(clean, scanner, tracked).await?,
            None => self.download(clean.source()).await.inspect_err(|error| {
                if let CoreError::Said(Failure::NotFound { .. }) = error {
                    tracked.change(|state| state.scan = ScanState::Gone);
                }
            })?,
        };
        let total = answer.content_length();
        let check = |bytes| match most.is_some_and(|most| bytes > most) {
            true => Err(Failure::Invalid { field: Field::Media, why: FieldTrouble::TooLong }),
            false => Ok(()),
        };
        total.map_or(Ok(()), check)?;
        let mut sealing = match clean.source().key()? {
            Some(key) => Sealing::encrypted(&key),
            None => Sealing::ours(media.own(&tracked.id)?)?,
        };
        let (mut file, mut done) = (File::create(&coming.part).await?, 0);
        while let Some(mut part) = next(&mut answer).await? {
            done += part.len() as u64;
            check(done)?;
            sealing.part(&mut part);
            file.write_all(&part).await?;
            tracked.change(|state| state.transfer = Some(Transfer { done, total }));
        }
        // Somebody between us changed it, or the sender named another.
        let end = sealing.end().ok_or(Failure::Rejected { code: "MEDIA_CHANGED".to_owned() })?;
        file.write_all(&end).await?;
        file.flush().await?;
        file.sync_data().await?;
        drop(file);
        tokio::fs::rename(&coming.part, media.path(&tracked.id)?).await?;
        drop(coming);
        tracked.change(|state| state.here = true);
        if let Err(error) = self.shared.tidy_media().await {
            tracing::warn!(kind = %Failure::from(error), "what is too old was not removed");
        }
        found(media, clean.source()).await?.ok_or(CoreError::Defect("a file that was just written is not there"))
    }

    async fn download(&self, source: &Source) -> Result<Response, CoreError> {
        let client = self.client().await?;
        let (server, name) = source.place()?;
        // Servers of before Matrix 1.11 know the second only.
        let mut refused = None;
        for base in ["_matrix/client/v1/media", "_matrix/media/v3"] {
            let kind = if source.side.is_some() { "thumbnail" } else { "download" };
            let mut url = policy::under(client.homeserver().as_str(), &format!("{base}/{kind}/{server}/{name}"))?;
            url.set_query(source.side.map(thumbnail_query).as_deref());
            let answer = send_as(&client, || Ok(client.http_client().get(url.clone()))).await?;
            let status = answer.status().as_u16();
            if status == 200 {
                return Ok(answer);
            }
            let body = short(answer).await?;
            let unknown = policy::error_code(&body).as_deref() == Some("M_UNRECOGNIZED");
            let failure = refused.get_or_insert(refusal(status, &body)).clone();
            if !unknown {
                return Err(failure.into());
            }
        }
        Err(refused.unwrap_or(Failure::Offline).into())
    }
}

impl Shared {
    /// Before anything comes or leaves: what lies there for nobody goes, and what is too old.
    pub async fn prepare_media(&self) -> Result<(), CoreError> {
        let (media, uploads) = (self.media.clone(), self.uploads.clone());
        // Not again: something may be coming, or being taken in.
        if media.prepared.swap(true, Ordering::AcqRel) {
            return self.tidy_media().await;
        }
        let prepared = spawn_blocking(move || {
            media.prepare()?;
            uploads.tidy(&media)
        });
        prepared.await.map_err(|error| CoreError::unfinished(error, "preparing did not end"))??;
        self.tidy_media().await
    }

    /// Removes what the retention says.
    pub async fn tidy_media(&self) -> Result<(), CoreError> {
        let (retention, media) = (self.media_retention().await?, self.media.clone());
        let now = self.endings.clock.wall();
        let tidied = spawn_blocking(move || media.tidy(&retention, now)).await;
        tidied.map_err(|error| CoreError::unfinished(error, "tidying did not end"))?
    }

    pub async fn media_retention(&self) -> Result<MediaRetention, CoreError> {
        let kept = self.vault.read(|store| store.ledger(RETENTION)).await?;
        Ok(kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or(policy::USUAL_RETENTION))
    }
}

async fn found(media: &Arc<MediaStore>, source: &Source) -> Result<Option<Sealed>, CoreError> {
    let (media, source) = (media.clone(), source.clone());
    let found = spawn_blocking(move || media.find(&source)).await;
    found.map_err(|error| CoreError::unfinished(error, "looking for a file did not end"))?
}

/// A file that comes. What is left of one that did not is removed.
struct Coming<'a> {
    tracked: &'a Tracked,
    part: PathBuf,
}

impl Drop for Coming<'_> {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.part);
        self.tracked.change(|state| state.transfer = None);
    }
}
