//! Pictures in conversations: made anew before they are sent and before they are shown, with what stands for them until they are there.

use std::io::Cursor;

use bulla_model::{Failure, Field, FieldTrouble};
use bulla_policy as policy;
use image::{DynamicImage, ImageFormat, RgbImage, codecs::jpeg::JpegEncoder, imageops::FilterType};
use tokio::{runtime::Handle, sync::Semaphore, task::spawn_blocking};

use crate::{
    failure::CoreError,
    picture::{malformed, png, read},
};

/// The sides, in pixels, that a picture may be asked for in.
const SHOWN: std::ops::RangeInclusive<u32> = 16..=2048;
/// The side of a thumbnail (Matrix specification, "Thumbnails").
const THUMBNAIL: u32 = 800;
/// The side of what a BlurHash is made of.
const COLOURS: u32 = 32;
/// The sides that a BlurHash is drawn in.
const DRAWN: std::ops::RangeInclusive<u32> = 1..=64;
const QUALITY: u8 = 90;
const THUMBNAIL_QUALITY: u8 = 80;
/// How many pictures are made at once: each may take as much memory as all the rest of the app.
static TURNS: Semaphore = Semaphore::const_new(2);

/// A picture as a file.
pub(crate) struct Drawn {
    pub bytes: Vec<u8>,
    pub mime: &'static str,
    pub width: u32,
    pub height: u32,
}

/// A picture ready to be sent.
pub(crate) struct Photo {
    pub whole: Drawn,
    /// None where it is no larger itself.
    pub thumbnail: Option<Drawn>,
    pub blurhash: Option<String>,
}

/// A picture as it is sent: upright, whole, and without what the file said beside it. A GIF may move and is not drawn anew.
pub(crate) fn photo(bytes: Vec<u8>) -> Result<Photo, Failure> {
    let picture = read(&bytes)?;
    let (thumbnail, blurhash) = (small(&picture)?, colours(&picture));
    let whole = match image::guess_format(&bytes) {
        Ok(ImageFormat::Gif) => {
            let bytes = bare(&bytes).ok_or_else(malformed)?;
            Drawn { bytes, mime: "image/gif", width: picture.width(), height: picture.height() }
        }
        Ok(ImageFormat::Png) => drawn(&picture, true, QUALITY)?,
        _ => drawn(&picture, picture.color().has_alpha(), QUALITY)?,
    };
    Ok(Photo { whole, thumbnail, blurhash })
}

/// What stands for a film, from a picture of it, and its BlurHash.
pub(crate) fn poster(bytes: &[u8]) -> Result<(Drawn, Option<String>), Failure> {
    let picture = read(bytes)?;
    let blurhash = colours(&picture);
    let poster = match small(&picture)? {
        Some(small) => small,
        None => drawn(&picture, picture.color().has_alpha(), THUMBNAIL_QUALITY)?,
    };
    Ok((poster, blurhash))
}

/// A picture that fits into `side` pixels a side, as PNG where one sees through it and JPEG otherwise.
pub(crate) fn fitted(bytes: &[u8], side: u32) -> Result<Vec<u8>, Failure> {
    let picture = smaller(read(bytes)?, side.clamp(*SHOWN.start(), *SHOWN.end()));
    Ok(drawn(&picture, picture.color().has_alpha(), QUALITY)?.bytes)
}

/// The picture that a BlurHash stands for, as PNG.
pub fn blurhash_picture(hash: &str, width: u32, height: u32) -> Result<Vec<u8>, Failure> {
    let [width, height] = [width, height].map(|side| side.clamp(*DRAWN.start(), *DRAWN.end()));
    let pixels = policy::blurhash_pixels(hash, width as usize, height as usize).ok_or_else(malformed)?;
    let picture = RgbImage::from_raw(width, height, pixels).ok_or_else(malformed)?;
    png(&picture.into())
}

/// Work on a picture: it keeps a processor busy, and not one of those that everything else runs on.
pub(crate) async fn made<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, CoreError> {
    let turn = TURNS.acquire().await.ok();
    let done = spawn_blocking(move || {
        // It lasts as long as the work, which goes on where nobody waits for it any more.
        let _turn = turn;
        work()
    });
    Ok(done.await.map_err(|error| CoreError::unfinished(error, "making a picture did not end"))??)
}

/// The same on a thread of the runtime that may be kept busy.
pub(crate) fn in_turn<T>(work: impl FnOnce() -> T) -> T {
    let _turn = Handle::current().block_on(TURNS.acquire());
    work()
}

