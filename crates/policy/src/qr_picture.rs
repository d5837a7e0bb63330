//! Drawing a QR code, and finding the one in a picture.

use bulla_model::{Failure, Field, FieldTrouble, Missing, QrPicture};
use qrcode::{EcLevel, QrCode, Version, bits::Bits};
use rqrr::PreparedImage;

/// The light margin that a reader wants around a code (ISO/IEC 18004).
const MARGIN: usize = 4;
/// More pixels than any camera's picture needs here.
const PIXELS: usize = 1 << 25;

/// Draws `bytes` as one segment in byte mode: readers were seen to take other modes, and several, for text.
pub fn draw_qr(bytes: &[u8]) -> Result<QrPicture, Failure> {
    let too_long = Failure::Invalid { field: Field::Picture, why: FieldTrouble::TooLong };
    let code = (1..=40).find_map(|version| {
        let mut bits = Bits::new(Version::Normal(version));
        bits.push_byte_data(bytes).ok()?;
        bits.push_terminator(EcLevel::M).ok()?;
        QrCode::with_bits(bits, EcLevel::M).ok()
    });
    let code = code.ok_or(too_long)?;
    let inner = code.width();
    let width = inner + 2 * MARGIN;
    let mut modules = vec![0; width * width];
    for (at, color) in code.to_colors().into_iter().enumerate() {
        let (row, column) = (at / inner + MARGIN, at % inner + MARGIN);
        modules[row * width + column] = color.select(1, 0);
    }
    // 185 modules at most.
    Ok(QrPicture { width: u32::try_from(width).unwrap_or(u32::MAX), modules })
}

/// What the QR code in a grey picture holds: `luma` has one byte a pixel, row by row, of which each has `width`.
pub fn read_qr(width: u32, luma: &[u8]) -> Result<Vec<u8>, Failure> {
    let malformed = Failure::Invalid { field: Field::Picture, why: FieldTrouble::Malformed };
    let width = usize::try_from(width).map_err(|_| malformed.clone())?;
    if luma.len() > PIXELS {
        return Err(Failure::Invalid { field: Field::Picture, why: FieldTrouble::TooLong });
    }
    if width == 0 || luma.is_empty() || !luma.len().is_multiple_of(width) {
        return Err(malformed);
    }
    let mut picture = PreparedImage::prepare_from_greyscale(width, luma.len() / width, |x, y| luma[y * width + x]);
    let found = picture.detect_grids().into_iter().find_map(|grid| {
        let mut bytes = Vec::new();
        grid.decode_to(&mut bytes).ok()?;
        Some(bytes)
    });
    found.ok_or(Failure::NotFound { what: Missing::Code })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As it is seen on a screen: each module a square of some pixels, grey on grey, in a larger picture.
    fn seen(picture: &QrPicture, scale: usize) -> (u32, Vec<u8>) {
        let modules = picture.width as usize;
        let (width, height) = (modules * scale + 37, modules * scale + 11);
        let mut luma = vec![230; width * height];
        for y in 0..modules * scale {
            for x in 0..modules * scale {
                let dark = picture.modules[y / scale * modules + x / scale] == 1;
                luma[(y + 5) * width + x + 19] = if dark { 40 } else { 220 };
            }
        }
        (u32::try_from(width).unwrap(), luma)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_is_drawn_is_read(bytes in prop::collection::vec(any::<u8>(), 1..400), scale in 3_usize..9) {
            let (width, luma) = seen(&draw_qr(&bytes).unwrap(), scale);
            prop_assert_eq!(read_qr(width, &luma).unwrap(), bytes);
        }

        #[test]
        fn noise_holds_no_code(width in 1_u32..80, luma in prop::collection::vec(any::<u8>(), 0..6_400)) {
            prop_assert!(read_qr(width, &luma).is_err());
        }
    }

    #[test]
    fn has_a_margin_on_every_side() {
        let picture = draw_qr(b"MATRIX").unwrap();
        let width = picture.width as usize;
        assert_eq!(picture.modules.len(), width * width);
        let dark = |row: usize, column: usize| picture.modules[row * width + column] == 1;
        for at in 0..width {
            for edge in 0..MARGIN {
                let far = width - 1 - edge;
                assert!(!dark(edge, at) && !dark(far, at) && !dark(at, edge) && !dark(at, far));
            }
        }
        assert!(dark(MARGIN, MARGIN));
    }

    #[test]
    fn refuses_what_is_no_picture_and_what_is_too_long() {
        let invalid = |why| Failure::Invalid { field: Field::Picture, why };
        assert_eq!(draw_qr(&[0; 3_000]), Err(invalid(FieldTrouble::TooLong)));
        assert_eq!(read_qr(0, &[1, 2]), Err(invalid(FieldTrouble::Malformed)));
        assert_eq!(read_qr(1, &[]), Err(invalid(FieldTrouble::Malformed)));
        assert_eq!(read_qr(3, &[1, 2]), Err(invalid(FieldTrouble::Malformed)));
        assert_eq!(read_qr(u32::MAX, &[1, 2]), Err(invalid(FieldTrouble::Malformed)));
        assert_eq!(read_qr(1, &vec![0; PIXELS + 1]), Err(invalid(FieldTrouble::TooLong)));
        assert_eq!(read_qr(100, &[255; 10_000]), Err(Failure::NotFound { what: Missing::Code }));
    }
}
