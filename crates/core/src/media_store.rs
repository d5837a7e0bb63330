//! Files on this device: encrypted, in a folder of the account's, under names that say nothing.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak, atomic::AtomicBool},
    time::SystemTime,
};

use bulla_model::{AccountId, Failure, KeyStore, MediaId, MediaRetention, MediaState, MediaStorage, ScanState};
use bulla_policy::{self as policy, Kept};
use tokio::sync::watch;

use crate::{
    attachment::{Source, hex},
    durable,
    failure::CoreError,
    keys::AccountKey,
    sealed::Sealed,
    secret::{Secret, derive},
};

const FILES: &str = "files";
const OUT: &str = "out";
/// What a file is called while it comes.
const PART: &str = "part";

pub(crate) struct MediaStore {
    folder: PathBuf,
    account: AccountId,
    keys: Arc<dyn KeyStore>,
    key: Mutex<Key>,
    /// Whether it was put in order in this run.
    pub prepared: AtomicBool,
    tracked: Mutex<HashMap<MediaId, Weak<Tracked>>>,
    open: Mutex<Vec<Weak<Mutex<Option<Held>>>>>,
    /// The key that the scanner is spoken to with.
    pub scanner: tokio::sync::Mutex<Option<String>>,
}

/// What files here are encrypted with. The app's key store may be slow, and is asked for the first file only.
enum Key {
    Unasked,
    Known(Secret),
    /// The session is closed: nothing is readable any more.
    Closed,
}

/// What an open file holds: its key, and its place on the device.
pub(crate) type Held = (Arc<Sealed>, Arc<Tracked>);

/// A file that somebody shows: as long as this is held it is not removed.
pub(crate) struct Tracked {
    pub id: MediaId,
    pub state: watch::Sender<MediaState>,
    /// One at a time fetches it.
    pub turn: tokio::sync::Mutex<()>,
}

impl MediaStore {
    pub fn new(keys: Arc<dyn KeyStore>, account: AccountId, folder: &Path) -> Self {
        let folder = folder.join("media");
        let (prepared, tracked, open, scanner) = Default::default();
        Self { folder, account, keys, key: Mutex::new(Key::Unasked), prepared, tracked, open, scanner }
    }

    /// Makes the folders, and clears away what was not whole when the last run ended. Blocks.
    pub fn prepare(&self) -> io::Result<()> {
        fs::create_dir_all(self.folder.join(OUT))?;
        fs::create_dir_all(self.folder.join(FILES))?;
        for entry in fs::read_dir(self.folder.join(FILES))? {
            let path = entry?.path();
            if path.extension().is_some_and(|ending| ending == PART) {
                durable::gone(fs::remove_file(path))?;
            }
        }
        Ok(())
    }

    /// From here on nothing can be read, and no key of a file is left in memory.
    pub fn close(&self) {
        *lock(&self.key) = Key::Closed;
        for held in lock(&self.open).drain(..).filter_map(|held| held.upgrade()) {
            lock(&held).take();
        }
    }

    /// What an open file holds, until it is released or all is closed.
    pub fn hold(&self, held: Held) -> Arc<Mutex<Option<Held>>> {
        let held = Arc::new(Mutex::new(Some(held)));
        let mut open = lock(&self.open);
        open.retain(|held| held.strong_count() > 0);
        open.push(Arc::downgrade(&held));
        held
    }

    /// A file, as one that is shown.
    pub fn track(&self, id: &MediaId) -> Arc<Tracked> {
        let mut all = lock(&self.tracked);
        if let Some(tracked) = all.get(id).and_then(Weak::upgrade) {
            return tracked;
        }
        all.retain(|_, tracked| tracked.strong_count() > 0);
        let here = self.path(id).is_ok_and(|path| path.exists());
        let state = watch::Sender::new(MediaState { scan: ScanState::Waiting, here, transfer: None });
        let tracked = Arc::new(Tracked { id: id.clone(), state, turn: tokio::sync::Mutex::default() });
        all.insert(id.clone(), Arc::downgrade(&tracked));
        tracked
    }

    /// A file that is here, checked to be the one. Blocks.
    pub fn find(&self, source: &Source) -> Result<Option<Sealed>, CoreError> {
        let path = self.path(&source.id())?;
        let found = match source.key()? {
            Some(key) => Sealed::encrypted(&path, key)?,
            None => Sealed::ours(&path, self.own(&source.id())?)?,
        };
        if found.is_some() {
            // Its time of change is when it was last looked at.
            fs::File::options().append(true).open(&path)?.set_modified(SystemTime::now())?;
        }
        Ok(found)
    }

