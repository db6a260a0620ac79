#!/usr/bin/env python3
"""Compares `anlage packet` with the tools that put PDF files together; see README.md beside it."""

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import records
import tools
from run import machine

ROUNDS = 3
PIKEPDF = ["pikepdf==10.18.0"]
SESSION = '[sitzung]\ngremium = "Rat"\ndatum = 2025-02-12\n'
ITEM = '\n[[top]]\nnummer = "{major}.{minor}"\nvorlage = "records/{name}.toml"\n'
ITEMS_OF_A_GROUP = 20
MERGE_WITH_PIKEPDF = """
import sys, pikepdf
out, *files = sys.argv[1:]
packet = pikepdf.new()
for file in files:
    with pikepdf.open(file) as pdf:
        packet.pages.extend(pdf.pages)
packet.save(out)
"""


@dataclass(frozen=True)
class Size:
    """A session, its annexes, and where packets of them go."""

    work: Path
    names: list[str]
    annexes: list[Path]
    packet: Path


@dataclass(frozen=True)
class Peer:
    """A tool, and its call that makes the packet of a session."""

    tool: str
    words: str
    command: Callable[[Size], list[str | Path]]


@dataclass(frozen=True)
class Holdings:
    """What a PDF has, or many together have."""

    pages: int
    elements: int
    links: int
    bookmarks: int
    claims: str
    defects: int


@dataclass(frozen=True)
class Row:
    """A line of a table: what came of a tool."""

    peer: Peer
    first: float
    seconds: float
    megabytes: float
    holdings: Holdings
    bytes: int


def main() -> int:
    options = arguments()
    target = tools.target_folder()
    anlage = options.anlage.resolve() if options.anlage else tools.anlage(target)
    work = target / "peers/packets"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    peers = list(peers_of(anlage, target / "peers"))
    paragraphs = [machine()]
    for words in options.sizes:
        size = prepare(anlage, work / words, *map(int, words.split("x")))
        source = together([look(anlage, annex) for annex in size.annexes])
        # Twice, so that it shows if the machine became faster or slower meanwhile.
        rows = [measure(anlage, peer, size) for peer in [*peers, peers[0]]]
        paragraphs += [heading(size, source), table(rows[:-1], source)]
        paragraphs.append(f"`anlage` the first time, when nothing is known of the session: {rows[0].first:.2f} s.")
        paragraphs.append(f"`anlage` once more after all others: {rows[-1].seconds:.2f} s.")
    text = "\n\n".join(paragraphs) + "\n"
    print(text, end="")
    if options.out:
        options.out.write_text(text, "utf-8")
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    words = "how many annexes, and how many times as long their texts are; a table each (500x1 1000x4)"
    parser.add_argument("--sizes", nargs="+", default=["500x1", "1000x4"], metavar="NxTIMES", help=words)
    parser.add_argument("--out", type=Path, help="a file for the tables, which are printed in any case")
    parser.add_argument("--anlage", type=Path, help="the program; if not given, it is built")
    return parser.parse_args()


def peers_of(anlage: Path, home: Path) -> list[Peer]:
    tools.debian("qpdf", "mupdf-tools")
    python = tools.python(home, "python-pikepdf", PIKEPDF)
    version = tools.run("qpdf", "--version").splitlines()[0].removeprefix("qpdf version ")
    # mutool tells its version as a complaint.
    mutool = tools.complaint("mutool", "-v").removeprefix("mutool version ")
    own = tools.run(anlage, "--version").strip()

    def edition(which: str, size: Size) -> list[str | Path]:
        return [anlage, "packet", "--edition", which, size.work / "sitzung.toml", "-o", size.work / "out"]

    def qpdf(size: Size) -> list[str | Path]:
        return ["qpdf", "--empty", "--pages", *size.annexes, "--", size.packet]

    def mutool_merge(size: Size) -> list[str | Path]:
        return ["mutool", "merge", "-o", size.packet, *size.annexes]

    def pikepdf(size: Size) -> list[str | Path]:
        return [python, "-c", MERGE_WITH_PIKEPDF, size.packet, *size.annexes]

    return [
        Peer(own, "`anlage packet --edition complete`", lambda size: edition("complete", size)),
        # As it is published: no other tool searches what it has made.
        Peer(own, "`anlage packet --edition public`, with its search", lambda size: edition("public", size)),
        Peer(f"qpdf {version}", "`qpdf --empty --pages`", qpdf),
        Peer(f"mutool {mutool}", "`mutool merge`", mutool_merge),
        Peer(f"pikepdf {tools.package_version(python, 'pikepdf')}", "`pages.extend`", pikepdf),
    ]


