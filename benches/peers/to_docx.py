"""Anlage A as a Word document, for LibreOffice: `to_docx.py INPUTS FOLDER`. Needs python-docx."""

import sys
from datetime import date, datetime
from pathlib import Path

import docx
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell as Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

import annex
from annex import Choice, Degrees, Finance, Nodes, Page, Quote, Section, Text

FONT = "Anlage Sans"
WIDTH = Mm(165)
CHOICES = Pt(10)
SIDES = {"left": 0, "center": 1, "right": 2}


class Document:
    """A Word document that grows block by block."""

    def __init__(self, page: Page) -> None:
        self.docx = docx.Document()
        self.styles()
        self.section(page)
        self.properties(page)
        self.docx.add_paragraph(page.title, "Heading 1")
        for part in page.blocks:
            self.block(part)

    def styles(self) -> None:
        styles = self.docx.styles
        for name, size, above, below in [
            ("Normal", 10.5, 0, 5),
            ("Heading 1", 15, 0, 12),
            ("Heading 2", 11.5, 12, 4),
            ("Header", 8.5, 0, 0),
            ("Footer", 8.5, 0, 0),
        ]:
            style = styles[name]
            style.font.name, style.font.size = FONT, Pt(size)
            style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(above), Pt(below)
            style.paragraph_format.line_spacing = 1.07
            # The tab stops of the head and foot lines that Word begins with are for another page.
            style.paragraph_format.tab_stops.clear_all()
            if name.startswith("Heading"):
                style.font.color.rgb = RGBColor(0, 0, 0)
                fonts = style.element.rPr.rFonts
                for attribute in [name for name in fonts.attrib if name.endswith("Theme")]:
                    del fonts.attrib[attribute]
        for level in self.docx.part.numbering_part.element.iter(qn("w:lvl")):
            if level.find(qn("w:numFmt")).get(qn("w:val")) == "bullet":
                set_attributes(level.find(qn("w:lvlText")), val="•")
                level.remove(level.find(qn("w:rPr")))
        language = styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
        set_attributes(language, val="de-DE")

    def section(self, page: Page) -> None:
        section = self.docx.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin, section.right_margin = Mm(25), Mm(20)
        section.top_margin, section.bottom_margin = Mm(28), Mm(22)
        section.header_distance, section.footer_distance = Mm(17), Mm(12)
        head, foot = section.header.paragraphs[0], section.footer.paragraphs[0]
        add_border(head, "bottom", sz="4", space="4", color="5A5A5A")
        for line in head, foot:
            line.paragraph_format.tab_stops.add_tab_stop(WIDTH, WD_TAB_ALIGNMENT.RIGHT)
        bold, after, right = page.head
        head.add_run(bold).bold = True
        head.add_run(f"{after}\t{right}")
        foot.add_run(f"{page.foot}\tSeite ")
        add_field(foot, "PAGE")
        foot.add_run(" von ")
        add_field(foot, "NUMPAGES")

    def properties(self, page: Page) -> None:
        properties = self.docx.core_properties
        properties.title, properties.author, properties.keywords = page.subject, page.author, page.keywords
        properties.language, properties.created = (
            "de-DE",
            datetime.combine(date.fromisoformat(page.date), datetime.min.time()),
        )

    def block(self, part: annex.Block) -> None:
        match part:
            case Section([first, *rest]):
                heading = self.docx.add_paragraph(first, "Heading 2")
                for line in rest:
                    heading.add_run().add_break()
                    run = heading.add_run(line)
                    run.bold, run.font.size = False, Pt(10.5)
            case Text(nodes):
                self.rich(nodes)
            case Quote(lead, nodes):
                paragraph = self.docx.add_paragraph()
                paragraph.add_run(lead).bold = True
                paragraph.paragraph_format.keep_with_next = True
                self.rich(nodes, quoted=True)
            case Finance(label, number, name, questions):
                self.finance(label, number, name, questions)
            case Degrees(label, choices):
                (row,) = self.table(1, [0.2] * 5)
                # A place where the line may be broken.
                add_text(row[0], label.replace("/", "/\u200b"))
                add_choices(row[1:], choices)

    def finance(
        self, label: str, number: str, name: Nodes, questions: list[tuple[str, list[Choice]]]
    ) -> None:
        group, *rows = self.table(len(questions) + 1, [0.61, 0.11, 0.12, 0.16])
        add_text(group[0], label, bold=True)
        add_text(group[1], number, bold=True)
        add_inline(group[2].merge(group[3]).paragraphs[0], name, size=CHOICES)
        for cell in group[:3]:
            shade(cell)
        for row, (question, choices) in zip(rows, questions):
            add_text(row[0], question)
            add_choices(row[1:], choices)

    def table(self, rows: int, shares: list[float]) -> list[tuple[Cell, ...]]:
        """Adds an empty table and returns the cells of its rows."""
        table = self.docx.add_table(rows, len(shares), "Table Grid")
        table.autofit = False
        indent = add(table._tbl.tblPr, "tblInd", w="108", type="dxa")
        table._tbl.tblPr.insert_element_before(indent, "w:tblLayout", "w:tblLook")
        for column, share in zip(table.columns, shares):
            column.width = int(WIDTH * share)
        cells = [row.cells for row in table.rows]
        for row in table.rows:
            add(row._tr.get_or_add_trPr(), "cantSplit")
        for row in cells:
            for cell, share in zip(row, shares):
                cell.width = int(WIDTH * share)
                cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
                layout = cell.paragraphs[0].paragraph_format
                layout.space_before = layout.space_after = Pt(2)
                layout.keep_with_next = row is not cells[-1]
        space = self.docx.add_paragraph().paragraph_format
        space.space_after, space.line_spacing = 0, Pt(8)
        return cells

    def rich(self, nodes: Nodes, level: int = 0, quoted: bool = False) -> None:
        for node in nodes:
            match node:
                case {"kind": "paragraph", "body": body}:
                    paragraph = self.docx.add_paragraph()
                    add_inline(paragraph, body)
                    if quoted:
                        add_border(paragraph, "left", sz="12", space="8", color="969696")
                        paragraph.paragraph_format.left_indent = Mm(4)
                case {"kind": "list", "start": start, "items": items}:
                    self.list(start, items, level)
                case {"kind": "table"}:
                    self.rich_table(node)
                case _:
                    raise ValueError(node["kind"])

    def list(self, start: int | None, items: list[Nodes], level: int) -> None:
        style = "List Bullet" if start is None else "List Number"
        style += f" {level + 1}" if level else ""
        numbering = None if start is None else self.numbering(style, start)
        for first, *rest in items:
            paragraph = self.docx.add_paragraph(style=style)
            if numbering is not None:
                paragraph._p.get_or_add_pPr().get_or_add_numPr().get_or_add_numId().val = numbering
            add_inline(paragraph, first["body"])
            self.rich(rest, level + 1)

    def numbering(self, style: str, start: int) -> int:
        """A list of its own for a style, so that its numbers do not go on from the list before."""
        all_lists = self.docx.part.numbering_part.element
        of_style = self.docx.styles[style].element.pPr.numPr.numId.val
        new = all_lists.add_num(all_lists.num_having_numId(of_style).abstractNumId.val)
        new.add_lvlOverride(0).add_startOverride(start)
        return new.numId

    def rich_table(self, node: dict) -> None:
        header, *rows = self.table(len(node["rows"]) + 1, annex.column_shares(node))
        for row, cells in zip([header, *rows], [node["header"], *node["rows"]]):
            for cell, body, side in zip(row, cells, node["align"]):
                cell.paragraphs[0].alignment = SIDES[side]
                add_inline(cell.paragraphs[0], body, size=Pt(9.5), bold=True if row is header else None)
        for cell in header:
            shade(cell)


