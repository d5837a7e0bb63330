//! Every page of an SQLCipher 4 file and of its log, decrypted without SQLCipher: free ones too, and what a log holds beyond its end.
//!
//! The tests of `core` take this file as it is.

use std::{
    fs,
    path::{Path, PathBuf},
};

use aes::Aes256;
use cbc::{
    Decryptor,
    cipher::{BlockModeDecrypt, KeyIvInit},
};

const PAGE: usize = 4_096;
/// What ends a page: where its cipher begins, and its code.
const RESERVE: usize = 80;
const IV: usize = 16;
/// What begins the first page, in clear.
const SALT: usize = 16;
const LOG_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// The pages of the database at `path`, in order, without what ends each; of the first one, zeros for the salt.
pub fn of_file(path: &Path, key: &[u8; 32]) -> Vec<Vec<u8>> {
    let bytes = fs::read(path).unwrap_or_default();
    bytes.chunks_exact(PAGE).enumerate().map(|(at, page)| decrypt(page, at == 0, key)).collect()
}

/// The pages of the log of the database at `path`: all there are, whether they still count or not.
pub fn of_log(path: &Path, key: &[u8; 32]) -> Vec<Vec<u8>> {
    let bytes = fs::read(beside(path, "-wal")).unwrap_or_default();
    let frames = bytes.get(LOG_HEADER..).unwrap_or_default().chunks_exact(FRAME_HEADER + PAGE);
    frames.map(|frame| decrypt(&frame[FRAME_HEADER..], frame[..4] == [0, 0, 0, 1], key)).collect()
}

/// How many of these pages hold `text`.
pub fn holding(pages: &[Vec<u8>], text: &str) -> usize {
    let holds = |page: &&Vec<u8>| page.windows(text.len()).any(|window| window == text.as_bytes());
    pages.iter().filter(holds).count()
}

fn decrypt(page: &[u8], first: bool, key: &[u8; 32]) -> Vec<u8> {
    let (secret, reserve) = page.split_at(PAGE - RESERVE);
    let mut cipher = Decryptor::<Aes256>::new_from_slices(key, &reserve[..IV]).unwrap();
    let mut plain = secret.to_vec();
    let start = if first { SALT } else { 0 };
    plain[..start].fill(0);
    for block in plain[start..].chunks_exact_mut(IV) {
        cipher.decrypt_block(block.try_into().unwrap());
    }
    plain
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}
