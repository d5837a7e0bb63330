//! A copy of a conversation for outside the library.

use std::sync::Arc;

use bulla_model::{ExportFormat, ExportProgress, ExportWords, Failure};

use crate::{
    live::{Counted, Kind},
    room::Room,
    runtime::{Inside, query},
};

#[uniffi::export]
impl Room {
    /// Writes the conversation out to `file`, an absolute path in a folder that is there, a page with each [`Export::next`]. What people wrote
    /// stands in it unencrypted: ask before. A file of that name is replaced.
    ///
    /// With `files` it is a zip archive with `conversation.html` or `conversation.json` in it and the files of the messages beside it, each
    /// through the antivirus; the page links to them, and the object's `files` says which event's is which. A file that cannot be had is named
    /// only, as all are without `files`.
    ///
    /// Fails with `Forbidden` (`NoExport`) where the deployment or the device's management says so, with `Invalid` (`Folder`).
    #[uniffi::method(default(files = false))]
    pub fn export(
        &self,
        file: String,
        format: ExportFormat,
        words: ExportWords,
        files: bool,
    ) -> Result<Arc<Export>, Failure> {
        Ok(Export::new(self.core.export(&file, format, words, files)?))
    }
}

/// A conversation that is being written out. The file is there when the last `next` has told `finished`, whole, and not before.
#[derive(uniffi::Object)]
pub struct Export {
    core: Inside<Arc<bulla_core::Export>>,
    _counted: Counted,
}

impl Export {
    fn new(core: bulla_core::Export) -> Arc<Self> {
        Arc::new(Self { core: Inside::new(Arc::new(core)), _counted: Counted::new(Kind::Stream) })
    }
}

#[uniffi::export]
impl Export {
    /// Reads one page more, or up to the next file, and tells how far it is; none when it is done, was cancelled or the session closed. A query.
    ///
    /// Fails with `Offline` or `Wait`: call it again then, it goes on where it was. With `Forbidden` (`NoExport`) where the rule came
    /// meanwhile, with `Storage` when the file could not be written.
    pub async fn next(&self) -> Result<Option<ExportProgress>, Failure> {
        let core = (*self.core).clone();
        query(async move { core.next().await }).await
    }

    /// Ends it: there is no file then, and a pending `next` returns none at once.
    pub fn cancel(&self) {
        self.core.cancel();
    }
}
