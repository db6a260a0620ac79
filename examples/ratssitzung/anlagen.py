"""Makes the file annexes of the two example sessions: site plans, statements, tables as they come to a council office.

Every kind of file that a packet has to take is among them. Run once, the files are committed; the same bytes each time.
Needs reportlab, pikepdf, fonttools and Pillow. Everything in them is invented.
"""

import io
import math
import random
from pathlib import Path

import pikepdf
from fontTools import subset
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from pikepdf import Array, Dictionary, Name
from reportlab.lib.colors import HexColor, black, white
from reportlab.lib.pagesizes import A3, A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

HERE = Path(__file__).parent
FONTS = HERE.parent.parent / "fonts"
RAT = HERE / "vorlagen"
BEZIRK = HERE.parent / "bezirksvertretung" / "vorlagen"
REGULAR, BOLD = "AnlageSans", "AnlageSans-Bold"


def light(file):
    """The font without hints and what German papers do not need: that is most of its size."""
    options = subset.Options(hinting=False, layout_features=[], notdef_outline=True, name_IDs=[1, 2, 4, 6], drop_tables=["FFTM"])
    font = subset.load_font(str(FONTS / file), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[*range(0x20, 0x7F), *range(0xA0, 0x100), *map(ord, "–„“”‚‘’…€")])
    subsetter.subset(font)
    out = io.BytesIO()
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    font.save(out)
    out.seek(0)
    return out


for name, file in ((REGULAR, "AnlageSans-Regular.ttf"), (BOLD, "AnlageSans-Bold.ttf")):
    pdfmetrics.registerFont(TTFont(name, light(file)))


# Building blocks


class Sheet:
    """A PDF with helpers for the running text of a paper."""

    def __init__(self, title, size=A4, author="Stadt Münster"):
        self.file = io.BytesIO()
        self.canvas = Canvas(self.file, pagesize=size, invariant=1, initialFontName=REGULAR)
        self.canvas.setTitle(title)
        self.canvas.setAuthor(author)
        self.width, self.height = size
        self.y = size[1] - 30 * mm

    def heading(self, text, size=15):
        self.canvas.setFont(BOLD, size)
        self.canvas.drawString(25 * mm, self.y, text)
        self.y -= size * 1.5

    def text(self, text, size=10.5, font=REGULAR, indent=0):
        width = self.width - 50 * mm - indent
        self.canvas.setFont(font, size)
        for line in wrapped(text, font, size, width):
            self.canvas.drawString(25 * mm + indent, self.y, line)
            self.y -= size * 1.4
        self.y -= size * 0.5

    def table(self, rows, widths, size=9.5):
        left = 25 * mm
        for number, row in enumerate(rows):
            font = BOLD if number == 0 or row[0] == "Summe" else REGULAR
            cells = [wrapped(cell, font, size, width * mm - 6) for cell, width in zip(row, widths)]
            height = max(len(lines) for lines in cells) * size * 1.3 + 5
            x = left
            for lines, width, cell in zip(cells, widths, row):
                self.canvas.setFillColor(HexColor("#e3e9ef") if number == 0 else white)
                self.canvas.rect(x, self.y - height, width * mm, height, stroke=1, fill=1)
                self.canvas.setFillColor(black)
                self.canvas.setFont(font, size)
                numeric = number > 0 and cell[:1].isdigit() and cell.replace(".", "").replace(",", "").isdigit()
                for at, line in enumerate(lines):
                    y = self.y - size * 1.3 * (at + 1)
                    if numeric:
                        self.canvas.drawRightString(x + width * mm - 3, y, line)
                    else:
                        self.canvas.drawString(x + 3, y, line)
                x += width * mm
            self.y -= height
        self.y -= 12

    def page(self):
        self.canvas.showPage()
        self.y = self.height - 30 * mm

    def bytes(self):
        self.canvas.save()
        return self.file.getvalue()


def wrapped(text, font, size, width):
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if pdfmetrics.stringWidth(longer, font, size) > width and line:
            lines.append(line)
            line = word
        else:
            line = longer
    return lines + [line]


def site_plan(canvas, x, y, width, height, seed, labels=True):
    """Streets, parcels, buildings and trees in a frame, with a north arrow and a scale bar."""
    chance = random.Random(seed)
    canvas.saveState()
    path = canvas.beginPath()
    path.rect(x, y, width, height)
    canvas.clipPath(path)
    canvas.setFillColor(HexColor("#eef3e6"))
    canvas.rect(x, y, width, height, stroke=0, fill=1)
    street = min(width, height) * 0.07
    rows, columns = 3, 4
    canvas.setFillColor(HexColor("#d8d8d4"))
    for row in range(1, rows):
        canvas.rect(x, y + height * row / rows - street / 2, width, street, stroke=0, fill=1)
    canvas.rect(x + width * 0.62, y, street, height, stroke=0, fill=1)
    for row in range(rows):
        for column in range(columns):
            left = x + width * column / columns + street * 0.7
            bottom = y + height * row / rows + street * 0.8
            wide, high = width / columns - street * 1.4, height / rows - street * 1.6
            inside = row == 1 and column in (0, 1)
            canvas.setStrokeColor(HexColor("#9a9a8c"))
            canvas.setFillColor(HexColor("#f6e3c9" if inside else "#f8f8f2"))
            canvas.rect(left, bottom, wide, high, stroke=1, fill=1)
            canvas.setFillColor(HexColor("#c0504d" if inside else "#8c8c8c"))
            deep = high * (0.35 + 0.2 * chance.random())
            canvas.rect(left + wide * 0.15, bottom + high * 0.2, wide * (0.4 + 0.2 * chance.random()), deep, stroke=0, fill=1)
            canvas.setFillColor(HexColor("#6fa05a"))
            for _ in range(4):
                canvas.circle(left + wide * chance.random(), bottom + high * (0.8 + 0.2 * chance.random()), street * 0.14, stroke=0, fill=1)
    if labels:
        canvas.setFillColor(black)
        canvas.setFont(REGULAR, street * 0.42)
        canvas.drawString(x + street, y + height / rows - street * 0.15, "Nienkamp")
        canvas.drawString(x + street, y + height * 2 / rows - street * 0.15, "Am Lohkamp")
    # The area of the plan: a broken line, as the Planzeichenverordnung has it.
    canvas.setStrokeColor(black)
    canvas.setLineWidth(street * 0.08)
    canvas.setDash(street * 0.4, street * 0.2)
    canvas.rect(x + street * 0.4, y + height / rows + street * 0.55, width / 2 - street * 0.6, height / rows - street * 1.1, stroke=1, fill=0)
    canvas.restoreState()
    canvas.setLineWidth(1)
    canvas.rect(x, y, width, height, stroke=1, fill=0)
    north(canvas, x + width - street * 0.9, y + height - street * 1.8, street)
    bar = width / 5
    canvas.rect(x + width - bar - street * 0.4, y + street * 0.4, bar / 2, street * 0.12, stroke=1, fill=1)
    canvas.rect(x + width - bar / 2 - street * 0.4, y + street * 0.4, bar / 2, street * 0.12, stroke=1, fill=0)
    canvas.setFont(REGULAR, street * 0.35)
    canvas.drawString(x + width - bar - street * 0.4, y + street * 0.65, "0")
    canvas.drawRightString(x + width - street * 0.4, y + street * 0.65, "50 m")


