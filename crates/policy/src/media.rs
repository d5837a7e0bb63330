//! Files: what one may be called, what may be sent, and which are kept on a device.

use std::time::{Duration, SystemTime};

use bulla_model::{Failure, Field, FieldTrouble, MediaDraft, MediaKind, MediaRetention};

use crate::{check_text, invalid};

/// How loud a voice message can be, as MSC3245 counts.
const LOUDEST: u16 = 1024;
/// How many parts of a waveform are told, and sent.
pub const WAVEFORM: usize = 120;
/// The longest name of a file, in bytes, as file systems have it.
const NAME: usize = 200;
const ENDING: usize = 16;
/// The longest type.
const TYPE: usize = 100;

/// What is kept where nothing else was chosen: half a gigabyte, a month.
pub const USUAL_RETENTION: MediaRetention =
    MediaRetention { max_bytes: 500_000_000, max_age: Duration::from_secs(30 * 24 * 3600) };

/// A name that may stand in a folder, from one that anybody wrote: no path, no hidden file, nothing that cannot be seen.
pub fn file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let seen = |sign: &char| !sign.is_control() && !is_invisible(*sign) && !"<>:\"|?*".contains(*sign);
    let clean: String = last.chars().filter(seen).collect();
    let clean = clean.trim().trim_start_matches('.').trim_end_matches(['.', ' ']).trim();
    let (stem, ending) = match clean.rsplit_once('.') {
        Some((stem, ending)) if !stem.trim().is_empty() && ending.len() <= ENDING => (stem.trim(), Some(ending)),
        _ => (clean, None),
    };
    let room = NAME - ending.map_or(0, |ending| ending.len() + 1);
    let mut cut = stem.len().min(room);
    while !stem.is_char_boundary(cut) {
        cut -= 1;
    }
    let stem = match stem[..cut].trim_end() {
        "" => "file",
        stem => stem,
    };
    // Windows gives these to devices, whatever their ending.
    let reserved = matches!(stem.to_ascii_uppercase().as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || (stem.len() == 4 && ["COM", "LPT"].iter().any(|device| stem.to_ascii_uppercase().starts_with(device)));
    let stem = if reserved { format!("_{stem}") } else { stem.to_owned() };
    match ending {
        Some(ending) => format!("{stem}.{ending}"),
        None => stem,
    }
}

/// The ending of a file's name with its dot, where it is one that means nothing but a type.
pub fn plain_ending(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((_, ending))
            if (1..=8).contains(&ending.len()) && ending.bytes().all(|sign| sign.is_ascii_alphanumeric()) =>
        {
            format!(".{}", ending.to_ascii_lowercase())
        }
        _ => String::new(),
    }
}

/// Changes what follows without being seen: directions, joiners, marks of order.
fn is_invisible(sign: char) -> bool {
    matches!(sign, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A type such as `image/png`, from what anybody wrote; none where it is of another form.
pub fn media_type(text: &str) -> Option<String> {
    let text = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let (kind, part) = text.split_once('/')?;
    let token = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&byte))
    };
    (text.len() <= TYPE && token(kind) && token(part)).then_some(text)
}

/// The type that the ending of a name stands for.
pub fn type_of_name(name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    match ending.as_deref().unwrap_or_default() {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "heic" => "image/heic",
        "mp4" | "m4v" => "video/mp4",
        "mov" => "video/quicktime",
        "webm" => "video/webm",
        "mp3" => "audio/mpeg",
        "m4a" => "audio/mp4",
        "ogg" | "oga" | "opus" => "audio/ogg",
        "wav" => "audio/wav",
        "pdf" => "application/pdf",
        "txt" => "text/plain",
        "csv" => "text/csv",
        "zip" => "application/zip",
        "odt" => "application/vnd.oasis.opendocument.text",
        "ods" => "application/vnd.oasis.opendocument.spreadsheet",
        "odp" => "application/vnd.oasis.opendocument.presentation",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        _ => "application/octet-stream",
    }
}

