//! The pixels of a page, in one of the three kinds that the PDF of a scan uses: 1 bit, grey, RGB.

use std::borrow::Cow;

use image::DynamicImage;

/// The black part from which a pixel becomes black when a page of 1 bit is reduced: a little less than half, so that
/// a line of half its width stays.
const BLACK_FROM: f32 = 0.4;

/// The kinds of pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colours {
    /// 1 bit, eight to a byte, each row begins at a byte, 1 is white.
    Bilevel,
    /// 8 bit.
    Grey,
    /// Three times 8 bit.
    Rgb,
}

impl Colours {
    /// Returns the number of samples per pixel.
    pub(super) fn channels(self) -> usize {
        match self {
            Self::Bilevel | Self::Grey => 1,
            Self::Rgb => 3,
        }
    }
}

/// A picture.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pixels {
    /// The pixels across.
    pub width: u32,
    /// The pixels down.
    pub height: u32,
    /// The kind of the pixels in `bytes`.
    pub colours: Colours,
    /// The samples, row by row.
    pub bytes: Vec<u8>,
}

impl Pixels {
    /// Converts an image to opaque pixels of 8 bit; transparent parts show white paper.
    pub(super) fn from_image(image: DynamicImage) -> Self {
        let (width, height) = (image.width(), image.height());
        let (colours, bytes) = match (image.color().has_color(), image.color().has_alpha()) {
            (true, true) => (Colours::Rgb, on_white::<4>(&image.into_rgba8())),
            (true, false) => (Colours::Rgb, image.into_rgb8().into_raw()),
            (false, true) => (Colours::Grey, on_white::<2>(&image.into_luma_alpha8())),
            (false, false) => (Colours::Grey, image.into_luma8().into_raw()),
        };
        Self { width, height, colours, bytes }
    }

    /// Returns the number of samples.
    pub(super) fn samples(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height) * self.colours.channels() as u64
    }

    /// Converts the pixels to the smallest kind that loses nothing: grey if there is no colour, 1 bit if there is no
    /// grey.
    pub(super) fn simplified(mut self) -> Self {
        if self.colours == Colours::Rgb && self.bytes.chunks_exact(3).all(|p| p[0] == p[1] && p[1] == p[2]) {
            self.bytes = self.bytes.chunks_exact(3).map(|pixel| pixel[0]).collect();
            self.colours = Colours::Grey;
        }
        if self.colours == Colours::Grey && self.bytes.iter().all(|value| [0, 255].contains(value)) {
            self.bytes = self.bytes.chunks(self.width as usize).flat_map(packed).collect();
            self.colours = Colours::Bilevel;
        }
        self
    }

    /// Reduces the picture to this size; each pixel is the mean of the area that it covers. The `image` crate would
    /// keep the whole page in 16 bytes per pixel to resize it.
    pub(super) fn reduced(self, width: u32, height: u32) -> Self {
        let (width, height) = (width.min(self.width), height.min(self.height));
        if (width, height) == (self.width, self.height) {
            return self;
        }
        let columns: Vec<Vec<(usize, f32)>> =
            (0..width).map(|column| covered(column, self.width, width)).collect();
        let mut bytes = Vec::new();
        for row in 0..height {
            let mut means = vec![0.0; width as usize * self.colours.channels()];
            for (line, weight) in covered(row, self.height, height) {
                self.add_line(line, weight, &columns, &mut means);
            }
            match self.colours {
                Colours::Bilevel => {
                    let grey: Vec<u8> = means
                        .iter()
                        .map(|mean| if *mean > 255.0 * (1.0 - BLACK_FROM) { 255 } else { 0 })
                        .collect();
                    bytes.extend(packed(&grey));
                }
                Colours::Grey | Colours::Rgb => bytes.extend(means.iter().map(|mean| mean.round() as u8)),
            }
        }
        Self { width, height, colours: self.colours, bytes }
    }

    /// Adds a line, reduced in its width, to the means of the lines that become one.
    fn add_line(&self, line: usize, weight: f32, columns: &[Vec<(usize, f32)>], means: &mut [f32]) {
        let channels = self.colours.channels();
        let line = self.line(line);
        for (column, means) in columns.iter().zip(means.chunks_exact_mut(channels)) {
            for (at, share) in column {
                for (mean, value) in means.iter_mut().zip(&line[at * channels..]) {
                    *mean += f32::from(*value) * share * weight;
                }
            }
        }
    }

    /// Returns the samples of a line, one byte each.
    fn line(&self, line: usize) -> Cow<'_, [u8]> {
        let width = self.width as usize;
        match self.colours {
            Colours::Bilevel => {
                let packed = &self.bytes[line * width.div_ceil(8)..][..width.div_ceil(8)];
                (0..width).map(|x| if packed[x / 8] & (0x80 >> (x % 8)) == 0 { 0 } else { 255 }).collect()
            }
            _ => {
                let length = width * self.colours.channels();
                self.bytes[line * length..][..length].into()
            }
        }
    }
}

/// Returns the old pixels that a new one covers, each with its share; the shares add up to 1.
fn covered(new: u32, from: u32, to: u32) -> Vec<(usize, f32)> {
    let scale = f64::from(from) / f64::from(to);
    let (start, end) = (f64::from(new) * scale, f64::from(new + 1) * scale);
    (start.floor() as u32..(end.ceil() as u32).min(from))
        .map(|old| {
            let share = (end.min(f64::from(old + 1)) - start.max(f64::from(old))) / scale;
            (old as usize, share as f32)
        })
        .collect()
}

/// Packs a row of black and white bytes into bits.
fn packed(row: &[u8]) -> Vec<u8> {
    row.chunks(8)
        .map(|eight| eight.iter().enumerate().fold(0, |byte, (at, value)| byte | (value & (0x80 >> at))))
        .collect()
}

fn on_white<const N: usize>(samples: &[u8]) -> Vec<u8> {
    samples
        .chunks_exact(N)
        .flat_map(|pixel| pixel[..N - 1].iter().map(|value| over_white(*value, pixel[N - 1])))
        .collect()
}

/// Blends a sample with white paper according to its transparency.
pub(super) fn over_white(value: u8, alpha: u8) -> u8 {
    let (value, alpha) = (u32::from(value), u32::from(alpha));
    ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transparency_becomes_paper_and_the_least_kind_is_taken() {
        let mut image = image::RgbaImage::from_pixel(9, 2, image::Rgba([0, 0, 0, 0]));
        image.put_pixel(8, 1, image::Rgba([0, 0, 0, 255]));
        let pixels = Pixels::from_image(image.into()).simplified();
        assert_eq!(pixels.colours, Colours::Bilevel);
        assert_eq!(pixels.bytes, [0xFF, 0x80, 0xFF, 0x00]);
    }

    #[test]
    fn reducing_takes_the_mean_and_keeps_thin_lines() {
        let grey =
            Pixels { width: 4, height: 2, colours: Colours::Grey, bytes: vec![0, 100, 9, 9, 50, 50, 9, 9] };
        assert_eq!(grey.reduced(2, 1).bytes, [50, 9]);
        let line = Pixels { width: 4, height: 1, colours: Colours::Bilevel, bytes: vec![0b1011_0000] };
        assert_eq!(line.reduced(2, 1).bytes, [0b0100_0000]);
        let rgb = Pixels { width: 3, height: 3, colours: Colours::Rgb, bytes: [10, 20, 30].repeat(9) };
        assert_eq!(rgb.reduced(2, 2).bytes, [10, 20, 30].repeat(4));
    }
}
