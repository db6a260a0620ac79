//! Which stretches along the upper and lower edge of a page are drawn on, so that a stamp can stand where nothing is.
//!
//! Found in the process that makes a file fit; used where the page is stamped. Knows nothing of what the stamp says.

use kurbo::{Affine, Rect as Area};
use lopdf::{Dictionary, Document, Object};

use super::page_edges::PageEdges;
use super::part::{PageSource, View, page_sources};
use super::stamp::band;
use crate::pdf::objects::{as_dict, dict, integer, list, name, resolve};
use crate::pdf::text::{InkPage, Rect, ink};
use crate::pdf::{self, may_touch};

/// What the content of one page may unpack to, in bytes.
const MAX_PAGE_CONTENT: usize = 64 << 20;

/// More annotations at one edge leave no room there.
const MAX_STRETCHES: usize = 200;

impl PageEdges {
    /// Looks at all pages of a file; of one that cannot be read nothing is known.
    pub fn of_file(file: &[u8]) -> Vec<Self> {
        pdf::load(file).map(|document| Self::of(&document, file)).unwrap_or_default()
    }

    /// Looks at all pages of a document, which is read from this file.
    pub(super) fn of(document: &Document, file: &[u8]) -> Vec<Self> {
        let sources = page_sources(document);
        let mut edges: Vec<Self> = sources.iter().map(|page| Self::of_annotations(document, page)).collect();
        let is_unsure = |at: &usize| !edges[*at].top.is_empty() || may_be_drawn_on(document, &sources[*at]);
        let unsure: Vec<usize> = (0..sources.len()).filter(is_unsure).collect();
        if unsure.is_empty() {
            return edges;
        }
        // Read once more, one after another: together they may be too large.
        let pages = unsure.iter().map(|at| {
            let page = &sources[*at];
            InkPage { id: page.id, content: content(document, page), strips: strips(&page.view).to_vec() }
        });
        for (at, found) in unsure.iter().copied().zip(ink(file, pages)) {
            let all = vec![(0.0, sources[at].view.size().0)];
            let [top, bottom] = found.and_then(|found| found.try_into().ok()).unwrap_or([all.clone(), all]);
            edges[at].top.extend(top);
            edges[at].bottom.extend(bottom);
        }
        edges
    }

    /// What annotations show at the edges: fields, remarks, stamps of others.
    fn of_annotations(document: &Document, page: &PageSource) -> Self {
        let mut edges = Self::default();
        let [left, bottom, right, top] = page.view.area.map(f64::from);
        let area = Area::new(left, bottom, right, top);
        let [upper, lower] = strips(&page.view);
        let to_seen = Affine::new(page.view.upright().map(f64::from)).inverse();
        for annotation in list(document, &page.dictionary, b"Annots") {
            let Some(annotation) = as_dict(document, annotation) else { continue };
            let Some(rect) = rect(document, annotation) else { continue };
            edges.is_bounded |= area.union(rect) != area;
            if is_shown(document, annotation) {
                let seen = to_seen.transform_rect_bbox(rect);
                for (strip, stretches) in [(upper, &mut edges.top), (lower, &mut edges.bottom)] {
                    if seen.y0 < f64::from(strip.y1) && seen.y1 > f64::from(strip.y0) {
                        stretches.push((seen.x0 as f32, seen.x1 as f32));
                    }
                }
            }
        }
        for stretches in [&mut edges.top, &mut edges.bottom] {
            if stretches.len() > MAX_STRETCHES {
                *stretches = vec![(0.0, page.view.size().0)];
            }
        }
        edges
    }
}

/// Tells whether something may be drawn at the upper edge of a page, which is enough: a stamp stands there if it can.
fn may_be_drawn_on(document: &Document, page: &PageSource) -> bool {
    let [upper, _] = strips(&page.view).map(|strip| {
        let to_page = Affine::new(page.view.upright().map(f64::from));
        let [x0, y0, x1, y1] = [strip.x0, strip.y0, strip.x1, strip.y1].map(f64::from);
        to_page.transform_rect_bbox(Area::new(x0, y0, x1, y1))
    });
    let resources = dict(document, &page.dictionary, b"Resources");
    content(document, page).is_none_or(|content| may_touch(document, &content, resources, &[upper]))
}

fn content(document: &Document, page: &PageSource) -> Option<Vec<u8>> {
    document.get_page_content_with_limit(page.id, MAX_PAGE_CONTENT).ok()
}

/// The strips at the upper and at the lower edge in which stamps stand.
fn strips(view: &View) -> [Rect; 2] {
    let (width, height) = view.size();
    let [near, far] = band(view);
    let strip = |from: f32, to: f32| Rect { x0: 0.0, y0: from, x1: width, y1: to };
    [strip(height - far, height - near), strip(near, far)]
}

fn rect(document: &Document, annotation: &Dictionary) -> Option<Area> {
    let sides = list(document, annotation, b"Rect").iter();
    let sides = sides.map(|side| resolve(document, side)?.as_float().ok().map(f64::from));
    let [a, b, c, d] = sides.collect::<Option<Vec<f64>>>()?.try_into().ok()?;
    Some(Area::new(a, b, c, d).abs())
}

/// Tells whether an annotation has a look of its own on the page (ISO 32000-1, 12.5.3).
fn is_shown(document: &Document, annotation: &Dictionary) -> bool {
    const HIDDEN: i64 = 2;
    const NO_VIEW: i64 = 32;
    let flags = integer(document, annotation, b"F").unwrap_or_default();
    let kind = name(document, annotation, b"Subtype").unwrap_or_default();
    flags & (HIDDEN | NO_VIEW) == 0
        && ![&b"Link"[..], b"Popup"].contains(&kind)
        && !matches!(annotation.get(b"AP"), Ok(Object::Null) | Err(_))
}
