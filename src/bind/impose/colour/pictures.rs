//! Pictures in grey: decoded, turned grey as their profile says, and packed again.

use lopdf::{Document, Object, Stream};
use moxcms::{ColorProfile, Layout, TransformOptions};

use super::space::Space;
use crate::bind::deflate::compressed;
use crate::pdf::objects::{as_dict, as_list, integer, list, resolve, value};

/// Larger pictures stay packed, and their colours are turned grey where they are drawn.
const MAX_SAMPLES: usize = 256 << 20;
const QUALITY: u8 = 92;
const GAMMA: f32 = 2.2;

/// Turns a picture grey; none if it cannot be decoded here.
pub(super) fn grey(document: &Document, picture: &Stream, space: &Space) -> Option<Stream> {
    if let Space::Table { base, table } = space {
        return Some(with_grey_table(picture, base, table));
    }
    let (width, height) = (size(document, picture, b"Width")?, size(document, picture, b"Height")?);
    let filters = filters(document, picture);
    let is_photo = filters.last().is_some_and(|filter| filter == b"DCTDecode" || filter == b"DCT");
    let channels = space.channels();
    let samples = if is_photo && filters.len() == 1 {
        photo(&picture.content, width, height)?
    } else {
        let samples = plain(document, picture, width, height, channels)?;
        turned(document, picture, space, &samples)?
    };
    let mut grey = picture.clone();
    for key in [&b"Decode"[..], b"DecodeParms", b"Mask", b"Alternates", b"Intent"] {
        // A mask that is a picture stays; one of colours means colours that are gone.
        if key != b"Mask" || matches!(value(document, &picture.dict, key), Some(Object::Array(_))) {
            grey.dict.remove(key);
        }
    }
    grey.dict.set("ColorSpace", Object::Name(b"DeviceGray".to_vec()));
    grey.dict.set("BitsPerComponent", 8);
    let (filter, content) = if is_photo {
        (&b"DCTDecode"[..], packed_photo(&samples, width, height)?)
    } else {
        (&b"FlateDecode"[..], compressed(&samples))
    };
    grey.dict.set("Filter", Object::Name(filter.to_vec()));
    grey.content = content;
    Some(grey)
}

/// The colours of a table in grey; the picture stays as it is.
fn with_grey_table(picture: &Stream, base: &Space, table: &[u8]) -> Stream {
    let level = |colour: &[u8]| {
        let colour = super::space::scaled(base, colour);
        (base.neutral(&colour).unwrap_or_else(|| base.grey(&colour)) * 255.0).round() as u8
    };
    let levels: Vec<u8> = table.chunks_exact(base.channels()).map(level).collect();
    let last = levels.len().saturating_sub(1) as i64;
    let name = |name: &str| Object::Name(name.as_bytes().to_vec());
    let levels = Object::String(levels, lopdf::StringFormat::Hexadecimal);
    let mut grey = picture.clone();
    grey.dict.set("ColorSpace", vec![name("Indexed"), name("DeviceGray"), last.into(), levels]);
    grey
}

fn size(document: &Document, picture: &Stream, key: &[u8]) -> Option<usize> {
    integer(document, &picture.dict, key).and_then(|size| usize::try_from(size).ok()).filter(|size| *size > 0)
}

fn filters(document: &Document, picture: &Stream) -> Vec<Vec<u8>> {
    let all = list(document, &picture.dict, b"Filter").iter();
    all.filter_map(|filter| Some(resolve(document, filter)?.as_name().ok()?.to_vec())).collect()
}

/// A photo as levels of grey.
fn photo(bytes: &[u8], width: usize, height: usize) -> Option<Vec<u8>> {
    let mut reader = image::ImageReader::with_format(std::io::Cursor::new(bytes), image::ImageFormat::Jpeg);
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(MAX_SAMPLES as u64 * 4);
    reader.limits(limits);
    let picture = reader.decode().ok()?.into_rgb8();
    let is_as_said = picture.width() as usize == width && picture.height() as usize == height;
    let mut levels = vec![0; width.checked_mul(height)?];
    let transform = transform(&ColorProfile::new_srgb(), Layout::Rgb)?;
    transform.transform(picture.as_raw(), &mut levels).ok().filter(|()| is_as_said)?;
    Some(levels)
}

