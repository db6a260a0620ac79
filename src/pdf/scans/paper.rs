//! The place of a scanned page on paper: the size, and the matrix that turns the image upright.

use image::metadata::Orientation;

/// The highest resolution that is embedded, in dots per inch.
const MAX_DPI: f64 = 300.0;
/// The resolutions that programs write if they know none.
const SAYS_NOTHING: [f64; 2] = [72.0, 96.0];
/// The lengths that a side of scanned paper may have, in millimetres.
const SIDES: std::ops::RangeInclusive<f64> = 30.0..=3000.0;
/// The sizes A0 to A6, in millimetres.
const A_SIZES: [(f64, f64); 7] = [
    (841.0, 1189.0),
    (594.0, 841.0),
    (420.0, 594.0),
    (297.0, 420.0),
    (210.0, 297.0),
    (148.0, 210.0),
    (105.0, 148.0),
];
const A4: (f64, f64) = A_SIZES[4];
/// The deviation from an A size that a scanner may have.
const TOLERANCE: f64 = 0.02;
const POINTS_PER_MM: f64 = 72.0 / 25.4;

/// A sheet of paper with an image on it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ScanPage {
    /// Its size in points.
    pub size: (f64, f64),
    /// The lower left corner and the size of the upright image on the paper, in points.
    pub image: [f64; 4],
    /// The matrix from the unit square of the stored image onto the paper.
    pub matrix: [f64; 6],
    /// The most pixels across and down that the stored image needs.
    pub most_pixels: (u32, u32),
}

impl ScanPage {
    /// Chooses the paper for an image of this many pixels.
    pub(super) fn of(pixels: (u32, u32), orientation: Orientation, resolution: Option<(f64, f64)>) -> Self {
        let turned = turns_sides(orientation);
        let measured = resolution.and_then(|resolution| measured(pixels, resolution));
        let stored = measured.unwrap_or_else(|| fitted(pixels, turned));
        let natural = swapped(stored, turned);
        let paper = match measured {
            Some(_) => snapped(natural),
            None => oriented(A4, natural.0 > natural.1),
        };
        // What is larger than its A size by the slip of a scanner is not cut off.
        let scale = (paper.0 / natural.0).min(paper.1 / natural.1).min(1.0);
        let (width, height) = (natural.0 * scale, natural.1 * scale);
        let (left, bottom) = ((paper.0 - width) / 2.0, (paper.1 - height) / 2.0);
        let image = [left, bottom, width, height].map(|side| side * POINTS_PER_MM);
        Self {
            size: (paper.0 * POINTS_PER_MM, paper.1 * POINTS_PER_MM),
            matrix: matrix(orientation, image),
            image,
            most_pixels: (needed(pixels.0, stored.0), needed(pixels.1, stored.1)),
        }
    }
}

/// Returns the size of the image in millimetres according to the file, if paper can have that size.
fn measured((width, height): (u32, u32), (across, down): (f64, f64)) -> Option<(f64, f64)> {
    let nothing = SAYS_NOTHING.iter().any(|dpi| (across - dpi).abs() < 0.5 && (down - dpi).abs() < 0.5);
    let usable = |dpi: f64| dpi.is_finite() && dpi > 1.0;
    if nothing || !usable(across) || !usable(down) || !(0.25..=4.0).contains(&(across / down)) {
        return None;
    }
    let size = (f64::from(width) / across * 25.4, f64::from(height) / down * 25.4);
    (SIDES.contains(&size.0) && SIDES.contains(&size.1)).then_some(size)
}

/// Returns the largest size at which the stored image fits onto A4, portrait or landscape, whichever suits it better.
fn fitted((width, height): (u32, u32), turned: bool) -> (f64, f64) {
    let (width, height) = (f64::from(width), f64::from(height));
    let paper = swapped(
        oriented(A4, swapped((width, height), turned).0 > swapped((width, height), turned).1),
        turned,
    );
    let scale = (paper.0 / width).min(paper.1 / height);
    (width * scale, height * scale)
}

