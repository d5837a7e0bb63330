//! Pictures of people and rooms. Whoever sent them, what leaves here is small, square and made anew: nothing of a file that a stranger wrote
//! reaches the platform's own decoders, and nothing of where a picture was taken reaches a server.

use std::io::Cursor;

use bulla_model::{Failure, Field, FieldTrouble};
use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, codecs::jpeg::JpegEncoder, imageops::FilterType,
};

/// The sides, in pixels, that an avatar may be asked for in.
const AVATAR_SIZES: std::ops::RangeInclusive<u32> = 16..=640;
/// The side of what is uploaded.
const UPLOADED: u32 = 640;
/// What a picture may take of memory. Drawn it has four bytes a pixel, so that this is one of 67 million pixels.
const MEMORY: u64 = 256 << 20;
const SIDE: u32 = 16_384;
const QUALITY: u8 = 85;

/// A picture ready to be uploaded as an avatar.
pub(crate) struct Portrait {
    /// The file.
    pub(crate) bytes: Vec<u8>,
    /// Its type, such as `image/jpeg`.
    pub(crate) mime: &'static str,
}

/// The middle of a picture as a square PNG of `size` pixels a side.
pub(crate) fn avatar(bytes: &[u8], size: u32) -> Result<Vec<u8>, Failure> {
    let size = size.clamp(*AVATAR_SIZES.start(), *AVATAR_SIZES.end());
    png(&square(read(bytes)?, size))
}

/// The middle of a picture as it is uploaded: upright, of 640 pixels a side at most, and without what the file said beside it.
pub(crate) fn portrait(bytes: &[u8]) -> Result<Portrait, Failure> {
    let picture = read(bytes)?;
    let size = picture.width().min(picture.height()).min(UPLOADED);
    let picture = square(picture, size);
    if picture.color().has_alpha() {
        return Ok(Portrait { bytes: png(&picture)?, mime: "image/png" });
    }
    let mut file = Vec::new();
    picture.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut file, QUALITY)).map_err(|_| malformed())?;
    Ok(Portrait { bytes: file, mime: "image/jpeg" })
}

/// The picture as it is to be looked at, as a camera turned it.
pub(crate) fn read(bytes: &[u8]) -> Result<DynamicImage, Failure> {
    if bytes.is_empty() {
        return Err(invalid(FieldTrouble::Empty));
    }
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| malformed())?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE);
    limits.max_image_height = Some(SIDE);
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().map_err(trouble)?;
    // Decoders look at the sides, and do not count the picture itself. Grey and few colours too become four bytes a pixel here.
    let (width, height) = decoder.dimensions();
    let drawn = u64::from(width) * u64::from(height) * 4;
    limits.reserve(decoder.total_bytes().max(drawn)).map_err(trouble)?;
    let orientation = decoder.orientation().map_err(trouble)?;
    decoder.set_limits(limits).map_err(trouble)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(trouble)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn square(picture: DynamicImage, size: u32) -> DynamicImage {
    let side = picture.width().min(picture.height());
    let (x, y) = ((picture.width() - side) / 2, (picture.height() - side) / 2);
    let middle = picture.crop_imm(x, y, side, side);
    match side == size {
        true => middle,
        false => middle.resize_exact(size, size, FilterType::Triangle),
    }
}

pub(crate) fn png(picture: &DynamicImage) -> Result<Vec<u8>, Failure> {
    let mut file = Cursor::new(Vec::new());
    // Sixteen bits a channel are more than a screen shows.
    DynamicImage::from(picture.to_rgba8()).write_to(&mut file, ImageFormat::Png).map_err(|_| malformed())?;
    Ok(file.into_inner())
}

fn trouble(error: image::ImageError) -> Failure {
    match error {
        image::ImageError::Limits(_) => invalid(FieldTrouble::TooLong),
        _ => malformed(),
    }
}

pub(crate) fn malformed() -> Failure {
    invalid(FieldTrouble::Malformed)
}

fn invalid(why: FieldTrouble) -> Failure {
    Failure::Invalid { field: Field::Picture, why }
}

#[cfg(test)]
mod tests {
    use image::{GenericImageView, GrayImage, Rgb, RgbImage, Rgba, RgbaImage};

    use super::*;
    use crate::photo;

    fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        picture.into().write_to(&mut file, format).unwrap();
        file.into_inner()
    }

    /// Red to the left, blue in the middle, green to the right.
    fn stripes(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, _| match (x * 3 / width, width > height) {
            (1, _) | (_, false) => Rgb([0, 0, 255]),
            (0, _) => Rgb([255, 0, 0]),
            _ => Rgb([0, 255, 0]),
        })
    }

    #[test]
    fn an_avatar_is_the_middle_of_the_picture() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif] {
            let made = avatar(&encoded(stripes(300, 100), format), 40).unwrap();
            assert_eq!(image::guess_format(&made).unwrap(), ImageFormat::Png);
            let made = image::load_from_memory(&made).unwrap();
            assert_eq!(made.dimensions(), (40, 40), "{format:?}");
            for (x, y) in [(2, 2), (20, 20), (37, 37)] {
                let Rgba([red, green, blue, alpha]) = made.get_pixel(x, y);
                assert!(red < 60 && green < 60 && blue > 190 && alpha == 255, "{format:?} {x} {y}");
            }
        }
    }

    #[test]
    fn a_size_is_held_within_what_is_offered() {
        let picture = encoded(stripes(64, 64), ImageFormat::Png);
        for (asked, given) in [(0, 16), (16, 16), (97, 97), (u32::MAX, 640)] {
            assert_eq!(image::load_from_memory(&avatar(&picture, asked).unwrap()).unwrap().width(), given);
        }
    }

    #[test]
    fn what_is_uploaded_is_small_upright_and_says_nothing_else() {
        // A JPEG whose EXIF says that the camera lay on its side, and where it was.
        let photo =
            encoded(RgbImage::from_fn(200, 100, |x, _| Rgb([if x < 100 { 255 } else { 0 }, 0, 0])), ImageFormat::Jpeg);
        let exif: &[u8] = &[
            b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01".as_slice(),
            // Orientation: turned by 90 degrees clockwise.
            &[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0],
            b"48.8566 N 2.3522 E",
        ]
        .concat();
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        let photo = [&photo[..2], &[0xff, 0xe1], &length, exif, &photo[2..]].concat();

        let portrait = portrait(&photo).unwrap();
        assert_eq!(portrait.mime, "image/jpeg");
        assert!(!portrait.bytes.windows(4).any(|it| it == b"Exif" || it == b"48.8"));
        let made = image::load_from_memory(&portrait.bytes).unwrap();
        assert_eq!(made.dimensions(), (100, 100));
        // What was to the left is above.
        assert!(made.get_pixel(50, 10)[0] > 200 && made.get_pixel(50, 90)[0] < 60);
    }

    #[test]
    fn what_one_sees_through_stays_so() {
        let glass = RgbaImage::from_pixel(900, 900, Rgba([10, 20, 30, 0]));
        let portrait = portrait(&encoded(glass, ImageFormat::Png)).unwrap();
        assert_eq!(portrait.mime, "image/png");
        let made = image::load_from_memory(&portrait.bytes).unwrap();
        assert_eq!((made.dimensions(), made.get_pixel(1, 1)[3]), ((640, 640), 0));
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let refused = |bytes: &[u8]| match avatar(bytes, 96) {
            Err(Failure::Invalid { field: Field::Picture, why }) => why,
            other => panic!("{other:?}"),
        };
        assert_eq!(refused(b""), FieldTrouble::Empty);
        let whole = encoded(stripes(64, 64), ImageFormat::Png);
        for broken in [b"<svg xmlns='http://www.w3.org/2000/svg'/>", &b"GIF89a"[..], &whole[..whole.len() / 2]] {
            assert_eq!(refused(broken), FieldTrouble::Malformed);
        }
        assert_eq!(refused(&promising(whole, 60_000)), FieldTrouble::TooLong);
    }

    #[test]
    fn a_picture_of_a_gigabyte_is_refused_before_it_is_read() {
        let glass = encoded(RgbaImage::new(64, 64), ImageFormat::Png);
        // Less than what may be taken as it is read, and more as it is drawn.
        let grey = encoded(GrayImage::new(64, 64), ImageFormat::Png);
        for bomb in [promising(glass, 16_000), promising(grey, 16_000)] {
            // Reading would find that the rest is missing.
            let too_long = Some(Failure::Invalid { field: Field::Picture, why: FieldTrouble::TooLong });
            assert_eq!(avatar(&bomb, 96).err(), too_long);
            assert_eq!(portrait(&bomb).err(), too_long);
            assert_eq!(photo::fitted(&bomb, 320).err(), too_long);
            assert_eq!(photo::poster(&bomb).err(), too_long);
            assert_eq!(photo::photo(bomb).err(), too_long);
        }
    }

    /// A PNG whose header promises so many pixels a side.
    fn promising(mut png: Vec<u8>, side: u32) -> Vec<u8> {
        png[16..20].copy_from_slice(&side.to_be_bytes());
        png[20..24].copy_from_slice(&side.to_be_bytes());
        let crc = crc(&png[12..29]);
        png[29..33].copy_from_slice(&crc.to_be_bytes());
        png
    }

    /// What a PNG's chunk ends with.
    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 })
        })
    }
}
