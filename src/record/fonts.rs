//! The fonts of the binary and of a project, and the characters that they can show.
//!
//! Knows nothing of layout.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use include_dir::{Dir, include_dir};
use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use walkdir::WalkDir;

use crate::files;

static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/fonts");

/// The font family of every form.
pub const FAMILY: &str = "Anlage Sans";

const MAX_FONT_BYTES: u64 = 64 << 20;
const MAX_FONTS: usize = 64;

/// The fonts that a document can use.
#[derive(Debug)]
pub struct Fonts {
    /// The book in which typst looks up fonts by their properties.
    pub book: LazyHash<FontBook>,
    /// The fonts by their index in the book.
    pub fonts: Vec<Font>,
    /// The families in the order in which typst looks for a character.
    pub families: Vec<String>,
    /// A hash of the project's own fonts.
    pub fingerprint: String,
    /// The folder of the project's own fonts.
    pub folder: Option<PathBuf>,
    built_in: usize,
}

/// The fonts of all projects without fonts of their own: to read them takes longer than to check a record.
static SHARED: LazyLock<Arc<Fonts>> = LazyLock::new(|| {
    let files = BUILT_IN.files().filter(|file| is_font(file.path()));
    let fonts = files.flat_map(|file| faces(Bytes::new(file.contents())));
    Arc::new(Fonts::of(fonts.collect(), None))
});

impl Fonts {
    /// Returns the fonts of the binary.
    pub fn built_in() -> Arc<Self> {
        Arc::clone(&SHARED)
    }

    /// Returns the fonts of the binary, followed by those in a folder.
    pub fn with_folder(folder: &Path) -> Result<Self, files::ReadError> {
        let mut fonts = Self::built_in().fonts.clone();
        for path in font_files(folder) {
            fonts.extend(faces(Bytes::new(files::read(&path, MAX_FONT_BYTES)?)));
        }
        Ok(Self::of(fonts, Some(folder.to_path_buf())))
    }

    fn of(fonts: Vec<Font>, folder: Option<PathBuf>) -> Self {
        let mut families = vec![FAMILY.to_owned()];
        for font in &fonts {
            if !families.contains(&font.info().family) {
                families.push(font.info().family.clone());
            }
        }
        let built_in = BUILT_IN.files().filter(|file| is_font(file.path())).count();
        Self {
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fingerprint: files::hash(
                &fonts[built_in..].iter().map(|font| &font.data()[..]).collect::<Vec<_>>(),
            ),
            built_in,
            fonts,
            families,
            folder,
        }
    }

    /// Returns whether a character can be shown: in every style of the built-in family, or in any other font.
    pub fn covers(&self, c: char) -> bool {
        let has = |font: &Font| font.info().coverage.contains(c.into());
        let (built_in, others) = self.fonts.split_at(self.built_in);
        built_in.iter().all(has) || others.iter().any(has)
    }
}

/// Gives the upright file of the built-in family.
pub fn upright() -> Option<&'static [u8]> {
    BUILT_IN.get_file("AnlageSans-Regular.ttf").map(include_dir::File::contents)
}

/// Lists the files in a folder that are used as fonts.
pub fn font_files(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter().flatten();
    let fonts = entries.filter(|entry| entry.file_type().is_file() && is_font(entry.path()));
    fonts.map(walkdir::DirEntry::into_path).take(MAX_FONTS)
}

fn is_font(path: &Path) -> bool {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
    ["ttf", "otf", "ttc", "otc"].iter().any(|known| extension.eq_ignore_ascii_case(known))
}

fn faces(bytes: Bytes) -> impl Iterator<Item = Font> {
    (0..).map_while(move |index| Font::new(bytes.clone(), index))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_family_shows_german_and_its_neighbours() {
        let fonts = Fonts::built_in();
        assert_eq!(fonts.fonts.len(), 4);
        assert!(upright().is_some());
        for c in "aäöüßÄÖÜẞ€§„“‚‘–—…•²³½×éèçşğıłžčЖΩ".chars() {
            assert!(fonts.covers(c), "{c}");
        }
        assert!(!fonts.covers('漢'));
        assert!(!fonts.covers('😀'));
    }
}