/// A GIF with its pictures, how long each is shown and how often all are. Comments, texts and what programs write into it stay away: they may
/// say where it was taken. None where it is malformed.
fn bare(gif: &[u8]) -> Option<Vec<u8>> {
    const REPEATS: &[u8] = b"\x0bNETSCAPE2.0\x03\x01";
    let (mut rest, mut bare) = (gif, Vec::<u8>::with_capacity(gif.len()));
    // The header and the screen, and the colours of all pictures.
    let screen = taken(&mut rest, 13)?;
    bare.extend(screen);
    bare.extend(taken(&mut rest, colour_table(screen[10]))?);
    // Some writers forget the trailer.
    while let Some((kind, after)) = rest.split_first() {
        rest = after;
        match kind {
            // A picture, with colours of its own where it has them.
            0x2c => {
                let flags = *rest.get(8)?;
                taken(&mut rest, 9 + colour_table(flags) + 1)?;
                past_blocks(&mut rest)?;
                bare.push(0x2c);
                bare.extend(&after[..after.len() - rest.len()]);
            }
            0x21 => {
                let label = taken(&mut rest, 1)?[0];
                let blocks = rest;
                past_blocks(&mut rest)?;
                match (label, blocks) {
                    (0xf9, [4, _, _, _, _, 0, ..]) => {
                        bare.extend([0x21, 0xf9]);
                        bare.extend(&blocks[..6]);
                    }
                    (0xf9, _) => return None,
                    (0xff, _) if blocks.starts_with(REPEATS) => {
                        bare.extend([0x21, 0xff]);
                        bare.extend(blocks.get(..REPEATS.len() + 2)?);
                        bare.push(0);
                    }
                    _ => {}
                }
            }
            // Some writers leave an empty block between two others.
            0 => {}
            // What stands behind the trailer is nothing of the picture.
            0x3b => break,
            _ => return None,
        }
    }
    bare.push(0x3b);
    Some(bare)
}

/// So many bytes from the front of `rest`.
fn taken<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(count)?;
    *rest = after;
    Some(taken)
}

/// Goes past a GIF's blocks of data, and the empty one that ends them.
fn past_blocks(rest: &mut &[u8]) -> Option<()> {
    loop {
        match taken(rest, 1)?[0] {
            0 => return Some(()),
            length => taken(rest, usize::from(length))?,
        };
    }
}

/// How many bytes of colours there are, by the flags of a GIF's screen or picture.
fn colour_table(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

fn small(picture: &DynamicImage) -> Result<Option<Drawn>, Failure> {
    if picture.width().max(picture.height()) <= THUMBNAIL {
        return Ok(None);
    }
    let small = picture.resize(THUMBNAIL, THUMBNAIL, FilterType::Triangle);
    drawn(&small, picture.color().has_alpha(), THUMBNAIL_QUALITY).map(Some)
}

fn smaller(picture: DynamicImage, side: u32) -> DynamicImage {
    match picture.width().max(picture.height()) <= side {
        true => picture,
        false => picture.resize(side, side, FilterType::Triangle),
    }
}

fn colours(picture: &DynamicImage) -> Option<String> {
    let few = picture.resize(COLOURS, COLOURS, FilterType::Triangle).to_rgb8();
    policy::blurhash(few.as_raw(), few.width() as usize, few.height() as usize)
}

fn drawn(picture: &DynamicImage, lossless: bool, quality: u8) -> Result<Drawn, Failure> {
    let (width, height) = (picture.width(), picture.height());
    if lossless {
        return Ok(Drawn { bytes: png(picture)?, mime: "image/png", width, height });
    }
    let mut file = Cursor::new(Vec::new());
    let written = picture.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut file, quality));
    written.map_err(|_| Failure::Invalid { field: Field::Picture, why: FieldTrouble::Malformed })?;
    Ok(Drawn { bytes: file.into_inner(), mime: "image/jpeg", width, height })
}

#[cfg(test)]
mod tests {
    use image::{GenericImageView, Rgb, Rgba, RgbaImage};

    use super::*;

    fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        picture.into().write_to(&mut file, format).unwrap();
        file.into_inner()
    }

    #[test]
    fn what_is_sent_is_upright_and_says_nothing_of_where_it_was_taken() {
        let photo =
            encoded(RgbImage::from_fn(1200, 600, |x, _| Rgb([if x < 600 { 255 } else { 0 }, 0, 0])), ImageFormat::Jpeg);
        let exif: &[u8] = &[
            b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01".as_slice(),
            // Orientation: turned by 90 degrees clockwise.
            &[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0],
            b"48.8566 N 2.3522 E",
        ]
        .concat();
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        let photo = [&photo[..2], &[0xff, 0xe1], &length, exif, &photo[2..]].concat();

        let made = super::photo(photo).unwrap();
        assert_eq!((made.whole.mime, made.whole.width, made.whole.height), ("image/jpeg", 600, 1200));
        let thumbnail = made.thumbnail.unwrap();
        assert_eq!((thumbnail.width, thumbnail.height), (400, 800));
        for file in [&made.whole.bytes, &thumbnail.bytes] {
            assert!(!file.windows(4).any(|it| it == b"Exif" || it == b"48.8"));
            let seen = image::load_from_memory(file).unwrap();
            // What was to the left is above.
            assert!(seen.get_pixel(10, 10)[0] > 200 && seen.get_pixel(10, seen.height() - 10)[0] < 60);
        }
        let drawn = image::load_from_memory(&blurhash_picture(&made.blurhash.unwrap(), 8, 16).unwrap()).unwrap();
        assert_eq!(drawn.dimensions(), (8, 16));
        assert!(drawn.get_pixel(4, 1)[0] > drawn.get_pixel(4, 14)[0]);
    }

    #[test]
    fn what_one_sees_through_and_what_moves_stays_so() {
        let glass = RgbaImage::from_pixel(900, 30, Rgba([10, 20, 30, 0]));
        let made = photo(encoded(glass.clone(), ImageFormat::WebP)).unwrap();
        assert_eq!(
            (made.whole.mime, made.thumbnail.map(|it| (it.mime, it.width))),
            ("image/png", Some(("image/png", 800)))
        );
        let gif = encoded(glass, ImageFormat::Gif);
        let made = photo(gif.clone()).unwrap();
        assert_eq!((made.whole.mime, made.whole.bytes == gif), ("image/gif", true));
        assert!(photo(encoded(RgbImage::new(80, 80), ImageFormat::Png)).unwrap().thumbnail.is_none());
    }

    #[test]
    fn what_a_gif_says_beside_its_pictures_does_not_leave() {
        let gif = encoded(RgbaImage::from_pixel(40, 30, Rgba([10, 20, 30, 255])), ImageFormat::Gif);
        let start = 13 + colour_table(gif[10]);
        let (head, pictures) = (&gif[..start], &gif[start..gif.len() - 1]);
        let repeats = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x05\0\0";
        // XMP stands there as it is, with a tail that leads any reader out of it: 1, and then each byte downwards from 255.
        let tail: Vec<u8> = [1].into_iter().chain((0..=255).rev()).chain([0]).collect();
        let xmp = [&b"\x21\xff\x0bXMP DataXMP<x:xmpmeta>48.8566 N</x:xmpmeta>"[..], &tail].concat();
        let comment = b"\x21\xfe\x0e48.8566 2.3522\0";
        let text = [&b"\x21\x01\x0c"[..], &[0; 12], b"\x0448.8\0"].concat();
        let icc = b"\x21\xff\x0bICCRGBG1012\x0448.8\0";
        // The number behind the repeats is another program's.
        let buffered = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x05\0\x05\x0248.8\0";

        let told = [head, repeats, &xmp, comment, pictures, &text, icc, &[0], pictures, b"\x3b48.8566"].concat();
        let bare = [head, repeats, pictures, pictures, b"\x3b"].concat();
        let made = photo(told).unwrap();
        assert!(made.whole.bytes == bare);
        assert_eq!((made.whole.mime, made.whole.width, made.whole.height), ("image/gif", 40, 30));
        assert!(
            super::bare(&[head, buffered, pictures].concat()).unwrap() == [head, repeats, pictures, b"\x3b"].concat()
        );

        // Broken off behind the first picture, or with what is no block.
        let second = [head, pictures, pictures].concat();
        let control = b"\x21\xf9\x05\0\0\0\0\0\0".as_slice();
        for broken in
            [&second[..second.len() - 5], &[head, pictures, b"?"].concat(), &[head, pictures, control].concat()]
        {
            assert_eq!(photo(broken.to_vec()).err(), Some(malformed()));
        }
    }

    #[test]
    fn what_is_shown_fits_and_what_is_no_picture_is_refused() {
        let wide = encoded(RgbImage::new(1000, 100), ImageFormat::Png);
        for (side, given) in [(0, 16), (320, 320), (u32::MAX, 1000)] {
            assert_eq!(image::load_from_memory(&fitted(&wide, side).unwrap()).unwrap().width(), given);
        }
        for broken in [&b"<svg/>"[..], b"", &wide[..wide.len() / 2]] {
            assert!(fitted(broken, 96).is_err() && photo(broken.to_vec()).is_err() && poster(broken).is_err());
        }
        assert!(blurhash_picture("not a hash", 8, 8).is_err());
    }
}
