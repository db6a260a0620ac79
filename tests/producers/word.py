"""Writes a page as Word does: each run of letters an object of its own under a structure element, a TrueType font in
WinAnsiEncoding for most letters and a second one with two bytes a letter for quotes and what is rare, kerning within
words, objects in streams."""
import io
import struct
import sys
import zlib

from fontTools import subset
from fontTools.ttLib import TTFont

FONT = "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf"
LINES = [
    "Bericht der Verwaltung",
    "Der Rat nimmt den Bericht zur Kenntnis.",
    "Die offizielle Finanzierung für den Hof „Lütke Wentrup“ schafft am 3. April 2026 eine Grundpfandfläche",
    "von 1.250.000 Euro.",
    "Öhlmann & Söhne 471.003,50 Euro",
]
letters = sorted(set("".join(LINES)))
font = TTFont(FONT)
options = subset.Options()
options.drop_tables += ["GSUB", "GPOS", "GDEF", "kern", "FFTM"]
options.notdef_outline = True
cutter = subset.Subsetter(options)
cutter.populate(text="".join(letters))
cutter.subset(font)
out = io.BytesIO()
font.save(out)
program = out.getvalue()
widths, cmap, names = font["hmtx"], font.getBestCmap(), font.getGlyphOrder()
scale = 1000 / font["head"].unitsPerEm
glyph = {c: names.index(cmap[ord(c)]) for c in letters}
width = {c: round(widths[cmap[ord(c)]][0] * scale) for c in letters}

objects = {}


def add(body, data=None, packed=True):
    if data is not None:
        data = zlib.compress(data)
        body = body[:-2] + f"/Filter/FlateDecode/Length {len(data)}>>"
    objects[len(objects) + 1] = (body, data)
    return len(objects)


wide = set("„“–")
program_id = add(f"<</Length1 {len(program)}>>", program)
descriptor = add(
    f"<</Type/FontDescriptor/FontName/ABCDEE+LiberationSans/Flags 32/ItalicAngle 0/Ascent 905/Descent -210/CapHeight 728"
    f"/AvgWidth 441/MaxWidth 2665/FontWeight 400/XHeight 250/Leading 33/StemV 44/FontBBox[ -665 -210 2000 728]"
    f"/FontFile2 {program_id} 0 R>>"
)
codes = list(range(32, 253))
list_of_widths = " ".join(str(width.get(bytes([c]).decode("cp1252", "replace"), 0)) for c in codes)
simple = add(
    f"<</Type/Font/Subtype/TrueType/Name/F1/BaseFont/ABCDEE+LiberationSans/Encoding/WinAnsiEncoding"
    f"/FontDescriptor {descriptor} 0 R/FirstChar 32/LastChar 252/Widths[ {list_of_widths}]>>"
)
pairs = "".join(f"<{glyph[c]:04X}> <{ord(c):04X}>\n" for c in letters if c in wide)
table = add(
    "<<>>",
    (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo\n<< /Registry (Adobe) /Ordering "
        "(UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n1 begincodespacerange\n<0000> "
        f"<FFFF>\nendcodespacerange\n{pairs.count(chr(10))} beginbfchar\n{pairs}endbfchar\nendcmap\nCMapName currentdict "
        "/CMap defineresource pop\nend\nend"
    ).encode(),
)
info = add("<</Ordering(Identity)/Registry(Adobe)/Supplement 0>>")
descendant = add(
    f"<</BaseFont/ABCDEE+LiberationSans/Subtype/CIDFontType2/Type/Font/CIDToGIDMap/Identity/DW 1000"
    f"/CIDSystemInfo {info} 0 R/FontDescriptor {descriptor} 0 R"
    f"/W[ {' '.join(f'{glyph[c]}[ {width[c]}]' for c in letters if c in wide)}]>>"
)
double = add(
    f"<</Type/Font/Subtype/Type0/BaseFont/ABCDEE+LiberationSans/Encoding/Identity-H"
    f"/DescendantFonts[ {descendant} 0 R]/ToUnicode {table} 0 R>>"
)


def runs(line):
    """Letters of one font, cut after a few words."""
    run = ""
    for c in line:
        if run and ((c in wide) != (run[-1] in wide) or len(run) > 14 and c == " "):
            yield run
            run = ""
        run += c
    yield run


