//! What a file is, whatever its sender calls it.

use crate::media::media_type;

const UNKNOWN: &str = "application/octet-stream";

/// Beginnings that tell what follows (WHATWG, "MIME Sniffing", and the formats' own descriptions).
const BEGINNINGS: [(usize, &[u8], &str); 25] = [
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBPVP", "image/webp"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypmif1", "image/heif"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypM4A ", "audio/mp4"),
    (4, b"ftypqt  ", "video/quicktime"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (8, b"WAVE", "audio/wav"),
    (0, b"fLaC", "audio/flac"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"MZ", "application/vnd.microsoft.portable-executable"),
    (0, b"\x7fELF", "application/x-elf"),
    (0, b"#!", "text/x-shellscript"),
    (0, b"<!DOCTYPE html", "text/html"),
    (0, b"<html", "text/html"),
    (0, b"<svg", "image/svg+xml"),
];

/// The type of a file that begins with `head`: what its sender says, unless it is seen to be another. Something that is to be shown or
/// played, and is of no form that is known, is of no known type.
pub fn true_type(said: Option<&str>, head: &[u8]) -> String {
    let said = said.and_then(media_type);
    let found = BEGINNINGS
        .iter()
        .find(|(at, sign, _)| head.get(*at..at + sign.len()).is_some_and(|there| there.eq_ignore_ascii_case(sign)));
    match (said, found) {
        (Some(said), Some((_, _, found))) if agrees(&said, found) => said,
        (_, Some((_, _, found))) => (*found).to_owned(),
        (Some(said), None) if !["image/", "video/", "audio/"].iter().any(|kind| said.starts_with(kind)) => said,
        _ => UNKNOWN.to_owned(),
    }
}

/// Whether a file can be what is said, as well as what is seen: many kinds of documents are archives, and films and sound share containers.
fn agrees(said: &str, found: &str) -> bool {
    let plays = |kind: &str| kind.starts_with("video/") || kind.starts_with("audio/");
    let archive = said.starts_with("application/vnd.")
        || matches!(said, "application/epub+zip" | "application/java-archive" | "application/x-zip-compressed");
    let portable = said == "application/vnd.microsoft.portable-executable";
    said == found || (found == "application/zip" && archive && !portable) || (plays(said) && plays(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_counts_more_than_what_is_said() {
        let mp4 = b"\0\0\0\x18ftypisom\0\0\0\0";
        for (said, head, real) in [
            (Some("image/png"), &b"\x89PNG\r\n\x1a\n...."[..], "image/png"),
            (Some("image/png"), b"MZ\x90\0", "application/vnd.microsoft.portable-executable"),
            (Some("application/pdf"), b"<html><script>", "text/html"),
            (Some("image/jpeg"), b"<SVG onload=x>", "image/svg+xml"),
            (Some("image/jpeg"), b"hello", "application/octet-stream"),
            (Some("text/plain"), b"hello", "text/plain"),
            (Some("text/plain"), b"#!/bin/sh", "text/x-shellscript"),
            (Some("application/vnd.oasis.opendocument.text"), b"PK\x03\x04", "application/vnd.oasis.opendocument.text"),
            (Some("text/plain"), b"PK\x03\x04", "application/zip"),
            (Some("audio/mp4"), mp4, "audio/mp4"),
            (Some("image/gif"), mp4, "video/mp4"),
            (None, b"%PDF-1.7", "application/pdf"),
            (None, b"", "application/octet-stream"),
            (Some("nonsense"), b"x", "application/octet-stream"),
        ] {
            assert_eq!(true_type(said, head), real, "{said:?}");
        }
    }
}
