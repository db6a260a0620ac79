//! Reads the segments of a JPEG file (ITU-T T.81, annex B), and copies it without what only cameras need.

use crate::record::images::jpeg_segments;

const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const APP0: u8 = 0xE0;
const APP14: u8 = 0xEE;

/// A JPEG file as a PDF can contain it.
pub(super) struct Jpeg {
    /// The file up to its end marker, without EXIF, thumbnails, comments and additions of other programs: where a
    /// photo was taken is nobody's business.
    pub bytes: Vec<u8>,
    /// The pixels across and down.
    pub size: (u32, u32),
    /// The number of colour components.
    pub components: u8,
    /// Whether every PDF reader decodes it, and to the right colours.
    pub plain: bool,
    /// The dots per inch across and down.
    pub resolution: Option<(f64, f64)>,
}

impl Jpeg {
    /// Reads the segments; `None` if they do not reach the end marker.
    pub(super) fn read(file: &[u8]) -> Option<Self> {
        let mut jpeg =
            Self { bytes: vec![0xFF, SOI], size: (0, 0), components: 0, plain: true, resolution: None };
        for segment in jpeg_segments(file)? {
            jpeg.note(segment.marker, segment.content);
            let is_dropped = match segment.marker {
                // What is not JFIF here is a thumbnail, perhaps of what was cut off.
                APP0 => !segment.content.starts_with(b"JFIF\0"),
                marker => matches!(marker, 0xE1..=0xED | 0xEF | 0xFE),
            };
            if !is_dropped {
                jpeg.bytes.extend(segment.bytes);
            }
        }
        jpeg.bytes.extend([0xFF, EOI]);
        (jpeg.size.0 > 0 && jpeg.size.1 > 0).then_some(jpeg)
    }

    fn note(&mut self, marker: u8, content: &[u8]) {
        match (marker, content) {
            (0xC0..=0xCF, [bits, h1, h2, w1, w2, components, ids @ ..])
                if ![0xC4, 0xC8, 0xCC].contains(&marker) =>
            {
                let side = |high, low| u32::from(u16::from_be_bytes([high, low]));
                self.size = (side(*w1, *w2), side(*h1, *h2));
                self.components = *components;
                // Component names "RGB" say RGB to some readers only.
                let named_rgb = ids.iter().step_by(3).take(3).eq(b"RGB");
                self.plain &= *bits == 8 && marker <= 0xC2 && !named_rgb;
            }
            (APP0, [b'J', b'F', b'I', b'F', 0, _, _, unit, x1, x2, y1, y2, ..]) => {
                let dots = |high, low| f64::from(u16::from_be_bytes([high, low]));
                let (across, down) = (dots(*x1, *x2), dots(*y1, *y2));
                self.resolution = match unit {
                    1 => Some((across, down)),
                    2 => Some((across * 2.54, down * 2.54)),
                    _ => None,
                };
            }
            _ => {}
        }
    }
}

/// Adds the marker by which readers know the colour transform (Adobe Technical Note 5116).
pub(super) fn with_adobe_mark(file: &[u8], transform: u8) -> Vec<u8> {
    let mut bytes = vec![0xFF, SOI, 0xFF, APP14, 0, 14];
    bytes.extend(b"Adobe\0\x64\0\0\0\0");
    bytes.push(transform);
    bytes.extend(file.get(2..).unwrap_or_default());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_copied_without_what_cameras_add() {
        let mut file = Vec::new();
        let image = image::RgbImage::from_pixel(20, 10, image::Rgb([200, 30, 30]));
        image.write_with_encoder(image::codecs::jpeg::JpegEncoder::new(&mut file)).unwrap();
        let mut tagged = file[..2].to_vec();
        tagged.extend([0xFF, 0xE1, 0, 8]);
        tagged.extend(b"secret");
        tagged.extend(&file[2..]);
        tagged.extend(b"trailer");
        let jpeg = Jpeg::read(&tagged).unwrap();
        assert_eq!(jpeg.bytes, file);
        assert_eq!((jpeg.size, jpeg.components, jpeg.plain), ((20, 10), 3, true));
        assert!((0..file.len()).all(|end| Jpeg::read(&file[..end]).is_none()));
    }
}