fn packed_photo(levels: &[u8], width: usize, height: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (width, height) = (u32::try_from(width).ok()?, u32::try_from(height).ok()?);
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, QUALITY)
        .encode(levels, width, height, image::ExtendedColorType::L8)
        .ok()?;
    Some(bytes)
}

/// The samples of a picture that is no photo, as bytes.
fn plain(
    document: &Document,
    picture: &Stream,
    width: usize,
    height: usize,
    channels: usize,
) -> Option<Vec<u8>> {
    let bits =
        integer(document, &picture.dict, b"BitsPerComponent").and_then(|bits| usize::try_from(bits).ok())?;
    let count = width.checked_mul(height)?.checked_mul(channels)?;
    if count > MAX_SAMPLES || ![1, 2, 4, 8, 16].contains(&bits) {
        return None;
    }
    let packed = picture.decompressed_content_with_limit(MAX_SAMPLES * 2).ok()?;
    let row = (width * channels * bits).div_ceil(8);
    let sample = |row: &[u8], at: usize| match bits {
        8 => row.get(at).copied().unwrap_or_default(),
        16 => row.get(at * 2).copied().unwrap_or_default(),
        bits => {
            let byte = row.get(at * bits / 8).copied().unwrap_or_default();
            let level = u32::from(byte >> (8 - bits - at * bits % 8)) & ((1 << bits) - 1);
            (level * 255 / ((1 << bits) - 1)) as u8
        }
    };
    let mut samples: Vec<u8> = Vec::with_capacity(count);
    for at in 0..height {
        let row = packed.get(at * row..).unwrap_or_default();
        samples.extend((0..width * channels).map(|at| sample(row, at)));
    }
    decode(document, picture, channels, &mut samples);
    Some(samples)
}

/// Does what a picture says of the range of its samples.
fn decode(document: &Document, picture: &Stream, channels: usize, samples: &mut [u8]) {
    let Some(decode) = picture.dict.get(b"Decode").ok() else { return };
    let ranges: Vec<f32> =
        as_list(document, decode).iter().filter_map(|number| number.as_float().ok()).collect();
    if ranges.len() != channels * 2 {
        return;
    }
    for (at, sample) in samples.iter_mut().enumerate() {
        let [low, high] = [ranges[at % channels * 2], ranges[at % channels * 2 + 1]];
        let share = f32::from(*sample) / 255.0;
        *sample = ((low + share * (high - low)).clamp(0.0, 1.0) * 255.0).round() as u8;
    }
}

/// Samples of a space as levels of grey.
fn turned(document: &Document, picture: &Stream, space: &Space, samples: &[u8]) -> Option<Vec<u8>> {
    let (own, layout) = match space {
        Space::Rgb => (profile(document, picture).or_else(|| Some(ColorProfile::new_srgb())), Layout::Rgb),
        Space::Cmyk => (profile(document, picture), Layout::Rgba),
        Space::Unknown => return None,
        _ => (None, Layout::Rgb),
    };
    let channels = space.channels();
    let mut levels = vec![0; samples.len() / channels];
    if let Some(transform) = own.and_then(|own| transform(&own, layout)) {
        transform.transform(samples, &mut levels).ok()?;
        return Some(levels);
    }
    for (level, colour) in levels.iter_mut().zip(samples.chunks_exact(channels)) {
        *level = (space.grey(&super::space::scaled(space, colour)) * 255.0).round() as u8;
    }
    Some(levels)
}

/// The profile of a picture.
fn profile(document: &Document, picture: &Stream) -> Option<ColorProfile> {
    let space = picture.dict.get(b"ColorSpace").ok()?;
    let [_, profile] = as_list(document, space) else { return None };
    as_dict(document, profile)?;
    let stream = resolve(document, profile)?.as_stream().ok()?;
    let bytes = stream.decompressed_content_with_limit(16 << 20).ok()?;
    ColorProfile::new_from_slice(&bytes).ok()
}

fn transform(from: &ColorProfile, layout: Layout) -> Option<std::sync::Arc<moxcms::Transform8BitExecutor>> {
    let grey = ColorProfile::new_gray_with_gamma(GAMMA);
    from.create_transform_8bit(layout, &grey, Layout::Gray, TransformOptions::default()).ok()
}

