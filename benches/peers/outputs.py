"""What came out: whether all PDFs are there and say what the records say, and what they claim to be."""

import re
from dataclasses import dataclass
from pathlib import Path

import annex
import tools

SAMPLES = 6
CLAIMS = {
    "PDF/A": (r"pdfaid:part\W+(\d)", r"pdfaid:conformance\W+(\w)"),
    "PDF/UA": (r"pdfuaid:part\W+(\d)",),
}


@dataclass(frozen=True)
class Look:
    pages: float
    """Pages of a document on average."""
    claims: str


def inspect(inputs: Path, names: list[str], out: Path) -> Look:
    """Looks at all PDFs of a tool. Fails unless there is one for each record, with the words of its texts."""
    made = {name: pdf for name in names for pdf in out.rglob(f"{name}*.pdf")}
    if not len(made) == len(names) == len(list(out.rglob("*.pdf"))):
        raise RuntimeError(f"{len(made)} PDFs of {len(names)} records in {out}")
    for name in names[:SAMPLES]:
        text = squeezed(tools.run("pdftotext", made[name], "-"))
        missing = [word for word in annex.words(annex.read(inputs / name)) if squeezed(word) not in text]
        if missing:
            raise RuntimeError(f"{made[name]} lacks {missing}")
    information = {name: tools.run("pdfinfo", pdf) for name, pdf in made.items()}
    pages = sum(int(re.search(r"^Pages: +(\d+)", text, re.MULTILINE)[1]) for text in information.values())
    tagged = re.search(r"^Tagged: +yes", information[names[0]], re.MULTILINE)
    return Look(pages / len(names), claims(made[names[0]], tagged is not None))


def squeezed(text: str) -> str:
    """The text without what may differ where a line is broken."""
    return re.sub(r"[\s\u00ad\u200b-]", "", text)


def claims(pdf: Path, tagged: bool) -> str:
    """Whether a PDF has tags, and the standards that it names in its metadata."""
    metadata = tools.run("pdfinfo", "-meta", pdf)
    found = ["tags"] if tagged else []
    for standard, patterns in CLAIMS.items():
        parts = [match[1].lower() for pattern in patterns if (match := re.search(pattern, metadata))]
        found += [f"{standard}-{''.join(parts)}"] if parts else []
    return ", ".join(found) or "none"
