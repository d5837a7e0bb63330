//! BlurHash (<https://blurha.sh>, MSC2448): a few colours of a picture in some thirty characters.

use std::f64::consts::PI;

const ALPHABET: &[u8; 83] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";
/// Waves across and down.
const WAVES: (usize, usize) = (4, 3);

/// The colours of a picture of `width` by `height` pixels, three bytes each: red, green, blue. Small ones do: 32 pixels a side.
/// None where the bytes are not as many as the pixels.
pub fn blurhash(pixels: &[u8], width: usize, height: usize) -> Option<String> {
    if width == 0 || height == 0 || width.checked_mul(height)?.checked_mul(3)? != pixels.len() {
        return None;
    }
    let mut factors = Vec::with_capacity(WAVES.0 * WAVES.1);
    for (y, x) in (0..WAVES.1).flat_map(|y| (0..WAVES.0).map(move |x| (y, x))) {
        let mut sum = [0.0; 3];
        for (at, pixel) in pixels.chunks_exact(3).enumerate() {
            let basis = wave(x, at % width, width) * wave(y, at / width, height);
            sum.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += basis * linear(*value));
        }
        let scale = if (x, y) == (0, 0) { 1.0 } else { 2.0 } / (width * height) as f64;
        factors.push(sum.map(|sum| sum * scale));
    }
    let (mean, rest) = factors.split_first()?;
    let largest = rest.iter().flatten().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let step = ((largest * 166.0 - 0.5).floor()).clamp(0.0, 82.0);
    let largest = (step + 1.0) / 166.0;

    let mut hash = String::new();
    write(&mut hash, (WAVES.0 - 1) + (WAVES.1 - 1) * 9, 1);
    write(&mut hash, step as usize, 1);
    let [red, green, blue] = mean.map(|value| usize::from(srgb(value)));
    write(&mut hash, (red << 16) | (green << 8) | blue, 4);
    for factor in rest {
        let [red, green, blue] =
            factor.map(|value| (signed_power(value / largest, 0.5) * 9.0 + 9.5).floor().clamp(0.0, 18.0) as usize);
        write(&mut hash, red * 19 * 19 + green * 19 + blue, 2);
    }
    Some(hash)
}

/// The picture that a hash stands for, three bytes a pixel; none where it is no hash.
pub fn blurhash_pixels(hash: &str, width: usize, height: usize) -> Option<Vec<u8>> {
    let size = read(hash.get(..1)?)?;
    let (across, down) = (size % 9 + 1, size / 9 + 1);
    if hash.len() != 4 + 2 * across * down || down > 9 {
        return None;
    }
    let largest = (read(hash.get(1..2)?)? + 1) as f64 / 166.0;
    let mean = read(hash.get(2..6)?)?;
    let mut factors = vec![[mean >> 16, (mean >> 8) & 255, mean & 255].map(|value| linear(value as u8))];
    for at in 1..across * down {
        let value = read(hash.get(4 + at * 2..6 + at * 2)?)?;
        let parts = [value / (19 * 19), (value / 19) % 19, value % 19];
        factors.push(parts.map(|part| signed_power((part as f64 - 9.0) / 9.0, 2.0) * largest));
    }
    let mut pixels = Vec::with_capacity(width * height * 3);
    for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
        let mut colour = [0.0; 3];
        for (at, factor) in factors.iter().enumerate() {
            let basis = wave(at % across, x, width) * wave(at / across, y, height);
            colour.iter_mut().zip(factor).for_each(|(sum, value)| *sum += value * basis);
        }
        pixels.extend(colour.map(srgb));
    }
    Some(pixels)
}

fn wave(waves: usize, at: usize, of: usize) -> f64 {
    (PI * waves as f64 * at as f64 / of as f64).cos()
}

fn linear(value: u8) -> f64 {
    let value = f64::from(value) / 255.0;
    if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

fn srgb(value: f64) -> u8 {
    let value = value.clamp(0.0, 1.0);
    let value = if value <= 0.003_130_8 { value * 12.92 } else { 1.055 * value.powf(1.0 / 2.4) - 0.055 };
    (value * 255.0 + 0.5) as u8
}

fn signed_power(value: f64, power: f64) -> f64 {
    value.abs().powf(power).copysign(value)
}

fn write(hash: &mut String, value: usize, digits: u32) {
    for place in (0..digits).rev() {
        hash.push(char::from(ALPHABET[value / 83_usize.pow(place) % 83]));
    }
}

fn read(text: &str) -> Option<usize> {
    text.bytes().try_fold(0, |value, sign| Some(value * 83 + ALPHABET.iter().position(|known| *known == sign)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_hash_has_the_colours_of_its_picture() {
        // Red to the left, blue to the right.
        let picture: Vec<u8> =
            (0..32 * 32).flat_map(|at| if at % 32 < 16 { [220, 20, 20] } else { [20, 20, 220] }).collect();
        let hash = blurhash(&picture, 32, 32).unwrap();
        assert_eq!(hash.len(), 28);
        let drawn = blurhash_pixels(&hash, 16, 16).unwrap();
        let pixel = |x: usize, y: usize| &drawn[(y * 16 + x) * 3..][..3];
        assert!(pixel(2, 8)[0] > 150 && pixel(2, 8)[2] < 100, "{:?}", pixel(2, 8));
        assert!(pixel(13, 8)[2] > 150 && pixel(13, 8)[0] < 100, "{:?}", pixel(13, 8));
    }

    #[test]
    fn others_hashes_are_read() {
        // The example of blurha.sh.
        let drawn = blurhash_pixels("LEHV6nWB2yk8pyo0adR*.7kCMdnj", 8, 8).unwrap();
        assert_eq!(drawn.len(), 8 * 8 * 3);
        let white = blurhash(&[255; 8 * 8 * 3], 8, 8).unwrap();
        let black = blurhash(&[0; 8 * 8 * 3], 8, 8).unwrap();
        let darkest = |hash: &str| blurhash_pixels(hash, 4, 4).unwrap().into_iter().min().unwrap();
        assert!(darkest(&white) > 100 && darkest(&black) == 0);
        assert_eq!((blurhash(&[0; 5], 1, 1), blurhash(&[], 0, 0)), (None, None));
    }

    proptest! {
        #[test]
        fn what_is_no_hash_draws_nothing_and_breaks_nothing(text in "\\PC{0,40}|[0-9A-Za-z#$%*+,.:;=?@_{|}~-]{0,200}") {
            let drawn = blurhash_pixels(&text, 4, 4);
            prop_assert!(drawn.is_none_or(|drawn| drawn.len() == 48));
        }
    }
}
