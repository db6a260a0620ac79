//! Image files without what cameras and programs add to them: where a photo was taken and who owns the camera is
//! nobody's business. The pixels and their colours stay as they are.
//!
//! Knows nothing of printing.

use std::io::Read;

const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;
const APP0: u8 = 0xE0;
const APP2: u8 = 0xE2;
const APP14: u8 = 0xEE;
const APP15: u8 = 0xEF;
const COM: u8 = 0xFE;

/// No picture has more segments.
const MAX_SEGMENTS: usize = 10_000;

const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// The chunks that say how the pixels look (PNG, third edition, 11.3); those with a capital letter are needed anyway.
const PNG_LOOKS: [&[u8; 4]; 8] = [b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"pHYs", b"cICP"];

/// A segment of a JPEG file.
#[derive(Debug, Clone, Copy)]
pub struct JpegSegment<'a> {
    /// The second byte of its marker.
    pub marker: u8,
    /// What is in it, without marker and length.
    pub content: &'a [u8],
    /// All its bytes; of a scan with the data behind it.
    pub bytes: &'a [u8],
}

/// Lists the segments of a JPEG file (ITU-T T.81, annex B) between its first and its end marker; none if they do not
/// reach the end marker, or are too many.
pub fn jpeg_segments(file: &[u8]) -> Option<Vec<JpegSegment<'_>>> {
    let mut segments = Vec::new();
    let mut rest = file.strip_prefix(&[0xFF, SOI])?;
    loop {
        // Fill bytes may stand before a marker.
        while rest.starts_with(&[0xFF, 0xFF]) {
            rest = &rest[1..];
        }
        let (&0xFF, &marker) = (rest.first()?, rest.get(1)?) else {
            return None;
        };
        if marker == EOI {
            return Some(segments);
        }
        if segments.len() >= MAX_SEGMENTS {
            return None;
        }
        let length = usize::from(u16::from_be_bytes([*rest.get(2)?, *rest.get(3)?])).max(2) + 2;
        let scan = if marker == SOS { entropy_coded(rest.get(length..)?)? } else { 0 };
        segments.push(JpegSegment {
            marker,
            content: rest.get(4..length)?,
            bytes: rest.get(..length + scan)?,
        });
        rest = &rest[length + scan..];
    }
}

/// Measures entropy-coded data, up to the next marker that is not a restart marker.
fn entropy_coded(data: &[u8]) -> Option<usize> {
    data.windows(2).position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0xD0..=0xD7 | 0xFF))
}

/// Gives a JPEG file that has only what its pixels need; none if it is damaged.
pub(super) fn jpeg(file: &[u8]) -> Option<Vec<u8>> {
    let is_needed = |segment: &&JpegSegment<'_>| match segment.marker {
        APP0 => segment.content.starts_with(b"JFIF\0"),
        APP2 => segment.content.starts_with(b"ICC_PROFILE\0"),
        APP14 => segment.content.starts_with(b"Adobe"),
        marker => !(APP0..=APP15).contains(&marker) && marker != COM,
    };
    let segments = jpeg_segments(file)?;
    let mut bare = vec![0xFF, SOI];
    segments.iter().filter(is_needed).for_each(|segment| bare.extend(segment.bytes));
    bare.extend([0xFF, EOI]);
    Some(bare)
}

/// Gives a PNG file that has only what its pixels need; none if it is damaged.
pub(super) fn png(file: &[u8]) -> Option<Vec<u8>> {
    let mut bare = PNG_SIGNATURE.to_vec();
    let mut rest = file.strip_prefix(PNG_SIGNATURE)?;
    loop {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let kind = after.first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (chunk, next) = rest.split_at_checked(length.checked_add(12)?)?;
        if kind[0].is_ascii_uppercase() || PNG_LOOKS.contains(&kind) {
            bare.extend(chunk);
        }
        if kind == b"IEND" {
            return Some(bare);
        }
        rest = next;
    }
}

/// What the colour profile of a PNG file may unpack to, in bytes; the largest in use take some two million.
const MAX_PROFILE: u64 = 8 << 20;