fn snapped((width, height): (f64, f64)) -> (f64, f64) {
    let near = |side: f64, whole: f64| (side / whole - 1.0).abs() <= TOLERANCE;
    A_SIZES
        .iter()
        .map(|size| oriented(*size, width > height))
        .find(|size| near(width, size.0) && near(height, size.1))
        .unwrap_or((width, height))
}

fn oriented(size: (f64, f64), landscape: bool) -> (f64, f64) {
    swapped(size, landscape)
}

fn swapped<T>((a, b): (T, T), swap: bool) -> (T, T) {
    if swap { (b, a) } else { (a, b) }
}

/// Returns the pixels that a side needs; an excess within rounding is kept.
fn needed(pixels: u32, millimetres: f64) -> u32 {
    let most = millimetres / 25.4 * MAX_DPI;
    if f64::from(pixels) > most * 1.005 { most.round().max(1.0) as u32 } else { pixels }
}

fn turns_sides(orientation: Orientation) -> bool {
    orientation.to_exif() >= 5
}

/// Returns the matrix of an orientation in TIFF (TIFF 6.0, page 36): where the first row and the first column go.
fn matrix(orientation: Orientation, [x, y, w, h]: [f64; 4]) -> [f64; 6] {
    match orientation {
        Orientation::NoTransforms => [w, 0.0, 0.0, h, x, y],
        Orientation::FlipHorizontal => [-w, 0.0, 0.0, h, x + w, y],
        Orientation::Rotate180 => [-w, 0.0, 0.0, -h, x + w, y + h],
        Orientation::FlipVertical => [w, 0.0, 0.0, -h, x, y + h],
        Orientation::Rotate90FlipH => [0.0, -h, -w, 0.0, x + w, y + h],
        Orientation::Rotate90 => [0.0, -h, w, 0.0, x, y + h],
        Orientation::Rotate270FlipH => [0.0, h, w, 0.0, x, y],
        Orientation::Rotate270 => [0.0, h, -w, 0.0, x + w, y],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millimetres(paper: &ScanPage) -> (f64, f64) {
        let round = |points: f64| (points / POINTS_PER_MM * 10.0).round() / 10.0;
        (round(paper.size.0), round(paper.size.1))
    }

    #[test]
    fn the_resolution_gives_the_size_and_a_sizes_snap() {
        let of = |pixels, dpi| ScanPage::of(pixels, Orientation::NoTransforms, dpi);
        let scanned = of((2496, 3520), Some((300.0, 300.0)));
        assert_eq!(millimetres(&scanned), (210.0, 297.0));
        assert_eq!(scanned.most_pixels, (2496, 3520));
        assert!(scanned.image[2] <= scanned.size.0 && scanned.image[3] <= scanned.size.1);
        assert_eq!(millimetres(&of((4960, 3508), Some((300.0, 300.0)))), (420.0, 297.0));
        assert_eq!(millimetres(&of((1728, 1145), Some((204.0, 98.0)))), (215.2, 296.8));
        assert_eq!(of((4960, 7016), Some((600.0, 600.0))).most_pixels, (2480, 3508));
    }

    #[test]
    fn without_a_resolution_that_can_be_it_lies_on_a4() {
        for dpi in [None, Some((72.0, 72.0)), Some((0.0, 0.0)), Some((f64::NAN, 1.0)), Some((9e9, 9e9))] {
            let paper = ScanPage::of((4000, 3000), Orientation::NoTransforms, dpi);
            assert_eq!(millimetres(&paper), (297.0, 210.0));
            assert_eq!(paper.most_pixels, (3307, 2480));
        }
        let turned = ScanPage::of((4000, 3000), Orientation::Rotate90, None);
        assert_eq!(millimetres(&turned), (210.0, 297.0));
        assert_eq!(turned.most_pixels, (3307, 2480));
    }
}
