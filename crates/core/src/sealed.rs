//! A file as it lies on the disk: encrypted by counter (AES-256-CTR), so that any part of it can be read without the rest.

use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use aes::Aes256;
use ctr::{
    Ctr128BE,
    cipher::{KeyIvInit, StreamCipher, StreamCipherSeek},
};
use sha2::{Digest, Sha256};

use crate::{
    attachment::FileKey,
    secret::{Secret, derive},
};

/// What is read at once.
pub(crate) const PART: usize = 64 * 1024;
/// What stands behind a file that came in clear: its counter, and a proof that it is whole.
const TRAILER: u64 = 16 + 32;

/// A file that can be read, with what opens it.
pub(crate) struct Sealed {
    path: PathBuf,
    key: Secret,
    iv: [u8; 16],
    pub len: u64,
}

impl Sealed {
    /// An encrypted file as it came. None where it is not there or not the one: it is removed then.
    pub fn encrypted(path: &Path, key: FileKey) -> io::Result<Option<Self>> {
        let Some(mut file) = there(path)? else { return Ok(None) };
        let len = file.metadata()?.len();
        match hash(&mut file, len)? == key.hash {
            true => Ok(Some(Self { path: path.to_owned(), key: key.key, iv: key.iv, len })),
            false => fs::remove_file(path).map(|()| None),
        }
    }

    /// A file that came in clear and was encrypted here with `key`, which belongs to no other.
    pub fn ours(path: &Path, key: Secret) -> io::Result<Option<Self>> {
        let Some(mut file) = there(path)? else { return Ok(None) };
        let whole = file.metadata()?.len();
        let Some(len) = whole.checked_sub(TRAILER) else { return fs::remove_file(path).map(|()| None) };
        let found = hash(&mut file, len)?;
        let (mut iv, mut proof) = ([0; 16], [0; 32]);
        file.read_exact(&mut iv)?;
        file.read_exact(&mut proof)?;
        match *prove(&key, &iv, &found) == proof {
            true => Ok(Some(Self { path: path.to_owned(), key, iv, len })),
            false => fs::remove_file(path).map(|()| None),
        }
    }

    /// Up to `length` bytes from `offset` on, in clear.
    pub fn read(&self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        // Not every file system seeks as far as a caller may ask.
        let offset = offset.min(self.len);
        let mut bytes = vec![0; usize::try_from(self.len - offset).unwrap_or(usize::MAX).min(length)];
        // Opened for each part: nothing is held open while the app is asleep.
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(&mut bytes)?;
        let mut cipher = cipher(&self.key, &self.iv);
        cipher.try_seek(offset).map_err(|_| io::ErrorKind::InvalidInput)?;
        cipher.apply_keystream(&mut bytes);
        Ok(bytes)
    }

    /// Writes all of it in clear.
    pub fn copy(&self, out: &mut impl Write) -> io::Result<()> {
        let mut file = File::open(&self.path)?.take(self.len);
        let (mut cipher, mut part) = (cipher(&self.key, &self.iv), vec![0; PART]);
        loop {
            let count = file.read(&mut part)?;
            if count == 0 {
                return Ok(());
            }
            cipher.apply_keystream(&mut part[..count]);
            out.write_all(&part[..count])?;
        }
    }
}

/// What a file becomes while it comes in.
pub(crate) struct Sealing {
    sha: Sha256,
    /// Where it comes in clear.
    ours: Option<(Secret, [u8; 16], Ctr128BE<Aes256>)>,
    /// What it has to be, where it is encrypted.
    hash: Option<[u8; 32]>,
}

impl Sealing {
    /// For one that comes encrypted.
    pub fn encrypted(key: &FileKey) -> Self {
        Self { sha: Sha256::new(), ours: None, hash: Some(key.hash) }
    }

    /// For one that comes in clear.
    pub fn ours(key: Secret) -> io::Result<Self> {
        let mut iv = [0; 16];
        // As attachments have it: eight bytes of chance, and a count.
        getrandom::fill(&mut iv[..8]).map_err(|_| io::Error::other("no randomness"))?;
        let cipher = cipher(&key, &iv);
        Ok(Self { sha: Sha256::new(), ours: Some((key, iv, cipher)), hash: None })
    }