#[cfg(test)]
mod tests {
    use lopdf::dictionary;

    use super::*;

    fn picture(space: &str, bits: i64, samples: &[u8]) -> Stream {
        let entries = dictionary! {
            "Subtype" => "Image", "Width" => 2, "Height" => 1, "BitsPerComponent" => bits,
            "ColorSpace" => Object::Name(space.as_bytes().to_vec()),
        };
        Stream::new(entries, samples.to_vec())
    }

    fn levels(picture: &Stream, space: &Space) -> Vec<u8> {
        let grey = grey(&Document::new(), picture, space).unwrap();
        assert_eq!(grey.dict.get(b"ColorSpace").unwrap().as_name().unwrap(), b"DeviceGray");
        grey.decompressed_content().unwrap()
    }

    #[test]
    fn white_stays_white_black_stays_black_and_colours_are_as_light_as_they_are() {
        let rgb = levels(&picture("DeviceRGB", 8, &[255, 255, 255, 0, 0, 0]), &Space::Rgb);
        assert_eq!(rgb, [255, 0]);
        let cmyk = levels(&picture("DeviceCMYK", 8, &[0, 0, 0, 0, 0, 0, 0, 255]), &Space::Cmyk);
        assert_eq!(cmyk, [255, 0]);
        let colours = levels(&picture("DeviceRGB", 8, &[255, 255, 0, 0, 0, 255]), &Space::Rgb);
        assert!(colours[0] > 220 && colours[1] < 120, "{colours:?}");
    }

    #[test]
    fn samples_of_all_sizes_are_read() {
        assert_eq!(levels(&picture("DeviceRGB", 1, &[0b1110_0000]), &Space::Rgb), [255, 0]);
        assert_eq!(levels(&picture("DeviceRGB", 4, &[0xff, 0xf0, 0x00]), &Space::Rgb), [255, 0]);
        let deep = [255, 0, 255, 0, 255, 0, 0, 9, 0, 9, 0, 9];
        assert_eq!(levels(&picture("DeviceRGB", 16, &deep), &Space::Rgb), [255, 0]);
        let mut inverted = picture("DeviceRGB", 8, &[255, 255, 255, 0, 0, 0]);
        let ranges: Vec<Object> = [1, 0, 1, 0, 1, 0].map(Object::from).to_vec();
        inverted.dict.set("Decode", ranges);
        assert_eq!(levels(&inverted, &Space::Rgb), [0, 255]);
        // What is cut off is black, and sizes that no memory holds are refused.
        assert_eq!(levels(&picture("DeviceRGB", 8, &[255, 255, 255]), &Space::Rgb), [255, 0]);
        let mut endless = picture("DeviceRGB", 8, &[]);
        endless.dict.set("Width", i64::MAX);
        assert!(grey(&Document::new(), &endless, &Space::Rgb).is_none());
    }

    #[test]
    fn a_photo_stays_a_photo() {
        let mut bytes = Vec::new();
        image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 90)
            .encode(&[200, 30, 30, 200, 30, 30], 2, 1, image::ExtendedColorType::Rgb8)
            .unwrap();
        let mut photo = picture("DeviceRGB", 8, &bytes);
        photo.dict.set("Filter", Object::Name(b"DCTDecode".to_vec()));
        let grey = grey(&Document::new(), &photo, &Space::Rgb).unwrap();
        let decoded = image::load_from_memory(&grey.content).unwrap();
        assert_eq!(decoded.color(), image::ColorType::L8);
    }

    #[test]
    fn a_table_of_colours_becomes_one_of_greys() {
        let space = Space::Table { base: Box::new(Space::Rgb), table: vec![255, 255, 255, 255, 0, 0] };
        let grey = grey(&Document::new(), &picture("x", 1, &[0b0100_0000]), &space).unwrap();
        let parts = grey.dict.get(b"ColorSpace").unwrap().as_array().unwrap();
        assert_eq!(parts[1].as_name().unwrap(), b"DeviceGray");
        assert_eq!(parts[3].as_str().unwrap(), [255, 126]);
        assert_eq!(grey.content, [0b0100_0000]);
    }
}
