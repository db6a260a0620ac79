//! What a page shows beside its content when it is printed: the looks of its annotations and fields.

use lopdf::{Dictionary, Document, Object, ObjectId};

use crate::pdf::objects::{as_dict, dict, integer, list, name, resolve, value};

/// The look of an annotation on a page.
pub(super) struct AnnotationLook {
    /// The drawing.
    pub drawing: ObjectId,
    /// Where it goes.
    pub matrix: [f32; 6],
}

/// Flags of annotations (ISO 32000-1, table 165).
const HIDDEN: i64 = 1 << 1;
const PRINT: i64 = 1 << 2;

/// Finds the looks that are printed, in the order in which they are drawn.
pub(super) fn printed(document: &Document, page: &Dictionary) -> Vec<AnnotationLook> {
    let all = list(document, page, b"Annots").iter();
    all.filter_map(|annotation| look(document, as_dict(document, annotation)?)).collect()
}

fn look(document: &Document, annotation: &Dictionary) -> Option<AnnotationLook> {
    let flags = integer(document, annotation, b"F").unwrap_or_default();
    let is_window = name(document, annotation, b"Subtype") == Some(b"Popup");
    if flags & HIDDEN != 0 || flags & PRINT == 0 || is_window {
        return None;
    }
    let looks = dict(document, annotation, b"AP")?;
    let mut look = looks.get(b"N").ok()?;
    if let Some(Object::Dictionary(states)) = resolve(document, look) {
        look = states.get(name(document, annotation, b"AS")?).ok()?;
    }
    let drawing = look.as_reference().ok()?;
    let stream = document.get_object(drawing).ok()?.as_stream().ok()?;
    let place = numbers::<4>(document, annotation, b"Rect")?;
    let area = numbers::<4>(document, &stream.dict, b"BBox")?;
    let own = numbers::<6>(document, &stream.dict, b"Matrix").unwrap_or([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
    Some(AnnotationLook { drawing, matrix: fitted(place, area, own)? })
}

/// The matrix that fits a drawing into its place (ISO 32000-1, 12.5.5); none if either is empty.
fn fitted(place: [f32; 4], area: [f32; 4], own: [f32; 6]) -> Option<[f32; 6]> {
    let [a, b, c, d, e, f] = own;
    let corners = [(0, 1), (2, 1), (0, 3), (2, 3)].map(|(x, y)| (area[x], area[y]));
    let shown = corners.map(|(x, y)| (a * x + c * y + e, b * x + d * y + f));
    let least = |values: [f32; 4]| values.into_iter().fold(f32::INFINITY, f32::min);
    let most = |values: [f32; 4]| values.into_iter().fold(f32::NEG_INFINITY, f32::max);
    let (xs, ys) = (shown.map(|corner| corner.0), shown.map(|corner| corner.1));
    let (left, bottom) = (least(xs), least(ys));
    let (width, height) = (most(xs) - left, most(ys) - bottom);
    let (to_left, to_bottom) = (place[0].min(place[2]), place[1].min(place[3]));
    let (to_width, to_height) = ((place[2] - place[0]).abs(), (place[3] - place[1]).abs());
    let (x, y) = (to_width / width, to_height / height);
    let is_sound = |scale: f32| scale.is_finite() && scale > 0.0;
    (is_sound(x) && is_sound(y)).then_some([x, 0.0, 0.0, y, to_left - left * x, to_bottom - bottom * y])
}

fn numbers<const N: usize>(document: &Document, parent: &Dictionary, key: &[u8]) -> Option<[f32; N]> {
    let entries = value(document, parent, key)?.as_array().ok()?;
    let number =
        |entry: &Object| resolve(document, entry)?.as_float().ok().filter(|number| number.is_finite());
    let numbers: Vec<f32> = entries.iter().filter_map(number).collect();
    numbers.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_fills_its_place_however_it_is_turned() {
        let plain = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];
        assert_eq!(
            fitted([110.0, 20.0, 10.0, 70.0], [0.0, 0.0, 50.0, 25.0], plain),
            Some([2.0, 0.0, 0.0, 2.0, 10.0, 20.0])
        );
        let turned = [0.0, 1.0, -1.0, 0.0, 0.0, 0.0];
        assert_eq!(
            fitted([0.0, 0.0, 25.0, 50.0], [0.0, 0.0, 50.0, 25.0], turned),
            Some([1.0, 0.0, 0.0, 1.0, 25.0, 0.0])
        );
        assert_eq!(fitted([0.0, 0.0, 10.0, 10.0], [5.0, 5.0, 5.0, 9.0], plain), None);
        assert_eq!(fitted([0.0, 0.0, 0.0, 10.0], [0.0, 0.0, 5.0, 9.0], plain), None);
    }
}