def north(canvas, x, y, size):
    path = canvas.beginPath()
    path.moveTo(x, y + size)
    path.lineTo(x - size * 0.3, y)
    path.lineTo(x, y + size * 0.25)
    path.lineTo(x + size * 0.3, y)
    path.close()
    canvas.setFillColor(black)
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.setFont(BOLD, size * 0.4)
    canvas.drawCentredString(x, y + size * 1.05, "N")


def title_block(canvas, right, bottom, lines):
    width, height = 92 * mm, 34 * mm
    canvas.setFillColor(white)
    canvas.rect(right - width, bottom, width, height, stroke=1, fill=1)
    canvas.setFillColor(black)
    for at, (font, size, text) in enumerate(lines):
        canvas.setFont(font, size)
        canvas.drawString(right - width + 4 * mm, bottom + height - 8 * mm - at * 6.5 * mm, text)


def changed(data, change, **options):
    """The file after a change with pikepdf."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        change(pdf)
        out = io.BytesIO()
        pdf.save(out, **(options or {"deterministic_id": True}))
    return out.getvalue()


def write(folder, name, data):
    folder.mkdir(parents=True, exist_ok=True)
    assert len(data) < 60_000, f"{name}: {len(data)} bytes"
    (folder / name).write_bytes(data)


# The zoning plan: an annex in every kind of PDF


def landscape_plan():
    sheet = Sheet("Übersichtsplan zum Bebauungsplan Nr. 631", landscape(A3), "Stadtplanungsamt")
    canvas = sheet.canvas
    site_plan(canvas, 15 * mm, 15 * mm, sheet.width - 30 * mm, sheet.height - 30 * mm, seed=631)
    title_block(canvas, sheet.width - 15 * mm, sheet.height - 15 * mm - 34 * mm - 0, [
        (BOLD, 13, "Übersichtsplan"),
        (REGULAR, 10, "Bebauungsplan Nr. 631 „Nienkamp / Am Lohkamp“"),
        (REGULAR, 10, "Maßstab 1 : 1.000 (im Original A3)"),
        (REGULAR, 10, "Stadtplanungsamt, 10. März 2025"),
    ])
    return sheet.bytes()


def rotated_plan():
    """Drawn upright on A3, shown turned by a quarter."""
    sheet = Sheet("Planzeichnung zum Bebauungsplan Nr. 631", A3, "Stadtplanungsamt")
    canvas = sheet.canvas
    canvas.saveState()
    canvas.translate(sheet.width, 0)
    canvas.rotate(90)
    wide, high = sheet.height, sheet.width
    site_plan(canvas, 15 * mm, 15 * mm, wide - 130 * mm, high - 30 * mm, seed=632)
    x, y = wide - 108 * mm, high - 25 * mm
    canvas.setFont(BOLD, 14)
    canvas.drawString(x, y, "Planzeichnung")
    canvas.setFont(REGULAR, 10)
    for colour, text in (
        ("#f6e3c9", "WA – Allgemeines Wohngebiet (§ 4 BauNVO)"),
        ("#d8d8d4", "Öffentliche Verkehrsfläche"),
        ("#c0504d", "Geplante Gebäude, zwei bis drei Geschosse"),
        ("#8c8c8c", "Vorhandene Gebäude"),
        ("#6fa05a", "Zu erhaltende Bäume"),
    ):
        y -= 10 * mm
        canvas.setFillColor(HexColor(colour))
        canvas.rect(x, y - 1 * mm, 10 * mm, 5 * mm, stroke=1, fill=1)
        canvas.setFillColor(black)
        canvas.drawString(x + 14 * mm, y, text)
    title_block(canvas, wide - 15 * mm, 15 * mm, [
        (BOLD, 13, "Bebauungsplan Nr. 631"),
        (REGULAR, 10, "„Nienkamp / Am Lohkamp“"),
        (REGULAR, 10, "Maßstab 1 : 500 (im Original A0)"),
        (REGULAR, 10, "Entwurf zum Satzungsbeschluss"),
    ])
    canvas.restoreState()

    def turned(pdf):
        pdf.pages[0].Rotate = 90

    return changed(sheet.bytes(), turned)


def provisions():
    """A plain portrait PDF of two pages."""
    sheet = Sheet("Textliche Festsetzungen zum Bebauungsplan Nr. 631", author="Stadtplanungsamt")
    sheet.heading("Textliche Festsetzungen")
    sheet.text("zum Bebauungsplan Nr. 631 „Nienkamp / Am Lohkamp“ der Stadt Münster", font=BOLD)
    rules = [
        ("1. Art der baulichen Nutzung", "Im allgemeinen Wohngebiet sind die nach § 4 Abs. 3 Nr. 4 und 5 BauNVO ausnahmsweise zulässigen Gartenbaubetriebe und Tankstellen nicht Bestandteil des Bebauungsplans."),
        ("2. Maß der baulichen Nutzung", "Die zulässige Grundfläche darf durch Stellplätze mit ihren Zufahrten bis zu einer Grundflächenzahl von 0,6 überschritten werden. Die Höhe der baulichen Anlagen wird von der Oberkante der fertigen Erschließungsstraße gemessen."),
        ("3. Bauweise", "In den mit „a“ bezeichneten Bereichen gilt eine abweichende Bauweise: Gebäude dürfen länger als 50 Meter sein, wenn sie höchstens alle 25 Meter um mindestens zwei Meter gegliedert sind."),
        ("4. Flächen für Stellplätze", "Stellplätze und Carports sind nur in den dafür festgesetzten Flächen zulässig. Je Wohnung sind zwei überdachte Abstellplätze für Fahrräder herzustellen."),
        ("5. Grünordnung", "Flachdächer sind mit einer mindestens zwölf Zentimeter starken Substratschicht zu begrünen. Die Begrünung ist mit Anlagen zur Nutzung der Sonnenenergie zu verbinden. Die als zu erhalten festgesetzten Bäume sind bei Abgang gleichwertig zu ersetzen."),
        ("6. Niederschlagswasser", "Das auf den Grundstücken anfallende Niederschlagswasser ist über belebte Bodenschichten zu versickern. Notüberläufe in den öffentlichen Kanal sind mit einer Drosselung von drei Litern je Sekunde und Hektar zulässig."),
        ("7. Immissionsschutz", "In den gekennzeichneten Fassaden müssen die Außenbauteile von Aufenthaltsräumen die Anforderungen des Lärmpegelbereichs III nach DIN 4109-1 erfüllen. Schlafräume sind mit schallgedämmten Lüftungen auszustatten."),
        ("8. Geförderter Wohnraum", "Mindestens 30 Prozent der Geschossfläche sind so zu errichten, dass sie mit Mitteln der sozialen Wohnraumförderung gefördert werden können."),
    ]
    for number, (heading, text) in enumerate(rules):
        if number == 6:
            sheet.page()
        sheet.heading(heading, 11.5)
        sheet.text(text)
    return sheet.bytes()


def reasoning():
    """Outlines, named destinations, and links between its pages."""
    sheet = Sheet("Begründung zum Bebauungsplan Nr. 631", author="Stadtplanungsamt")
    canvas = sheet.canvas
    parts = [
        ("anlass", "1 Anlass und Ziel der Planung", [
            "Münster braucht zusätzlichen Wohnraum. Das Handlungskonzept Wohnen sieht vor, jährlich Baurecht für 2.000 Wohnungen zu schaffen. Die Fläche zwischen Nienkamp und Am Lohkamp liegt brach, seit die Gärtnerei ihren Betrieb im Jahr 2019 aufgegeben hat.",
            "Vorgesehen sind 84 Wohnungen in zwei- bis dreigeschossigen Gebäuden und eine Gemeinschaftsfläche für das Quartier.",
        ]),
        ("planung", "2 Inhalt der Planung", [
            "Das Plangebiet umfasst 1,9 Hektar. Es wird vom Nienkamp aus über eine Stichstraße erschlossen, die als verkehrsberuhigter Bereich ausgebildet ist. Ein Weg für Fuß- und Radverkehr führt weiter zur Straße Am Lohkamp.",
            "Die Grundflächenzahl von 0,4 entspricht dem Orientierungswert der Baunutzungsverordnung für allgemeine Wohngebiete.",
        ]),
        ("abwaegung", "3 Abwägung", [
            "Aus der Öffentlichkeit gingen während der Auslegung vom 6. Januar bis zum 7. Februar 2025 elf Stellungnahmen ein. Sie betrafen vor allem den Verkehr auf dem Nienkamp, den Erhalt der Bäume und die Höhe der Gebäude am Südrand.",
            "Der Anregung, die Gebäude am Südrand auf zwei Geschosse zu begrenzen, wurde gefolgt. Eine zweite Zufahrt von der Straße Am Lohkamp wurde geprüft, wegen des Baumbestandes aber verworfen.",
        ]),
    ]
    canvas.bookmarkPage("inhalt")
    canvas.addOutlineEntry("Begründung zum Bebauungsplan Nr. 631", "inhalt", 0)
    sheet.heading("Begründung")
    sheet.text("zum Bebauungsplan Nr. 631 „Nienkamp / Am Lohkamp“", font=BOLD)
    sheet.heading("Inhalt", 12)
    for number, (key, title, _) in enumerate(parts):
        canvas.linkRect("", key, (25 * mm, sheet.y - 4, 120 * mm, sheet.y + 11), Border="[0 0 0]")
        sheet.text(f"{title} … Seite {number + 2}")
    for key, title, texts in parts:
        sheet.page()
        canvas.bookmarkPage(key)
        canvas.addOutlineEntry(title, key, 1)
        sheet.heading(title, 13)
        for text in texts:
            sheet.text(text)
        canvas.linkRect("", "inhalt", (25 * mm, sheet.y - 4, 70 * mm, sheet.y + 11), Border="[0 0 0]")
        sheet.text("Zurück zum Inhalt")
    return sheet.bytes()


def tagged(title, author, date, blocks):
    """A tagged PDF that claims PDF/A-2a and PDF/UA-1: headings, paragraphs and one table."""
    sheet = Sheet(title, author=author)
    code = sheet.canvas._code
    elements = []

    def mark(kind, draw):
        code.append(f"/{kind} <</MCID {len(elements)}>> BDC")
        elements.append(kind)
        draw()
        code.append("EMC")

    tables = []
    for kind, content in blocks:
        if kind == "H1":
            mark("H1", lambda: sheet.heading(content))
        elif kind == "H2":
            mark("H2", lambda: sheet.heading(content, 12))
        elif kind == "P":
            mark("P", lambda: sheet.text(content))
        else:
            rows, widths = content
            first = len(elements)
            sheet.canvas.setFont(REGULAR, 9.5)
            for number, row in enumerate(rows):
                x, size = 25 * mm, 9.5
                for cell, width in zip(row, widths):
                    font = BOLD if number == 0 else REGULAR
                    sheet.canvas.setFont(font, size)
                    draw = lambda: sheet.canvas.drawString(x + 2, sheet.y, cell)
                    mark("TH" if number == 0 else "TD", draw)
                    x += width * mm
                code.append("/Artifact BMC")
                sheet.canvas.line(25 * mm, sheet.y - 4, x, sheet.y - 4)
                code.append("EMC")
                sheet.y -= 16
            tables.append((first, len(rows), len(widths)))
            sheet.y -= 8

    def structure(pdf):
        page = pdf.pages[0].obj
        page.StructParents = 0
        page.Tabs = Name.S
        root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        document = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=root))
        made, kids = [], []

        def element(kind, parent, **more):
            return pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name("/" + kind), P=parent, Pg=page, **more))

        at = 0
        while at < len(elements):
            table = next((table for table in tables if table[0] == at), None)
            if table is None:
                made.append(element(elements[at], document, K=at))
                kids.append(made[-1])
                at += 1
                continue
            _, rows, columns = table
            whole = element("Table", document)
            lines = []
            for _ in range(rows):
                line = element("TR", whole)
                cells = []
                for _ in range(columns):
                    scope = {"A": Dictionary(O=Name.Table, Scope=Name.Column)} if elements[at] == "TH" else {}
                    cells.append(element(elements[at], line, K=at, **scope))
                    at += 1
                line.K = Array(cells)
                made += cells
                lines.append(line)
            whole.K = Array(lines)
            kids.append(whole)
        document.K = Array(kids)
        root.K = Array([document])
        root.ParentTree = pdf.make_indirect(Dictionary(Nums=Array([0, Array(made)])))
        root.ParentTreeNextKey = 1
        pdf.Root.StructTreeRoot = root
        pdf.Root.MarkInfo = Dictionary(Marked=True)
        pdf.Root.Lang = "de-DE"
        pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        profile = pdf.make_stream((HERE.parent.parent / "src/pdf/srgb-v4.icc").read_bytes(), N=3)
        pdf.Root.OutputIntents = Array([Dictionary(
            Type=Name.OutputIntent, S=Name.GTS_PDFA1, OutputConditionIdentifier="sRGB", Info="sRGB IEC61966-2.1",
            DestOutputProfile=profile)])
        if "/PageMode" in pdf.Root:
            del pdf.Root.PageMode
        # reportlab writes dates of its own.
        for key in list(pdf.docinfo.keys()):
            del pdf.docinfo[key]
        metadata = (HERE.parent.parent / "src/pdf/scans/metadata.xmp").read_text()
        dates = f"<xmp:CreateDate>{date}</xmp:CreateDate>\n"
        xmp = metadata.format(title=title, author=author, producer="reportlab, pikepdf", dates=dates)
        pdf.Root.Metadata = pdf.make_stream(xmp.encode(), Type=Name.Metadata, Subtype=Name.XML)

    return changed(sheet.bytes(), structure)


def environment_report():
    return tagged("Umweltbericht zum Bebauungsplan Nr. 631 – Zusammenfassung", "Amt für Grünflächen, Umwelt und Nachhaltigkeit", "2025-03-10", [
        ("H1", "Umweltbericht – Zusammenfassung"),
        ("P", "Der Umweltbericht nach § 2a BauGB beschreibt, wie sich der Bebauungsplan Nr. 631 auf die Umwelt auswirkt. Grundlage sind die Biotoptypenkartierung und die Artenschutzprüfung aus dem Jahr 2024."),
        ("H2", "Auswirkungen auf die Schutzgüter"),
        ("P", "Erhebliche Auswirkungen gibt es nur auf den Boden: rund 8.200 Quadratmeter werden neu versiegelt. Sie werden auf städtischen Flächen in der Gelmerheide ausgeglichen."),
        ("Table", ([
            ["Schutzgut", "Auswirkung", "Ausgleich"],
            ["Boden", "erheblich", "8.200 m² Entsiegelung und Extensivierung"],
            ["Wasser", "gering", "Versickerung auf den Grundstücken"],
            ["Klima und Luft", "gering", "Dachbegrünung, 38 neue Bäume"],
            ["Tiere und Pflanzen", "gering", "sechs Nistkästen für Mauersegler"],
            ["Mensch", "gering", "Lärmschutz an den Fassaden"],
        ], [42, 36, 82])),
        ("H2", "Ergebnis"),
        ("P", "Bei Umsetzung der Maßnahmen verbleiben keine erheblichen nachteiligen Umweltauswirkungen. Die Maßnahmen werden drei und fünf Jahre nach Fertigstellung überprüft."),
    ])


def sound_report():
    """Its MediaBox begins neither at 0 nor at a whole number."""
    sheet = Sheet("Schalltechnische Stellungnahme zum Bebauungsplan Nr. 631", author="Ingenieurbüro Halvermann")
    sheet.heading("Schalltechnische Stellungnahme")
    sheet.text("Ingenieurbüro Halvermann, Münster, 18. November 2024", font=BOLD)
    sheet.text("Berechnet wurden die Beurteilungspegel durch den Straßenverkehr auf dem Nienkamp nach den Richtlinien für den Lärmschutz an Straßen (RLS-19) für das Prognosejahr 2035. Maßgeblich sind die Orientierungswerte der DIN 18005 für allgemeine Wohngebiete.")
    sheet.table([
        ["Immissionsort", "tags in dB(A)", "nachts in dB(A)", "Orientierungswert tags/nachts", "Überschreitung"],
        ["IO 1, Nienkamp 12, Nordfassade", "58,4", "50,6", "55/45", "ja"],
        ["IO 2, Nienkamp 12, Südfassade", "47,9", "40,2", "55/45", "nein"],
        ["IO 3, Haus 4, Ostfassade", "54,1", "46,3", "55/45", "nachts"],
        ["IO 4, Haus 7, Innenhof", "43,0", "35,5", "55/45", "nein"],
    ], [52, 25, 25, 34, 24])
    sheet.text("Die Überschreitungen an den Immissionsorten 1 und 3 lassen sich durch die Stellung der Grundrisse und durch passiven Schallschutz nach Lärmpegelbereich III bewältigen. Aktive Maßnahmen sind wegen der Zufahrten nicht sinnvoll.")

    def offset(pdf):
        for page in pdf.pages:
            page.contents_add(b"q 1 0 0 1 -212.5 340.25 cm", prepend=True)
            page.contents_add(b"Q")
            page.MediaBox = Array([-212.5, 340.25, round(A4[0] - 212.5, 2), round(A4[1] + 340.25, 2)])
            page.CropBox = page.MediaBox

    return changed(sheet.bytes(), offset)


def long_section():
    """An odd size: 900 by 297 millimetres."""
    size = (900 * mm, 297 * mm)
    sheet = Sheet("Längsschnitt der Erschließungsstraße", size, "Amt für Mobilität und Tiefbau")
    canvas = sheet.canvas
    canvas.setFont(BOLD, 20)
    canvas.drawString(25 * mm, size[1] - 25 * mm, "Längsschnitt der Erschließungsstraße, Maßstab 1 : 250 / 1 : 25")
    left, bottom, width = 40 * mm, 80 * mm, 820 * mm
    heights = [58.4, 58.6, 59.1, 59.3, 59.2, 58.9, 58.7, 58.8, 59.4, 59.9, 60.1]
    ground = [58.1, 58.9, 59.0, 59.6, 59.0, 58.6, 58.9, 58.5, 59.6, 59.8, 60.2]
    canvas.setFont(REGULAR, 12)
    for station, (height, terrain) in enumerate(zip(heights, ground)):
        x = left + width * station / 10
        canvas.setStrokeColor(HexColor("#aaaaaa"))
        canvas.line(x, bottom - 40 * mm, x, bottom + 150 * mm)
        canvas.drawCentredString(x, bottom - 14 * mm, f"0+{station * 20:03d}")
        canvas.drawCentredString(x, bottom - 26 * mm, f"{height:.2f}".replace(".", ","))
        canvas.drawCentredString(x, bottom - 38 * mm, f"{terrain:.2f}".replace(".", ","))
    for text, y in (("Station", 14), ("Gradiente", 26), ("Gelände", 38)):
        canvas.drawString(6 * mm, bottom - y * mm, text)
    for values, colour in ((ground, "#7a5c3a"), (heights, "#c00000")):
        canvas.setStrokeColor(HexColor(colour))
        canvas.setLineWidth(2)
        points = [(left + width * at / 10, bottom + (value - 58) * 60 * mm) for at, value in enumerate(values)]
        for (x1, y1), (x2, y2) in zip(points, points[1:]):
            canvas.line(x1, y1, x2, y2)
    return sheet.bytes()


def layered_plan():
    """Three layers, one of them off."""
    sheet = Sheet("Leitungsplan", landscape(A4), "Amt für Mobilität und Tiefbau")
    canvas = sheet.canvas
    code = canvas._code
    code.append("/OC /Lageplan BDC")
    site_plan(canvas, 15 * mm, 15 * mm, sheet.width - 30 * mm, sheet.height - 40 * mm, seed=633, labels=False)
    code.append("EMC")
    for layer, colour, y in (("Wasser", "#1f4e9e", 78), ("Strom", "#c00000", 84)):
        code.append(f"/OC /{layer} BDC")
        canvas.setStrokeColor(HexColor(colour))
        canvas.setLineWidth(2)
        canvas.line(20 * mm, y * mm, sheet.width - 20 * mm, y * mm)
        canvas.line(110 * mm, y * mm, 110 * mm, (y + 50) * mm)
        canvas.setFillColor(HexColor(colour))
        canvas.setFont(BOLD, 9)
        canvas.drawString(22 * mm, (y + 1) * mm, f"{layer}leitung DN 150" if layer == "Wasser" else "Stromkabel 10 kV")
        code.append("EMC")
    canvas.setFillColor(black)
    canvas.setFont(BOLD, 13)
    canvas.drawString(15 * mm, sheet.height - 17 * mm, "Leitungsplan zum Bebauungsplan Nr. 631, Stand 3. März 2025")

    def layers(pdf):
        groups = {name: pdf.make_indirect(Dictionary(Type=Name.OCG, Name=name)) for name in ("Lageplan", "Wasser", "Strom")}
        pdf.pages[0].Resources.Properties = Dictionary({f"/{name}": group for name, group in groups.items()})
        every = Array(groups.values())
        pdf.Root.OCProperties = Dictionary(OCGs=every, D=Dictionary(Name="Ebenen", Order=every, ON=Array(list(groups.values())[:2]), OFF=Array([groups["Strom"]])))

    return changed(sheet.bytes(), layers)


def costs():
    """Encrypted with an empty user password: everyone may read it, nobody may change it."""
    sheet = Sheet("Kostenübersicht Erschließung Nienkamp", author="Amt für Mobilität und Tiefbau")
    sheet.heading("Kostenübersicht der Erschließung")
    sheet.table([
        ["Gewerk", "Kosten in Euro", "davon Anlieger in Euro", "Haushaltsjahr"],
        ["Straßenbau", "612.000", "550.800", "2026"],
        ["Kanalbau", "388.000", "0", "2026"],
        ["Beleuchtung", "46.500", "41.850", "2027"],
        ["Grün und Ausgleich", "121.000", "96.000", "2027"],
        ["Planung und Bauleitung", "148.500", "118.400", "2025"],
        ["Summe", "1.316.000", "807.050", ""],
    ], [60, 35, 40, 25])
    sheet.text("Die Kosten beruhen auf der Entwurfsplanung vom Februar 2025 mit dem Preisstand des vierten Quartals 2024. Eine Preissteigerung von drei Prozent im Jahr ist eingerechnet.")
    may = pikepdf.Permissions(modify_other=False, modify_annotation=False, modify_assembly=False, extract=False)
    # RC4 has no random part, so that the bytes stay the same.
    lock = pikepdf.Encryption(user="", owner="stadtplanung", R=3, allow=may, aes=False, metadata=False)
    return changed(sheet.bytes(), lambda pdf: None, encryption=lock, static_id=True)


def areas():
    """Carries the table of its numbers as an attachment."""
    sheet = Sheet("Flächenbilanz zum Bebauungsplan Nr. 631", author="Stadtplanungsamt")
    rows = [
        ["Fläche", "Quadratmeter", "Anteil in Prozent"],
        ["Nettobauland", "13.110", "69,0"],
        ["Verkehrsflächen", "2.850", "15,0"],
        ["Öffentliche Grünflächen", "2.280", "12,0"],
        ["Versorgungsflächen", "760", "4,0"],
        ["Summe", "19.000", "100,0"],
    ]
    sheet.heading("Flächenbilanz")
    sheet.table(rows, [70, 40, 40])
    sheet.text("Die Zahlen liegen dieser Datei als Tabelle bei.")
    csv = "\r\n".join(";".join(row) for row in rows).encode("utf-8-sig")

    def attach(pdf):
        moment = "D:20250310000000Z"
        pdf.attachments["flaechenbilanz.csv"] = pikepdf.AttachedFileSpec(
            pdf, csv, filename="flaechenbilanz.csv", mime_type="text/csv", creation_date=moment, mod_date=moment)

    return changed(sheet.bytes(), attach)


def obligation_form():
    """A form with filled and empty fields."""
    sheet = Sheet("Verpflichtungserklärung", author="Amt für Immobilienmanagement")
    sheet.heading("Verpflichtungserklärung")
    sheet.text("Die Vorhabenträgerin verpflichtet sich gegenüber der Stadt Münster, mindestens 30 Prozent der Geschossfläche als geförderten Wohnraum zu errichten und für 25 Jahre zu binden.")
    form = sheet.canvas.acroForm
    for label, name, value in (
        ("Vorhabenträgerin", "name", "Wohnen am Nienkamp GmbH"),
        ("Anschrift", "anschrift", "Hafenweg 14, Münster"),
        ("Zahl der geförderten Wohnungen", "wohnungen", "26"),
        ("Ort und Datum", "datum", ""),
    ):
        sheet.y -= 10
        sheet.canvas.setFont(REGULAR, 10)
        sheet.canvas.drawString(25 * mm, sheet.y, label)
        form.textfield(name=name, tooltip=label, value=value, x=90 * mm, y=sheet.y - 5, width=90 * mm, height=18,
                       borderStyle="inset", fontName="Helvetica", fontSize=10, forceBorder=True)
        sheet.y -= 18
    sheet.y -= 10
    form.checkbox(name="bindung", tooltip="Bindung von 25 Jahren", checked=True, x=25 * mm, y=sheet.y - 4, size=14, buttonStyle="check")
    sheet.canvas.setFont(REGULAR, 10)
    sheet.canvas.drawString(33 * mm, sheet.y, "Die Bindung von 25 Jahren wird in das Grundbuch eingetragen.")
    return changed(sheet.bytes(), lambda pdf: None)


# Scans


def typeface(size, bold=False):
    return ImageFont.truetype(str(FONTS / f"AnlageSans-{'Bold' if bold else 'Regular'}.ttf"), size)


def letter(pages, seed):
    """Typed letters on A4, 200 dots per inch, slightly turned and with the dust of a scanner, in 1 bit."""
    chance = random.Random(seed)
    for number, (head, paragraphs, name) in enumerate(pages):
        page = Image.new("L", (1654, 2339), 255)
        draw = ImageDraw.Draw(page)
        y = 190
        for at, line in enumerate(head):
            draw.text((170, y), line, font=typeface(34, at == 0), fill=0)
            y += 50
        y += 70
        for paragraph in paragraphs:
            for line in typed(draw, paragraph, typeface(32), 1310):
                draw.text((170, y), line, font=typeface(32), fill=0)
                y += 47
            y += 28
        if name:
            wave = [(180 + at * 6, y + 60 + 34 * math.sin(at / 3.1) * math.cos(at / 7.3)) for at in range(60)]
            draw.line(wave, fill=0, width=4)
            draw.text((170, y + 130), name, font=typeface(32), fill=0)
        draw.text((1654 // 2 - 20, 2240), f"– {number + 1} –", font=typeface(28), fill=0)
        page = page.rotate(0.35, fillcolor=255, resample=Image.Resampling.BICUBIC)
        draw = ImageDraw.Draw(page)
        for _ in range(25):
            x, y = chance.randrange(1654), chance.randrange(2339)
            draw.rectangle([x, y, x + 1, y + 1], fill=0)
        yield page.point(lambda value: 255 if value > 150 else 0).convert("1", dither=Image.Dither.NONE)


def typed(draw, text, font, width):
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if draw.textlength(longer, font=font) > width and line:
            lines.append(line)
            line = word
        else:
            line = longer
    return lines + [line]


def as_tiff(pages):
    first, *others = list(pages)
    file = io.BytesIO()
    first.save(file, "TIFF", compression="group4", save_all=True, append_images=others, dpi=(200, 200))
    return file.getvalue()


def statements():
    return as_tiff(letter([
        (["Westfälischer Naturbund Münster e. V.", "Kreisgruppe Münster", "An das Stadtplanungsamt der Stadt Münster", "Münster, den 3. Februar 2025"], [
            "Bebauungsplan Nr. 631 „Nienkamp / Am Lohkamp“, Beteiligung der Träger öffentlicher Belange",
            "Sehr geehrte Damen und Herren,",
            "zu dem ausgelegten Entwurf nehmen wir wie folgt Stellung. Der alte Baumbestand am Westrand des Gebietes ist Lebensraum für Fledermäuse und höhlenbrütende Vögel. Wir begrüßen, dass die Bäume zum größten Teil erhalten bleiben.",
            "Wir regen an, die Außenbeleuchtung des Quartiers auf warmweiße, nach unten gerichtete Leuchten zu beschränken und die Beleuchtungszeiten in den Nachtstunden zu verkürzen.",
            "Für die Ausgleichsflächen in der Gelmerheide bitten wir um ein Pflegekonzept über mindestens zehn Jahre.",
        ], None),
        (["Blatt 2 zum Schreiben vom 3. Februar 2025"], [
            "Die vorgesehene Versickerung des Regenwassers halten wir für richtig. Die Mulden sollten mit gebietseigenem Saatgut eingesät und höchstens zweimal im Jahr gemäht werden.",
            "Unter diesen Voraussetzungen bestehen gegen die Planung keine Bedenken.",
            "Mit freundlichen Grüßen",
        ], "Dr. Friederike Tenhagen"),
    ], seed=7))


def offer():
    return as_tiff(letter([
        (["Erbengemeinschaft Lütke Wentrup", "An das Amt für Immobilienmanagement", "Münster, den 14. März 2025"], [
            "Angebot zum Verkauf der Fläche Gemarkung Handorf, Flur 12, Flurstück 88",
            "Sehr geehrte Damen und Herren,",
            "wir bieten der Stadt Münster das genannte Flurstück mit einer Größe von 14.200 Quadratmetern zu einem Kaufpreis von 38,50 Euro je Quadratmeter an. An dieses Angebot halten wir uns bis zum 30. Juni 2025 gebunden.",
            "Die Fläche ist bis zum 31. Oktober 2025 verpachtet. Altlasten sind uns nicht bekannt.",
            "Mit freundlichen Grüßen",
        ], "Hubertus Lütke Wentrup"),
    ], seed=8))


def photo(draw_object, size, orientation):
    """A photo of something on a lawn under the sky; stored turned, as phones do."""
    width, height = size
    image = Image.new("RGB", size)
    draw = ImageDraw.Draw(image)
    for y in range(height):
        share = y / height
        draw.line([0, y, width, y], fill=(int(120 + 90 * share), int(165 + 60 * share), 235))
    draw.rectangle([0, int(height * 0.72), width, height], fill=(96, 138, 74))
    draw_object(draw, width, height)
    tree(draw, int(width * 0.93), int(height * 0.42), height)
    image = image.filter(ImageFilter.GaussianBlur(1.2))
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = orientation
    ways = {1: None, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    if ways[orientation] is not None:
        image = image.transpose(ways[orientation])
    image.save(file, "JPEG", quality=82, exif=exif)
    return file.getvalue()


def tree(draw, x, y, height):
    chance = random.Random(x)
    draw.rectangle([x - 8, y, x + 8, int(height * 0.75)], fill=(92, 66, 44))
    for _ in range(60):
        left, top = int(x + chance.gauss(0, 24)), int(y + chance.gauss(0, 42))
        draw.ellipse([left - 16, top - 16, left + 16, top + 16], fill=(60 + chance.randrange(40), 110 + chance.randrange(40), 54))


def school(draw, width, height):
    draw.polygon([(0, height), (int(width * 0.45), int(height * 0.74)), (int(width * 0.6), int(height * 0.74)), (int(width * 0.4), height)], fill=(170, 165, 158))
    left, right, top, bottom = int(width * 0.14), int(width * 0.86), int(height * 0.3), int(height * 0.75)
    draw.rectangle([left, top, right, bottom], fill=(176, 92, 70))
    draw.polygon([(left - 20, top), (width // 2, int(height * 0.16)), (right + 20, top)], fill=(92, 60, 54))
    for row in range(2):
        for column in range(6):
            x = left + 25 + column * (right - left - 30) // 6
            y = top + 30 + row * (bottom - top) // 2
            draw.rectangle([x, y, x + (right - left) // 11, y + (bottom - top) // 4], fill=(206, 222, 232), outline=(240, 240, 236), width=4)
    draw.rectangle([width // 2 - 32, bottom - 100, width // 2 + 32, bottom], fill=(80, 54, 40))


def playground(draw, width, height):
    ground = int(height * 0.84)
    draw.ellipse([int(width * 0.08), int(height * 0.74), int(width * 0.82), int(height * 0.95)], fill=(214, 190, 140))
    # Swings, a slide on a small tower, and the sandpit's edge.
    for x in (0.14, 0.44):
        draw.line([int(width * x), ground, int(width * (x + 0.04)), int(height * 0.38), int(width * (x + 0.08)), ground], fill=(120, 78, 40), width=14)
    draw.line([int(width * 0.18), int(height * 0.38), int(width * 0.48), int(height * 0.38)], fill=(120, 78, 40), width=16)
    for x in (0.27, 0.38):
        for side in (-0.02, 0.02):
            draw.line([int(width * (x + side)), int(height * 0.38), int(width * (x + side)), int(height * 0.7)], fill=(70, 70, 76), width=4)
        draw.rectangle([int(width * (x - 0.03)), int(height * 0.7), int(width * (x + 0.03)), int(height * 0.715)], fill=(40, 40, 44))
    tower = int(width * 0.62)
    draw.rectangle([tower, int(height * 0.4), tower + 90, ground], outline=(120, 78, 40), width=14)
    draw.polygon([(tower - 20, int(height * 0.4)), (tower + 45, int(height * 0.27)), (tower + 110, int(height * 0.4))], fill=(190, 60, 50))
    draw.line([tower + 90, int(height * 0.6), tower + 210, ground], fill=(200, 204, 210), width=22)


def floor_plan():
    """A drawing in grey, A4 at 150 dots per inch."""
    image = Image.new("L", (1754, 1240), 250)
    draw = ImageDraw.Draw(image)
    draw.rectangle([200, 200, 1550, 950], outline=30, width=10)
    rooms = [
        ("Klasse 1", 200, 200, 540, 520), ("Klasse 2", 540, 200, 880, 520), ("Klasse 3", 880, 200, 1220, 520), ("Betreuung", 1220, 200, 1550, 520),
        ("Flur", 200, 520, 1550, 660), ("Mensa", 200, 660, 700, 950), ("Küche", 700, 660, 940, 950), ("Aufzug", 940, 660, 1090, 950), ("Lehrerzimmer", 1090, 660, 1550, 950),
    ]
    for name, left, top, right, bottom in rooms:
        draw.rectangle([left, top, right, bottom], outline=60, width=5, fill=225 if name in ("Mensa", "Küche", "Aufzug") else 250)
        draw.text(((left + right) // 2, (top + bottom) // 2), name, font=typeface(30), fill=40, anchor="mm")
    draw.text((200, 90), "Grundschule an der Kleimannbrücke – Grundriss Erdgeschoss nach dem Umbau", font=typeface(34, True), fill=20)
    draw.text((200, 1020), "Grau: Umbau und Anbau. Maßstab 1 : 200. Amt für Immobilienmanagement, Februar 2025", font=typeface(28), fill=40)
    file = io.BytesIO()
    image.save(file, "PNG", dpi=(150, 150), optimize=True)
    return file.getvalue()


def synopsis():
    sheet = Sheet("Gegenüberstellung der Satzungen", landscape(A4), "Ordnungsamt")
    sheet.heading("Sondernutzungssatzung: bisherige und neue Fassung")
    sheet.table([
        ["§", "Bisherige Fassung", "Neue Fassung", "Begründung"],
        ["3 Abs. 1", "Außengastronomie ist vom 1. März bis zum 31. Oktober erlaubnisfähig.", "Außengastronomie ist ganzjährig erlaubnisfähig.", "Nachfrage auch in den Wintermonaten"],
        ["4", "Heizstrahler sind nicht geregelt.", "Heizstrahler sind nicht zulässig.", "Ziel der Klimaneutralität"],
        ["6 Abs. 2", "Die Gehwegbreite muss 1,50 Meter betragen.", "Die nutzbare Gehwegbreite muss mindestens 1,80 Meter betragen.", "Barrierefreiheit, DIN 18040-3"],
        ["9", "Gebühr je Quadratmeter und Monat: 4,60 Euro", "Gebühr je Quadratmeter und Monat: 5,20 Euro", "Anpassung an die Kosten"],
    ], [20, 80, 80, 62])
    return sheet.bytes()


def prices():
    sheet = Sheet("Preisspiegel Rohbauarbeiten", author="Amt für Immobilienmanagement")
    sheet.heading("Preisspiegel – vertraulich")
    sheet.table([
        ["Rang", "Bieter", "Angebotssumme in Euro, brutto", "Wertung"],
        ["1", "Bauunternehmung Terhorst & Söhne", "2.184.300", "wirtschaftlichstes Angebot"],
        ["2", "Emsland-Hochbau GmbH", "2.241.900", "geprüft"],
        ["3", "Kötter Massivbau KG", "2.398.750", "geprüft"],
        ["4", "Bieter 4", "2.015.000", "ausgeschlossen, Nachweise fehlen"],
    ], [15, 60, 45, 45])
    return sheet.bytes()


# The proposals' own texts


def proposal(number, kind, subject, office, date, decision, reasons):
    sheet = Sheet(f"{kind} {number}", author=office)
    canvas = sheet.canvas
    canvas.setFont(BOLD, 12)
    canvas.drawString(25 * mm, sheet.height - 20 * mm, "Stadt Münster")
    canvas.setFont(REGULAR, 10)
    canvas.drawRightString(sheet.width - 25 * mm, sheet.height - 20 * mm, f"{number} · {date}")
    sheet.y -= 6 * mm
    sheet.heading(kind)
    sheet.text(subject, size=12, font=BOLD)
    sheet.text(f"Verantwortlich: {office}")
    if decision:
        sheet.heading("Beschlussvorschlag", 12)
        for at, text in enumerate(decision, 1):
            sheet.text(f"{at}. {text}")
    sheet.heading("Begründung" if decision else "Bericht", 12)
    for text in reasons:
        sheet.text(text)
    return sheet.bytes()


def main():
    write(RAT, "bebauungsplan-uebersichtsplan.pdf", landscape_plan())
    write(RAT, "bebauungsplan-planzeichnung.pdf", rotated_plan())
    write(RAT, "bebauungsplan-festsetzungen.pdf", provisions())
    write(RAT, "bebauungsplan-begruendung.pdf", reasoning())
    write(RAT, "bebauungsplan-umweltbericht.pdf", environment_report())
    write(RAT, "bebauungsplan-schall.pdf", sound_report())
    write(RAT, "bebauungsplan-laengsschnitt.pdf", long_section())
    write(RAT, "bebauungsplan-leitungen.pdf", layered_plan())
    write(RAT, "bebauungsplan-stellungnahme.tif", statements())
    write(RAT, "bebauungsplan-kosten.pdf", costs())
    write(RAT, "bebauungsplan-flaechenbilanz.pdf", areas())
    write(RAT, "bebauungsplan-verpflichtung.pdf", obligation_form())
    write(RAT, "grundschule-foto.jpg", photo(school, (1200, 900), 6))
    write(RAT, "grundschule-grundriss.png", floor_plan())
    write(RAT, "sondernutzung-synopse.pdf", synopsis())
    write(RAT, "grunderwerb-angebot.tif", offer())
    write(RAT, "vergabe-preisspiegel.pdf", prices())
    write(RAT, "bebauungsplan-vorlage.pdf", proposal(
        "V/0201/2025", "Beschlussvorlage", "Bebauungsplan Nr. 631 „Nienkamp / Am Lohkamp“: Satzungsbeschluss", "Stadtplanungsamt", "17. März 2025",
        ["Über die Stellungnahmen aus der Beteiligung der Öffentlichkeit und der Behörden wird entsprechend der Begründung entschieden.",
         "Der Bebauungsplan Nr. 631 „Nienkamp / Am Lohkamp“ wird nach § 10 Abs. 1 BauGB als Satzung beschlossen.",
         "Die Begründung mit dem Umweltbericht wird gebilligt."],
        ["Der Rat hat die Aufstellung des Bebauungsplans am 13. September 2023 beschlossen. Der Entwurf lag vom 6. Januar bis zum 7. Februar 2025 öffentlich aus.",
         "Die eingegangenen Stellungnahmen führen zu einer Änderung: Die Gebäude am Südrand erhalten höchstens zwei Geschosse. Die Grundzüge der Planung werden davon nicht berührt."]))
    write(RAT, "sondernutzung-vorlage.pdf", proposal(
        "V/0230/2025", "Beschlussvorlage", "Neufassung der Sondernutzungssatzung", "Ordnungsamt", "24. März 2025",
        ["Die Satzung über Sondernutzungen an öffentlichen Straßen in der Fassung der Anlage 1 wird beschlossen.",
         "Sie tritt am 1. Juli 2025 in Kraft."],
        ["Die geltende Satzung stammt aus dem Jahr 2011. Die Neufassung erlaubt Außengastronomie im ganzen Jahr und sichert zugleich breitere Gehwege."]))
    write(RAT, "vergabe-vorlage.pdf", proposal(
        "V/0252/2025", "Beschlussvorlage", "Grundschule an der Kleimannbrücke: Vergabe der Rohbauarbeiten", "Amt für Immobilienmanagement", "31. März 2025",
        ["Der Auftrag für die Rohbauarbeiten wird der Bauunternehmung Terhorst & Söhne zum Preis von 2.184.300 Euro erteilt."],
        ["Vier Angebote gingen ein, drei waren zu werten. Die Angebotssumme liegt vier Prozent unter der Kostenberechnung."]))
    write(BEZIRK, "spielplatz-foto.jpg", photo(playground, (1000, 750), 1))
    write(BEZIRK, "spielplatz-beteiligung.pdf", tagged("Spielplatz Sprakeler Straße: Ergebnis der Beteiligung", "Amt für Kinder, Jugendliche und Familien", "2025-03-24", [
        ("H1", "Ergebnis der Beteiligung"),
        ("P", "An der Beteiligung zum Umbau des Spielplatzes an der Sprakeler Straße nahmen am 8. März 2025 insgesamt 63 Kinder und 41 Erwachsene teil."),
        ("H2", "Was sich die Kinder wünschen"),
        ("Table", ([
            ["Wunsch", "Nennungen", "Im Entwurf"],
            ["Klettergerüst mit Netz", "38", "ja"],
            ["Wasserpumpe und Matschtisch", "31", "ja"],
            ["Seilbahn", "27", "nein, zu wenig Platz"],
            ["Schaukel, auch für Rollstühle", "19", "ja"],
        ], [70, 35, 55])),
        ("P", "Die Eltern wünschen sich vor allem Schatten und Sitzgelegenheiten. Der Entwurf sieht drei neue Bäume und vier Bänke vor."),
    ]))
    write(BEZIRK, "tempo-30-antrag.tif", as_tiff(letter([
        (["Elternpflegschaft der Grundschule Coerde", "An die Bezirksvertretung Münster-Nord", "Münster, den 21. Februar 2025"], [
            "Tempo 30 vor der Grundschule",
            "Sehr geehrte Damen und Herren,",
            "täglich überqueren rund 240 Kinder die Königsberger Straße auf dem Weg zur Schule. Wir bitten darum, die zulässige Höchstgeschwindigkeit zwischen der Breslauer Straße und dem Hamannplatz werktags von 7 bis 17 Uhr auf 30 km/h zu beschränken.",
            "Mit freundlichen Grüßen",
        ], "Sabine Overkamp, Vorsitzende"),
    ], seed=9)))


main()