/// Tells whether a PNG file has a colour profile that unpacks to more than any does. Decoders unpack it without a limit.
pub(super) fn png_profile_is_too_large(file: &[u8]) -> bool {
    let Some(mut rest) = file.strip_prefix(PNG_SIGNATURE) else { return false };
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let length = u32::from_be_bytes(*length) as usize;
        if after.starts_with(b"iCCP") {
            let content = after.get(4..length.saturating_add(4)).unwrap_or_default();
            // Behind the name stand the end of it and the method of compression.
            let name = content.iter().position(|byte| *byte == 0).unwrap_or_default();
            let packed = content.get(name + 2..).unwrap_or_default();
            let unpacked = std::io::copy(
                &mut flate2::read::ZlibDecoder::new(packed).take(MAX_PROFILE + 1),
                &mut std::io::sink(),
            );
            if unpacked.is_ok_and(|size| size > MAX_PROFILE) {
                return true;
            }
        }
        match rest.get(length.saturating_add(12)..) {
            Some(next) => rest = next,
            None => return false,
        }
    }
    false
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::{Cursor, Write};

    use image::codecs::jpeg::JpegEncoder;
    use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

    use super::*;

    fn picture() -> RgbImage {
        RgbImage::from_fn(40, 30, |x, y| Rgb([x as u8 * 6, y as u8 * 8, 90]))
    }

    fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
        [&[0xFF, marker], &length[..], content].concat()
    }

    fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let named = [&kind[..], data].concat();
        let mut table = flate2::Crc::new();
        table.update(&named);
        [&(data.len() as u32).to_be_bytes()[..], &named, &table.sum().to_be_bytes()].concat()
    }

    /// A JPEG file with all that cameras and programs add, each naming `SECRET`, and a profile that stays.
    pub(in crate::record::images) fn talkative_jpeg() -> Vec<u8> {
        let mut file = Vec::new();
        picture().write_with_encoder(JpegEncoder::new(&mut file)).unwrap();
        let mut talkative = file[..2].to_vec();
        for (marker, content) in [
            (0xE0, &b"JFXX\0SECRET"[..]),
            (0xE1, b"Exif\0\0SECRET"),
            (0xE1, b"http://ns.adobe.com/xap/1.0/\0<x>SECRET</x>"),
            (0xE2, b"MPF\0SECRET"),
            (0xE2, b"ICC_PROFILE\0\x01\x01profile"),
            (0xED, b"Photoshop 3.0\x008BIM SECRET"),
            (0xEF, b"SECRET"),
            (0xFE, b"SECRET"),
        ] {
            talkative.extend(segment(marker, content));
        }
        talkative.extend(&file[2..]);
        talkative.extend(b"SECRET behind the end");
        talkative
    }

    /// A JPEG file 40 wide and 30 high that says that it was taken upright.
    pub(in crate::record::images) fn turned_jpeg() -> Vec<u8> {
        let mut file = Vec::new();
        picture().write_with_encoder(JpegEncoder::new(&mut file)).unwrap();
        let turned = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        [&file[..2], &segment(0xE1, turned), &file[2..]].concat()
    }

    /// A PNG file with all that cameras and programs add, each naming `SECRET`, and a profile that stays.
    pub(in crate::record::images) fn talkative_png() -> Vec<u8> {
        let mut file = Vec::new();
        DynamicImage::from(picture()).write_to(&mut Cursor::new(&mut file), ImageFormat::Png).unwrap();
        let head = PNG_SIGNATURE.len() + 25;
        let mut talkative = file[..head].to_vec();
        talkative.extend(chunk(b"gAMA", &45_455_u32.to_be_bytes()));
        talkative.extend(chunk(b"tEXt", b"Comment\0SECRET"));
        talkative.extend(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0SECRET"));
        talkative.extend(chunk(b"tIME", &[7, 230, 1, 1, 0, 0, 0]));
        talkative.extend(chunk(b"eXIf", b"MM\0*\0\0\0\x08SECRET"));
        talkative.extend(&file[head..]);
        talkative.extend(b"SECRET behind the end");
        talkative
    }

    pub(in crate::record::images) fn says(bytes: &[u8], word: &[u8]) -> bool {
        bytes.windows(word.len()).any(|window| window == word)
    }

    #[test]
    fn only_what_the_pixels_need_is_left_and_they_stay_the_same() {
        let (with, without) = (talkative_jpeg(), jpeg(&talkative_jpeg()).unwrap());
        assert!(says(&with, b"SECRET") && !says(&without, b"SECRET") && says(&without, b"ICC_PROFILE"));
        let pixels = |bytes: &[u8]| image::load_from_memory(bytes).unwrap();
        assert_eq!(pixels(&with), pixels(&without));
        let (with, without) = (talkative_png(), png(&talkative_png()).unwrap());
        assert!(says(&with, b"SECRET") && !says(&without, b"SECRET") && !says(&without, b"tIME"));
        assert!(says(&without, b"gAMA"));
        assert_eq!(pixels(&with), pixels(&without));
    }

    #[test]
    fn a_file_that_ends_too_early_is_none() {
        let (jpeg_file, png_file) = (jpeg(&talkative_jpeg()).unwrap(), png(&talkative_png()).unwrap());
        assert!((0..jpeg_file.len()).all(|end| jpeg(&jpeg_file[..end]).is_none()));
        assert!((0..png_file.len()).all(|end| png(&png_file[..end]).is_none()));
    }

    #[test]
    fn a_profile_that_unpacks_without_end_is_noticed() {
        let with_profile = |size: usize| {
            let mut packed = b"Profil\0\0".to_vec();
            let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(&vec![0; size]).unwrap();
            packed.extend(encoder.finish().unwrap());
            let mut file = talkative_png();
            let chunk = [&(packed.len() as u32).to_be_bytes()[..], b"iCCP", &packed, &[0; 4]].concat();
            // Behind the header, which has 25 bytes.
            file.splice(33..33, chunk);
            file
        };
        assert!(png_profile_is_too_large(&with_profile(MAX_PROFILE as usize + 1)));
        assert!(!png_profile_is_too_large(&with_profile(3_000)));
        assert!(!png_profile_is_too_large(&talkative_png()));
        for cut in [0, 8, 40, 60] {
            assert!(!png_profile_is_too_large(&with_profile(9_000)[..cut]));
        }
    }
}
