"""The page of Anlage A as plain blocks, for the tools that do not read typst.

Mirrors `templates/muenster-anlage-a/layout.typ`; labels and texts come from the data that layout gets.
"""

import json
from dataclasses import dataclass
from pathlib import Path

Nodes = list[dict]

# Cells of a table up to this many characters are not broken.
SHORT_CELL = 16


@dataclass(frozen=True)
class Section:
    """A heading: its first line bold, the others below it."""

    lines: list[str]


@dataclass(frozen=True)
class Text:
    nodes: Nodes


@dataclass(frozen=True)
class Quote:
    """An indented text with a bold line before it."""

    lead: str
    nodes: Nodes


@dataclass(frozen=True)
class Choice:
    label: str
    ticked: bool


@dataclass(frozen=True)
class Finance:
    """A table of questions, each with two or three answers."""

    label: str
    number: str
    name: Nodes
    questions: list[tuple[str, list[Choice]]]


@dataclass(frozen=True)
class Degrees:
    """The row of the four degrees of obligation."""

    label: str
    choices: list[Choice]


Block = Section | Text | Quote | Finance | Degrees


@dataclass(frozen=True)
class Page:
    title: str
    subject: str
    author: str
    keywords: str
    date: str
    head: tuple[str, str, str]
    """Left in bold, left after it, right."""
    foot: str
    blocks: list[Block]


def read(folder: Path) -> Page:
    """Reads the data of one record."""
    data = json.loads((folder / "data.json").read_text("utf-8"))
    form = json.loads((folder / "form.json").read_text("utf-8"))
    meta, proposal = data["meta"], data["proposal"]
    title = f"{data['template']['title']} zur {data['number']}"
    closed = "Nichtöffentlich · " if proposal["oeffentlich"] is False else ""
    return Page(
        title=title,
        subject=meta["title"],
        author=", ".join(meta["author"]),
        keywords=", ".join(meta["keywords"]),
        date=proposal["datum"],
        head=(data["municipality"] or "Stadt Münster", f" · {proposal['amt']}", closed + title),
        foot=".".join(reversed(proposal["datum"].split("-"))),
        blocks=list(blocks(form, data["annex"])),
    )


def blocks(form: dict, annex: dict):
    yield Section(form["kurzueberblick"]["title"].split("\n"))
    yield Text(annex["kurzueberblick"])
    yield Section(form["ziele"]["title"].split("\n"))
    yield Text(annex["ziele"])
    if annex["leitorientierung"]:
        yield Quote(form["leitorientierung"]["title"], annex["leitorientierung"])
    yield Section([form["finanzierung"]["title"]])
    for answers in annex["finanzierung"]:
        yield finance(form["finanzierung"]["fields"], answers)
    yield Section([form["pflichtigkeit"]["title"]])
    degree = form["pflichtigkeit"]["fields"]["grad"]
    yield Degrees(degree["title"], choices(degree, annex["pflichtigkeit"]["grad"]))
    yield Text(annex["pflichtigkeit"]["begruendung"] or [])
    yield Section(form["querschnittsthemen"]["title"].split("\n"))
    yield Text(annex["querschnittsthemen"])


def finance(form: dict, answers: dict) -> Finance:
    group = answers["produktgruppe"]
    keys = [
        "ergebnisplan",
        "finanzplan",
        "haushaltsplan",
        "entwurf",
        "kuenftige_belastungen",
        "bereits_veranschlagt",
    ]
    return Finance(
        label=form["produktgruppe"]["title"],
        number=group["nummer"],
        name=group["name"][0]["body"],
        questions=[question(form[key], answers[key]) for key in keys],
    )


def question(field: dict, answer: str | dict | None) -> tuple[str, list[Choice]]:
    """A question with its answers; one about a budget says which budget."""
    if not field["fields"]:
        return field["title"], choices(field, answer)
    included = field["fields"]["enthalten"]
    label = included["title"]
    if answer["jahr"]:
        label = label.replace("JJJJ", str(answer["jahr"]))
    if answer["nachtrag"] is True:
        label = label.replace("(Nachtrags-)Haushaltsplan", "Nachtragshaushaltsplan")
    if answer["nachtrag"] is False:
        label = label.replace("(Nachtrags-)", "")
    return label, choices(included, answer["enthalten"])


def choices(field: dict, answer: str | None) -> list[Choice]:
    return [Choice(choice["title"], choice["value"] == answer) for choice in field["choices"]]


def plain(nodes: Nodes) -> str:
    """The characters of a line without its emphasis."""
    return "".join(node.get("text") or plain(node.get("body", [])) or " " for node in nodes)


def column_shares(table: dict) -> list[float]:
    """The widths of a table's columns as parts of the whole, guessed from their longest texts."""
    columns = zip(table["header"], *table["rows"])
    longest = [max(len(plain(cell)) for cell in column) for column in columns]
    weights = [length + 4 if length <= SHORT_CELL else 8 * length**0.5 for length in longest]
    return [weight / sum(weights) for weight in weights]


def words(page: Page) -> set[str]:
    """The words of all texts, without those of tables, where a long one may be broken."""
    return {word for part in page.blocks if isinstance(part, Text | Quote) for word in words_of(part.nodes)}


def words_of(nodes: Nodes) -> set[str]:
    found = set()
    for node in nodes:
        found |= set(plain(node["body"]).split()) if node["kind"] == "paragraph" else set()
        found |= set().union(*(words_of(item) for item in node.get("items", [])))
    return found
