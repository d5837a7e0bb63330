//! The archive that holds an exported conversation with its files: whole, or not there.

use std::{
    io,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use bulla_policy as policy;
use tempfile::NamedTempFile;
use tokio::task::spawn_blocking;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::{durable, failure::CoreError, media_file::MediaFile};

/// An archive that is being filled, beside the place where it goes. What is left of one that is not finished goes with it.
pub(crate) struct Archive {
    /// None once it is finished.
    zip: Arc<Mutex<Option<ZipWriter<NamedTempFile>>>>,
    files: u32,
}

impl Archive {
    /// Begins one that goes to `file` in the end.
    pub fn begin(file: &Path) -> io::Result<Self> {
        let folder = file.parent().ok_or(io::ErrorKind::NotFound)?;
        let zip = ZipWriter::new(NamedTempFile::new_in(folder)?);
        Ok(Self { zip: Arc::new(Mutex::new(Some(zip))), files: 0 })
    }

    /// How many files are in it.
    pub fn files(&self) -> u32 {
        self.files
    }

    /// Puts a file in, in clear, and tells what it is called there.
    pub async fn add(&mut self, file: &MediaFile) -> Result<String, CoreError> {
        self.files = self.files.saturating_add(1);
        // Nothing of a name that anybody wrote but its ending.
        let name = format!("files/{:05}{}", self.files, policy::plain_ending(&file.name()));
        let (zip, called) = (self.zip.clone(), name.clone());
        let added = file.copied(move |sealed| {
            let mut zip = zip.lock().unwrap_or_else(PoisonError::into_inner);
            let zip = zip.as_mut().ok_or(io::ErrorKind::NotFound)?;
            zip.start_file(called, options())?;
            sealed.copy(zip)
        });
        added.await.map(|()| name)
    }

    /// Puts the conversation in under its own name, and all of it in its place.
    pub async fn finish(&self, name: &'static str, page: String, file: &Path) -> Result<(), CoreError> {
        let (zip, file) = (self.zip.clone(), file.to_owned());
        let finished = spawn_blocking(move || {
            let taken = zip.lock().unwrap_or_else(PoisonError::into_inner).take();
            let mut zip = taken.ok_or(io::ErrorKind::NotFound)?;
            zip.start_file(name, options())?;
            io::Write::write_all(&mut zip, page.as_bytes())?;
            let whole = zip.finish()?;
            whole.as_file().sync_all()?;
            whole.persist(&file)?;
            file.parent().map_or(Ok(()), durable::sync)
        });
        let finished: io::Result<()> = finished.await.map_err(|_| CoreError::Defect("an archive was not written"))?;
        Ok(finished?)
    }
}

/// As it is: pictures and films hold nothing that could be made smaller.
fn options() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(true)
}