    /// Where a file comes to lie.
    pub fn path(&self, id: &MediaId) -> Result<PathBuf, CoreError> {
        let name = derive(&*self.key()?, None, &[b"bulla media name v1 ", id.0.as_bytes()].concat());
        Ok(self.folder.join(FILES).join(hex(&name[..16])))
    }

    /// The same while it is not whole.
    pub fn part(&self, id: &MediaId) -> Result<PathBuf, CoreError> {
        Ok(self.path(id)?.with_extension(PART))
    }

    /// Where something on its way out lies.
    pub fn out(&self, name: &str) -> PathBuf {
        self.folder.join(OUT).join(name)
    }

    /// What lies on its way out. Blocks.
    pub fn outgoing(&self) -> io::Result<Vec<PathBuf>> {
        fs::read_dir(self.folder.join(OUT))?.map(|entry| Ok(entry?.path())).collect()
    }

    /// The key of a file that came in clear.
    pub fn own(&self, id: &MediaId) -> Result<Secret, CoreError> {
        Ok(derive(&*self.key()?, None, &[b"bulla media file v1 ", id.0.as_bytes()].concat()))
    }

    /// Removes what is too old or too much, also of what just came. Blocks.
    pub fn tidy(&self, retention: &MediaRetention, now: SystemTime) -> Result<(), CoreError> {
        let files = self.files()?;
        let open: Vec<PathBuf> = self.shown().iter().filter_map(|id| self.path(id).ok()).collect();
        let kept =
            files.iter().map(|(path, bytes, used)| Kept { bytes: *bytes, used: *used, open: open.contains(path) });
        let kept: Vec<Kept> = kept.collect();
        for at in policy::expendable(&kept, retention, now) {
            durable::gone(fs::remove_file(&files[at].0))?;
        }
        Ok(())
    }

    /// Removes these; false while somebody holds one.
    pub fn remove(&self, ids: &[MediaId]) -> Result<bool, CoreError> {
        let shown = self.shown();
        for id in ids.iter().filter(|id| !shown.contains(id)) {
            durable::gone(fs::remove_file(self.path(id)?))?;
            durable::gone(fs::remove_file(self.part(id)?))?;
        }
        Ok(!ids.iter().any(|id| shown.contains(id)))
    }

    /// Removes all that nobody shows. Blocks.
    pub fn clear(&self) -> Result<(), CoreError> {
        let none = MediaRetention { max_bytes: 0, ..policy::USUAL_RETENTION };
        self.tidy(&none, SystemTime::now())
    }

    /// What is here. Blocks.
    pub fn storage(&self) -> Result<MediaStorage, CoreError> {
        let files = self.files()?;
        let count = u32::try_from(files.len()).unwrap_or(u32::MAX);
        Ok(MediaStorage { files: count, bytes: files.iter().map(|(_, bytes, _)| bytes).sum() })
    }

    fn files(&self) -> io::Result<Vec<(PathBuf, u64, SystemTime)>> {
        let mut found = Vec::new();
        let entries = match fs::read_dir(self.folder.join(FILES)) {
            // Before the account was attached for the first time.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
            other => other?,
        };
        for entry in entries {
            let entry = entry?;
            let path = entry.path();
            if path.extension().is_none() {
                // One that went meanwhile is none.
                let Ok(about) = entry.metadata() else { continue };
                found.push((path, about.len(), about.modified()?));
            }
        }
        Ok(found)
    }

    fn shown(&self) -> Vec<MediaId> {
        lock(&self.tracked).iter().filter(|(_, tracked)| tracked.strong_count() > 0).map(|(id, _)| id.clone()).collect()
    }

    fn key(&self) -> Result<Secret, CoreError> {
        let mut key = lock(&self.key);
        if let Key::Unasked = *key {
            *key = Key::Known(AccountKey::load(&*self.keys, &self.account)?.media());
        }
        match &*key {
            Key::Known(key) => Ok(key.clone()),
            Key::Unasked | Key::Closed => Err(Failure::Closed.into()),
        }
    }
}

impl Tracked {
    pub fn change(&self, change: impl FnOnce(&mut MediaState)) {
        self.state.send_modify(change);
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
