"""Makes the fonts of the program from those of the Liberation project.

    pip install fonttools==4.68.0
    python3 fonts/unhint.py FOLDER

FOLDER has the four files LiberationSans-*.ttf. The programs that fit outlines to the pixels of a screen are taken out:
no printer and no reader of PDF uses them, and every PDF would carry them. Outlines, widths and the ids of glyphs stay;
the script fails if they do not. A changed font needs another name, says its licence.
"""

import sys
from pathlib import Path

from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont

OLD, NEW = "Liberation Sans", "Anlage Sans"
STYLES = ["Regular", "Bold", "Italic", "BoldItalic"]
# Hints for screens, and a signature that no longer holds.
DROPPED = ["fpgm", "prep", "cvt ", "hdmx", "VDMX", "LTSH", "gasp", "DSIG"]
# Names of the font itself; all others tell who made it, and stay.
OWN_NAMES = {1, 3, 4, 6, 16, 21}


def main() -> None:
    source, target = Path(sys.argv[1]), Path(__file__).parent
    for style in STYLES:
        old = TTFont(source / f"LiberationSans-{style}.ttf", recalcBBoxes=False, recalcTimestamp=False)
        before = shapes(old)
        without_hints(old)
        renamed(old)
        path = target / f"AnlageSans-{style}.ttf"
        old.save(path)
        assert shapes(TTFont(path)) == before, f"{path} has changed"
        print(f"{path.name}: {path.stat().st_size} bytes")


def shapes(font: TTFont) -> list:
    """What makes a page look as it does: for each glyph in its place the outline, the width and the characters."""
    glyphs, names = font.getGlyphSet(), font.getGlyphOrder()
    characters = sorted(font.getBestCmap().items())
    outlines = []
    for name in names:
        pen = DecomposingRecordingPen(glyphs)
        glyphs[name].draw(pen)
        outlines.append((pen.value, font["hmtx"][name]))
    vertical = [font["hhea"].ascent, font["hhea"].descent, font["OS/2"].sxHeight, font["OS/2"].sCapHeight]
    return [outlines, [(code, font.getGlyphID(name)) for code, name in characters], vertical]


def without_hints(font: TTFont) -> None:
    for table in DROPPED:
        if table in font:
            del font[table]
    for name in font.getGlyphOrder():
        font["glyf"][name].removeHinting()
    limits = font["maxp"]
    limits.maxZones = 1
    limits.maxTwilightPoints = limits.maxStorage = limits.maxFunctionDefs = 0
    limits.maxInstructionDefs = limits.maxStackElements = limits.maxSizeOfInstructions = 0


def renamed(font: TTFont) -> None:
    for record in font["name"].names:
        if record.nameID in OWN_NAMES:
            text = record.toUnicode().replace(OLD, NEW).replace("LiberationSans", "AnlageSans")
            record.string = text.replace("Liberation", "Anlage").replace("Ascender - ", "")
    left = [record.toUnicode() for record in font["name"].names if record.nameID in OWN_NAMES]
    assert not any("Liberation" in name for name in left), left


if __name__ == "__main__":
    main()