/// Whether a draft says nothing that cannot be.
pub fn check_media(draft: &MediaDraft) -> Result<(), Failure> {
    let refused = |why| Err(invalid(Field::Media, why));
    let waveform = draft.waveform.as_deref().unwrap_or_default();
    match draft {
        _ if draft.kind == MediaKind::Sticker => refused(FieldTrouble::NotAllowed),
        _ if draft.mime.as_deref().is_some_and(|mime| media_type(mime).is_none()) => refused(FieldTrouble::Malformed),
        _ if waveform.len() > WAVEFORM => refused(FieldTrouble::TooLong),
        _ if waveform.iter().any(|part| *part > 100) => refused(FieldTrouble::Malformed),
        _ => draft.caption.as_deref().filter(|caption| !caption.is_empty()).map_or(Ok(()), check_text),
    }
}

/// Whether so many bytes may leave, where a server takes `most`.
pub fn check_media_size(bytes: u64, most: Option<u64>) -> Result<(), Failure> {
    match bytes {
        0 => Err(invalid(Field::Media, FieldTrouble::Empty)),
        bytes if most.is_some_and(|most| bytes > most) => Err(invalid(Field::Media, FieldTrouble::TooLong)),
        _ => Ok(()),
    }
}

/// How loud each part is, from 0 to 100, from what MSC3245 has.
pub fn loudness(waveform: &[u16]) -> Vec<u8> {
    let part = |loud: u16| u8::try_from(u32::from(loud.min(LOUDEST)) * 100 / u32::from(LOUDEST)).unwrap_or(100);
    if waveform.len() <= WAVEFORM {
        return waveform.iter().map(|loud| part(*loud)).collect();
    }
    // The loudest of each stretch: a waveform is looked at for where it is silent.
    let stretch = |at: usize| &waveform[at * waveform.len() / WAVEFORM..(at + 1) * waveform.len() / WAVEFORM];
    (0..WAVEFORM).map(|at| part(stretch(at).iter().copied().max().unwrap_or_default())).collect()
}

/// The same the other way.
pub fn amplitude(loudness: u8) -> u16 {
    u16::try_from(u32::from(loudness.min(100)) * u32::from(LOUDEST) / 100).unwrap_or(LOUDEST)
}

/// A file that is kept on the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// How large it is.
    pub bytes: u64,
    /// When it was last looked at.
    pub used: SystemTime,
    /// Whether it is open.
    pub open: bool,
}

