//! What a virtual display shows, read from its frame buffer, and kept as PNG for people to look at.

use anyhow::{Context, Result, ensure};

/// The whole display at one moment.
#[derive(Clone)]
pub struct Picture {
    pub width: usize,
    pub height: usize,
    /// 0xRRGGBB, line by line.
    pixels: Vec<u32>,
}

impl Picture {
    /// From the XWD file that Xvfb keeps up to date: a head of 32-bit numbers, a colour map, and the lines.
    pub fn read(file: &[u8]) -> Result<Self> {
        let number = |at: usize| -> Result<usize> {
            let bytes = file.get(at * 4..at * 4 + 4).context("a frame buffer without a head")?;
            Ok(u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as usize)
        };
        let (head, width, height, bits, stride, colours) =
            (number(0)?, number(4)?, number(5)?, number(11)?, number(12)?, number(19)?);
        ensure!(bits == 32, "a frame buffer of {bits} bits a pixel");
        let start = head + colours * 12;
        let lines = file.get(start..start + stride * height).context("a frame buffer that is cut short")?;
        let pixel = |at: &[u8]| u32::from_le_bytes([at[0], at[1], at[2], 0]);
        let pixels = lines.chunks(stride).flat_map(|line| line[..width * 4].chunks(4).map(pixel)).collect();
        Ok(Self { width, height, pixels })
    }

    /// How many pixels differ.
    pub fn other_than(&self, other: &Self) -> usize {
        self.pixels.iter().zip(&other.pixels).filter(|(one, other)| one != other).count()
    }

    /// How many pixels are lit at all: a display without a window is black.
    pub fn lit(&self) -> usize {
        self.pixels.iter().filter(|it| **it != 0).count()
    }

    /// As a PNG whose data is stored, not compressed.
    pub fn png(&self) -> Vec<u8> {
        let mut lines = Vec::with_capacity(self.height * (self.width * 3 + 1));
        for line in self.pixels.chunks(self.width) {
            lines.push(0);
            lines.extend(line.iter().flat_map(|it| [(it >> 16) as u8, (it >> 8) as u8, *it as u8]));
        }
        let mut data = vec![0x78, 0x01];
        let mut blocks = lines.chunks(65_535).peekable();
        while let Some(block) = blocks.next() {
            let length = block.len() as u16;
            data.push(u8::from(blocks.peek().is_none()));
            data.extend(length.to_le_bytes().into_iter().chain((!length).to_le_bytes()));
            data.extend(block);
        }
        data.extend(adler(&lines).to_be_bytes());
        let mut head: Vec<u8> = [self.width, self.height].iter().flat_map(|it| (*it as u32).to_be_bytes()).collect();
        head.extend([8, 2, 0, 0, 0]);
        let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
        for (name, body) in [(b"IHDR", head), (b"IDAT", data), (b"IEND", Vec::new())] {
            let named: Vec<u8> = name.iter().copied().chain(body).collect();
            png.extend((named.len() as u32 - 4).to_be_bytes());
            png.extend(&named);
            png.extend(crc(&named).to_be_bytes());
        }
        png
    }
}

fn adler(bytes: &[u8]) -> u32 {
    let (low, high) = bytes.iter().fold((1u32, 0u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    high << 16 | low
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_the_specifications() {
        assert_eq!(crc(b"IEND"), 0xAE42_6082);
        assert_eq!(adler(b"Wikipedia"), 0x11E6_0398);
    }

    #[test]
    fn reads_a_frame_buffer() {
        let mut head = [0u32; 25];
        (head[0], head[4], head[5], head[11], head[12], head[19]) = (100, 2, 1, 32, 12, 1);
        let mut file: Vec<u8> = head.iter().flat_map(|it| it.to_be_bytes()).collect();
        file.extend([9; 12]);
        file.extend([3, 2, 1, 0, 0, 0, 0, 0, 7, 7, 7, 7]);
        let picture = Picture::read(&file).unwrap();
        assert_eq!(picture.pixels, [0x01_02_03, 0]);
        assert_eq!(picture.lit(), 1);
        assert!(Picture::read(&file[..110]).is_err());
    }
}
