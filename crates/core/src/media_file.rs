//! A file that is open: read part by part, in clear in memory only.

use std::{
    fs::{self, File},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use bulla_model::{Failure, Field, FieldTrouble};
use bulla_policy as policy;
use tokio::task::spawn_blocking;

use crate::{
    attachment::Attachment,
    failure::CoreError,
    media_store::{Held, Tracked},
    sealed::Sealed,
    session::SessionInner,
};

/// What is read at once, at most.
const MOST: u32 = 8 << 20;
/// How much of a file is looked at to know its type.
const HEAD: usize = 512;

/// A file that is open. It stays on the device until this is released or dropped.
pub struct MediaFile {
    session: Arc<SessionInner>,
    name: String,
    mime: String,
    size: u64,
    /// None once it is released: its key goes with it.
    held: Arc<Mutex<Option<Held>>>,
}

impl MediaFile {
    pub(crate) async fn open(
        session: Arc<SessionInner>,
        attachment: &Attachment,
        tracked: Arc<Tracked>,
        sealed: Sealed,
    ) -> Result<Self, CoreError> {
        let (size, sealed) = (sealed.len, Arc::new(sealed));
        let head = blocking(&sealed, |sealed| sealed.read(0, HEAD)).await?;
        let mime = policy::true_type(attachment.details.mime.as_deref(), &head);
        let (name, held) = (policy::file_name(&attachment.name), session.shared.media.hold((sealed, tracked)));
        Ok(Self { session, name, mime, size, held })
    }

    /// What it may be called in a folder.
    pub fn name(&self) -> String {
        self.name.clone()
    }

    /// Its type, as its content shows it.
    pub fn mime(&self) -> String {
        self.mime.clone()
    }

    /// How many bytes it has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Up to `length` bytes from `offset` on; none at its end.
    pub async fn read(&self, offset: u64, length: u32) -> Result<Vec<u8>, Failure> {
        if length > MOST {
            return Err(Failure::Invalid { field: Field::Count, why: FieldTrouble::TooLong });
        }
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        Ok(blocking(&self.sealed()?, move |sealed| sealed.read(offset, length)).await?)
    }

    /// Writes all of it to a file, in clear. Fails with `Forbidden` (`NoExport`) where the deployment or the device's management says so.
    pub async fn save(&self, path: &str) -> Result<(), Failure> {
        let sealed = self.sealed()?;
        self.session.shared.deployment.may_export()?;
        let path = Path::new(path).to_owned();
        let saved = move |sealed: &Sealed| {
            let mut out = File::create(&path)?;
            let saved = sealed.copy(&mut out).and_then(|()| out.sync_all());
            if saved.is_err() {
                let _ = fs::remove_file(&path);
            }
            saved
        };
        Ok(blocking(&sealed, saved).await?)
    }

    /// Has all of it copied to where `work` puts it, in clear.
    pub(crate) async fn copied(
        &self,
        work: impl FnOnce(&Sealed) -> std::io::Result<()> + Send + 'static,
    ) -> Result<(), CoreError> {
        blocking(&self.sealed()?, work).await
    }

    /// Lets it go: nothing can be read from it any more.
    pub fn release(&self) {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn sealed(&self) -> Result<Arc<Sealed>, Failure> {
        self.session.open()?;
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().map(|(sealed, _)| sealed.clone()).ok_or(Failure::Closed)
    }
}

async fn blocking<T: Send + 'static>(
    sealed: &Arc<Sealed>,
    work: impl FnOnce(&Sealed) -> std::io::Result<T> + Send + 'static,
) -> Result<T, CoreError> {
    let sealed = sealed.clone();
    let done = spawn_blocking(move || work(&sealed)).await;
    Ok(done.map_err(|error| CoreError::unfinished(error, "reading a file did not end"))??)
}