/// Which of these go, by their place: what is too old, and then what was not looked at for the longest time until the rest fits.
pub fn expendable(kept: &[Kept], retention: &MediaRetention, now: SystemTime) -> Vec<usize> {
    let mut by_use: Vec<usize> = (0..kept.len()).collect();
    by_use.sort_by_key(|at| kept[*at].used);
    let mut left: u64 = kept.iter().map(|file| file.bytes).fold(0, u64::saturating_add);
    let goes = by_use.into_iter().filter(|at| {
        let file = &kept[*at];
        // What was used in the future was so by a clock that has been set back since.
        let old = now.duration_since(file.used).is_ok_and(|age| age > retention.max_age);
        let goes = !file.open && (old || left > retention.max_bytes);
        if goes {
            left -= file.bytes;
        }
        goes
    });
    goes.collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_leads_nowhere() {
        for (name, safe) in [
            ("photo.jpg", "photo.jpg"),
            ("../../etc/passwd", "passwd"),
            ("\\\\server\\share\\evil.exe", "evil.exe"),
            ("", "file"),
            ("..", "file"),
            ("/", "file"),
            (".bashrc", "bashrc"),
            ("a\0b\n.txt", "ab.txt"),
            ("facture\u{202e}fdp.exe", "facturefdp.exe"),
            ("nul.txt", "_nul.txt"),
            ("COM1", "_COM1"),
            ("CV: <final>?.odt", "CV final.odt"),
            ("  spaced .pdf ", "spaced.pdf"),
            ("trailing...", "trailing"),
            ("note de service n° 4.été", "note de service n° 4.été"),
        ] {
            assert_eq!(file_name(name), safe, "{name:?}");
        }
        let long = file_name(&format!("{}.pdf", "é".repeat(300)));
        assert!(long.len() <= NAME && long.ends_with("é.pdf"), "{long}");
    }

    proptest! {
        #[test]
        fn whatever_anybody_writes_is_one_visible_part_of_a_path(name in "\\PC*|[./\\\\\u{0}-\u{1f}\u{202e}a-z]*") {
            let safe = file_name(&name);
            prop_assert!(!safe.is_empty() && safe.len() <= NAME + ENDING + 2);
            prop_assert!(!safe.contains(['/', '\\', '\0']) && !safe.starts_with('.'));
            prop_assert_eq!(file_name(&safe), safe);
        }

        #[test]
        fn what_stays_fits_and_what_is_open_stays(
            files in prop::collection::vec((0u64..1000, 0u64..1000, any::<bool>()), 0..40), most in 0u64..5000, age in 0u64..1000,
        ) {
            let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            let kept: Vec<Kept> = files.iter().map(|(bytes, used, open)| Kept { bytes: *bytes, used: at(*used), open: *open }).collect();
            let retention = MediaRetention { max_bytes: most, max_age: Duration::from_secs(age) };
            let gone = expendable(&kept, &retention, at(1000));
            let stays = |index: &usize| !gone.contains(index);
            prop_assert!((0..kept.len()).filter(|index| kept[*index].open).all(|index| stays(&index)));
            let closed: u64 = (0..kept.len()).filter(stays).filter(|index| !kept[*index].open).map(|index| kept[index].bytes).sum();
            let open: u64 = kept.iter().filter(|file| file.open).map(|file| file.bytes).sum();
            prop_assert!(closed == 0 || closed + open <= most);
            prop_assert!((0..kept.len()).filter(stays).all(|index| kept[index].open || kept[index].used >= at(1000 - age)));
        }
    }

    #[test]
    fn nothing_goes_that_fits_and_is_young() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(100);
        let file = Kept { bytes: 10, used: now, open: false };
        let retention = MediaRetention { max_bytes: 20, max_age: Duration::from_secs(5) };
        assert!(expendable(&[file, file], &retention, now).is_empty());
        assert_eq!(
            expendable(&[file, Kept { used: now - Duration::from_secs(1), ..file }, file], &retention, now),
            [1]
        );
        // A clock that was set back.
        assert!(expendable(&[Kept { used: now + Duration::from_secs(999), ..file }], &retention, now).is_empty());
    }

    #[test]
    fn types_are_of_two_parts() {
        assert_eq!(media_type("Image/PNG; charset=x").as_deref(), Some("image/png"));
        for wrong in ["", "image", "image/", "/png", "a b/c", "text/html<script>", &format!("a/{}", "b".repeat(200))] {
            assert_eq!(media_type(wrong), None, "{wrong}");
        }
        assert_eq!(
            (type_of_name("a.JPG"), type_of_name("a"), type_of_name("a.b.ods")),
            ("image/jpeg", "application/octet-stream", "application/vnd.oasis.opendocument.spreadsheet",)
        );
    }

    #[test]
    fn a_waveform_keeps_its_peaks() {
        assert_eq!(loudness(&[0, 512, 1024, u16::MAX]), [0, 50, 100, 100]);
        let mut long = vec![0; 1200];
        long[605] = 1024;
        let told = loudness(&long);
        assert_eq!((told.len(), told[60], told.iter().filter(|part| **part > 0).count()), (WAVEFORM, 100, 1));
        assert!((0..=100).all(|part| loudness(&[amplitude(part)])[0].abs_diff(part) <= 1));
    }

    #[test]
    fn what_cannot_be_sent_is_said() {
        let why = |bytes, most| match check_media_size(bytes, most) {
            Err(Failure::Invalid { field: Field::Media, why }) => Some(why),
            _ => None,
        };
        assert_eq!((why(0, None), why(11, Some(10))), (Some(FieldTrouble::Empty), Some(FieldTrouble::TooLong)));
        assert_eq!((why(10, Some(10)), why(u64::MAX, None)), (None, None));
    }
}