def prepare(anlage: Path, work: Path, count: int, times: int) -> Size:
    """Writes a session with a record for each annex, and renders these. An agenda has 1000 items at most."""
    tools.say(f"rendering {count} annexes")
    work.mkdir()
    (work / "anlage.toml").touch()
    names = records.write(tools.ROOT / "examples", work / "records", count, times)
    items = [
        ITEM.format(major=at // ITEMS_OF_A_GROUP + 1, minor=at % ITEMS_OF_A_GROUP + 1, name=name)
        for at, name in enumerate(names)
    ]
    (work / "sitzung.toml").write_text(SESSION + "".join(items), "utf-8")
    tools.run(anlage, "render", "--quiet", "-o", work / "out", work / "records", cwd=work)
    return Size(work, names, sorted((work / "out").rglob("V-*.pdf")), work / "packet.pdf")


def measure(anlage: Path, peer: Peer, size: Size) -> Row:
    """Makes the packet; the best time counts, and the most memory."""
    timed = []
    for _ in range(ROUNDS):
        size.packet.unlink(missing_ok=True)
        for packet in (size.work / "out").rglob("Rat-*.pdf"):
            packet.unlink()
        timed.append(run(peer.command(size), size.work))
        tools.say(f"{peer.tool}, {len(size.names)} annexes: {timed[-1][0]:.2f} s")
    [made] = [*(size.work / "out").rglob("Rat-*.pdf"), *size.work.glob("packet.pdf")]
    seconds, megabytes = (choose(values) for choose, values in zip((min, max), zip(*timed)))
    return Row(peer, timed[0][0], seconds, megabytes, look(anlage, made), made.stat().st_size)


def run(command: list[str | Path], folder: Path) -> tuple[float, float]:
    """Runs a command; how many seconds it took, and the most memory in MiB of it and those that it started."""
    with open(folder / "said", "w+", encoding="utf-8") as said:
        start = time.perf_counter()
        words = [str(word) for word in command]
        files = [(os.POSIX_SPAWN_DUP2, said.fileno(), 1), (os.POSIX_SPAWN_DUP2, said.fileno(), 2)]
        process = os.posix_spawnp(words[0], words, os.environ, file_actions=files)
        _, status, usage = os.wait4(process, 0)
        seconds = time.perf_counter() - start
        if status != 0:
            said.seek(0)
            raise RuntimeError(f"{words[0]} failed: {said.read()[-2000:]}")
    return seconds, usage.ru_maxrss / 1024


def look(anlage: Path, pdf: Path) -> Holdings:
    """What `anlage inspect` finds in a PDF; it ends with 1 if there are defects."""
    found = json.loads(tools.run(anlage, "inspect", "--format", "json", pdf, expected=(0, 1)))
    claims = found["claims"]
    named = [f"PDF/A-{''.join(map(str, claims['pdf_a']))}"] if claims["pdf_a"] else []
    named += [f"PDF/UA-{claims['pdf_ua']}"] if claims["pdf_ua"] else []
    return Holdings(
        pages=found["pages"],
        elements=sum(found["elements"].values()),
        links=len(found["links"]["internal"]) + len(found["links"]["external"]),
        bookmarks=len(found["bookmarks"]),
        claims=", ".join(named) or "none",
        defects=len(found["defects"]),
    )


def together(all: list[Holdings]) -> Holdings:
    """What many PDFs have together."""
    [claims] = {one.claims for one in all}
    sums = {
        key: sum(getattr(one, key) for one in all)
        for key in ("pages", "elements", "links", "bookmarks", "defects")
    }
    return Holdings(claims=claims, **sums)


def heading(size: Size, source: Holdings) -> str:
    return (
        f"**{len(size.annexes)} annexes, {source.pages} pages**; they have {source.elements} structure elements, "
        f"{source.bookmarks} bookmarks and {source.links} links, and each claims {source.claims}:"
    )


def table(rows: list[Row], source: Holdings) -> str:
    lines = [
        "| tool | called as | time | memory | size | pages | tags | bookmarks | links | claims |",
        "|---|---|--:|--:|--:|--:|---|---|---|---|",
    ]
    for row in rows:
        has = row.holdings
        cells = [
            *[row.peer.tool, row.peer.words, f"{row.seconds:.2f} s", f"{row.megabytes:.0f} MiB"],
            *[f"{row.bytes / 2**20:.1f} MiB", str(has.pages)],
            *[kept(has.elements, source.elements) + (", damaged" if has.defects else "")],
            *[kept(has.bookmarks, source.bookmarks), kept(has.links, source.links), has.claims],
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def kept(has: int, had: int) -> str:
    """How many of something a packet has; its first pages and its own bookmarks come on top."""
    if has > had:
        return f"all and {has - had} more"
    return {0: "none", had: "all"}.get(has, f"{has} of {had}")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except tools.Missing as reason:
        sys.exit(str(reason))