content, y, mark = "", 760.0, 0
for line in LINES:
    x = 70.8
    content += f"/P <</MCID {mark}>> BDC "
    for run in runs(line):
        if run[0] in wide:
            shown = f"/F2 9.96 Tf\n1 0 0 1 {x:.2f} {y:.2f} Tm\n0 g\n0 G\n[<{''.join(f'{glyph[c]:04X}' for c in run)}>] TJ"
        else:
            pieces = [run[i : i + 3] for i in range(0, len(run), 3)]
            escape = lambda s: s.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
            shown = f"/F1 9.96 Tf\n1 0 0 1 {x:.2f} {y:.2f} Tm\n0 g\n0 G\n[({')-3('.join(map(escape, pieces))})] TJ"
        content += f"q\n0.000008871 0 595.32 841.92 re\nW* n\nBT\n{shown}\nET\nQ\n"
        x += sum(width[c] for c in run) * 9.96 / 1000
    content += "EMC "
    y -= 21.0
    mark += 1
stream = add("<<>>", content.encode("cp1252"))
page, pages, root = len(objects) + 1, len(objects) + 2, len(objects) + 3
elements = [root + 2 + i for i in range(mark)]
add(
    f"<</Type/Page/Parent {pages} 0 R/Resources<</Font<</F1 {simple} 0 R/F2 {double} 0 R>>/ProcSet[/PDF/Text/ImageB"
    f"/ImageC/ImageI] >>/MediaBox[ 0 0 595.32 841.92] /Contents {stream} 0 R/Group<</Type/Group/S/Transparency"
    f"/CS/DeviceRGB>>/Tabs/S/StructParents 0>>"
)
add(f"<</Type/Pages/Count 1/Kids[ {page} 0 R] >>")
kids = " ".join(f"{e} 0 R" for e in elements)
add(
    f"<</Type/StructTreeRoot/K[ {root + 1} 0 R] /ParentTree<</Nums[ 0[ {kids}] ]>>/ParentTreeNextKey 1>>"
)
add(f"<</P {root} 0 R/S/Document/Type/StructElem/K[ {kids}] >>")
for i in range(mark):
    add(f"<</P {root + 1} 0 R/S/P/Type/StructElem/K[ {i}] /Pg {page} 0 R>>")
catalog = add(
    f"<</Type/Catalog/Pages {pages} 0 R/Lang(de) /StructTreeRoot {root} 0 R/MarkInfo<</Marked true>>"
    f"/ViewerPreferences<</DisplayDocTitle true>>>>"
)
about = add(
    "<</Title(Bericht) /Creator(\xfe\xff" + "".join("\0" + c for c in "Microsoft\xae Word") + ") >>"
)

# What is no stream lies in one.
file = bytearray(b"%PDF-1.7\r\n%\xb5\xb5\xb5\xb5\r\n")
places, inner = {}, [n for n, (_, data) in objects.items() if data is None]
for number, (body, data) in objects.items():
    if data is not None:
        places[number] = (1, len(file), 0)
        file += f"{number} 0 obj\r\n{body}\r\nstream\r\n".encode("latin-1") + data + b"\r\nendstream\r\nendobj\r\n"
holder = len(objects) + 1
head, bodies = "", ""
for index, number in enumerate(inner):
    head += f"{number} {len(bodies)} "
    bodies += objects[number][0] + "\r\n"
    places[number] = (2, holder, index)
data = zlib.compress((head + bodies).encode("latin-1"))
places[holder] = (1, len(file), 0)
file += f"{holder} 0 obj\r\n<</Type/ObjStm/N {len(inner)}/First {len(head)}/Filter/FlateDecode/Length {len(data)}>>\r\nstream\r\n".encode()
file += data + b"\r\nendstream\r\nendobj\r\n"
start = len(file)
places[holder + 1] = (1, start, 0)
rows = struct.pack(">BIH", 0, 0, 65535)
rows += b"".join(struct.pack(">BIH", *places[n]) for n in range(1, holder + 2))
data = zlib.compress(rows)
file += (
    f"{holder + 1} 0 obj\r\n<</Type/XRef/Size {holder + 2}/W[ 1 4 2] /Root {catalog} 0 R/Info {about} 0 R"
    f"/Filter/FlateDecode/Length {len(data)}>>\r\nstream\r\n"
).encode() + data + f"\r\nendstream\r\nendobj\r\nstartxref\r\n{start}\r\n%%EOF\r\n".encode()
open(sys.argv[1], "wb").write(file)