def add_inline(paragraph: Paragraph, nodes: Nodes, parent=None, **look) -> None:
    """Adds runs of text that look like this, to the paragraph or to a link in it."""
    for node in nodes:
        match node:
            case {"kind": "text" | "word", "text": text}:
                run = paragraph.add_run(text)
                for name, value in look.items():
                    setattr(run.font, name, value)
                if parent is not None:
                    parent.append(run._r)
            case {"kind": "emph", "body": body}:
                add_inline(paragraph, body, parent, **look | {"italic": True})
            case {"kind": "strong", "body": body}:
                add_inline(paragraph, body, parent, **look | {"bold": True})
            case {"kind": "link", "url": url, "body": body}:
                target = paragraph.part.relate_to(
                    url, docx.opc.constants.RELATIONSHIP_TYPE.HYPERLINK, is_external=True
                )
                link = add(paragraph._p, "hyperlink")
                link.set(qn("r:id"), target)
                add_inline(paragraph, body, link, **look | {"underline": True})
            case {"kind": "break"}:
                paragraph.add_run().add_break()
            case _:
                raise ValueError(node["kind"])


def add_choices(cells: tuple[Cell, ...], choices: list[Choice]) -> None:
    """A box and its label for each answer; the box is a framed character."""
    for cell, choice in zip(cells, choices):
        box = add_text(cell, "\u00a0x\u00a0" if choice.ticked else "\u00a0" * 4, bold=True)
        add(box._r.get_or_add_rPr(), "bdr", val="single", sz="6", space="0", color="000000")
        add_text(cell, f"\u00a0{choice.label}")


def add_text(cell: Cell, text: str, bold: bool = False) -> Run:
    run = cell.paragraphs[0].add_run(text)
    run.bold, run.font.size = bold, CHOICES
    return run


def add_field(paragraph: Paragraph, name: str) -> None:
    field = add(paragraph._p, "fldSimple", instr=name)
    field.append(paragraph.add_run("1")._r)


def add_border(paragraph: Paragraph, side: str, **look: str) -> None:
    add(add(paragraph._p.get_or_add_pPr(), "pBdr"), side, val="single", **look)


def shade(cell: Cell) -> None:
    properties = cell._tc.get_or_add_tcPr()
    shading = add(properties, "shd", val="clear", color="auto", fill="EBEBEB")
    properties.insert_element_before(shading, "w:vAlign")


def add(parent, tag: str, **attributes: str):
    element = OxmlElement(f"w:{tag}")
    set_attributes(element, **attributes)
    parent.append(element)
    return element


def set_attributes(element, **attributes: str) -> None:
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)


if __name__ == "__main__":
    inputs, folder = map(Path, sys.argv[1:])
    for record in sorted(inputs.iterdir()):
        Document(annex.read(record)).docx.save(folder / f"{record.name}.docx")