    /// A part of it, as it goes to the disk.
    pub fn part(&mut self, part: &mut [u8]) {
        if let Some((_, _, cipher)) = &mut self.ours {
            cipher.apply_keystream(part);
        }
        self.sha.update(part);
    }

    /// What is written behind it, or none where it is not what it has to be.
    pub fn end(self) -> Option<Vec<u8>> {
        let found: [u8; 32] = self.sha.finalize().into();
        match self.ours {
            Some((key, iv, _)) => Some([&iv[..], &prove(&key, &iv, &found)[..]].concat()),
            None => (self.hash == Some(found)).then(Vec::new),
        }
    }
}

pub(crate) fn cipher(key: &Secret, iv: &[u8; 16]) -> Ctr128BE<Aes256> {
    let key: &[u8; 32] = key;
    Ctr128BE::new(key.into(), iv.into())
}

/// What only the holder of the key can say of a file.
fn prove(key: &Secret, iv: &[u8; 16], hash: &[u8; 32]) -> Secret {
    derive(key, None, &[b"bulla whole file v1", &iv[..], &hash[..]].concat())
}

fn there(path: &Path) -> io::Result<Option<File>> {
    match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        file => file.map(Some),
    }
}

fn hash(file: &mut File, len: u64) -> io::Result<[u8; 32]> {
    let (mut sha, mut part, mut left) = (Sha256::new(), vec![0; PART], len);
    while left > 0 {
        let most = usize::try_from(left).unwrap_or(PART).min(PART);
        file.read_exact(&mut part[..most])?;
        sha.update(&part[..most]);
        left -= most as u64;
    }
    Ok(sha.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(clear: &[u8], key: &Secret, path: &Path) -> Sealed {
        let mut sealing = Sealing::ours(key.clone()).unwrap();
        let mut bytes = clear.to_vec();
        bytes.chunks_mut(7).for_each(|part| sealing.part(part));
        bytes.extend(sealing.end().unwrap());
        fs::write(path, &bytes).unwrap();
        Sealed::ours(path, key.clone()).unwrap().unwrap()
    }

    #[test]
    fn any_part_can_be_read_and_no_other_key_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let (path, key) = (folder.path().join("a"), Secret::of(&[7; 32]).unwrap());
        let clear: Vec<u8> = (0..200_000_u32).map(|at| (at % 251) as u8).collect();
        let file = sealed(&clear, &key, &path);
        for (offset, length) in [(0, 10), (15, 2), (16, 16), (65_535, 3), (199_990, 100), (200_000, 5), (u64::MAX, 5)] {
            let from = usize::try_from(offset).unwrap_or(usize::MAX).min(clear.len());
            assert_eq!(file.read(offset, length).unwrap(), clear[from..clear.len().min(from.saturating_add(length))]);
        }
        let mut copy = Vec::new();
        file.copy(&mut copy).unwrap();
        assert_eq!(copy, clear);
        assert!(!fs::read(&path).unwrap().windows(20).any(|part| part == &clear[..20]));
        assert!(Sealed::ours(&path, Secret::of(&[8; 32]).unwrap()).unwrap().is_none());
    }

    #[test]
    fn a_file_that_was_touched_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let (path, key) = (folder.path().join("a"), Secret::of(&[7; 32]).unwrap());
        for at in [0, 3, 12, 30, 59] {
            drop(sealed(b"twelve bytes", &key, &path));
            let mut bytes = fs::read(&path).unwrap();
            bytes[at] ^= 1;
            fs::write(&path, &bytes).unwrap();
            assert!(Sealed::ours(&path, key.clone()).unwrap().is_none(), "{at}");
            assert!(!path.exists());
        }
        assert!(Sealed::ours(&path, key.clone()).unwrap().is_none());
        fs::write(&path, [0; 20]).unwrap();
        assert!(Sealed::ours(&path, key).unwrap().is_none());
        assert_eq!(sealed(b"", &Secret::of(&[1; 32]).unwrap(), &path).len, 0);
    }
}
