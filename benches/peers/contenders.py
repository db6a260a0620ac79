"""How each tool is called. Whatever can be done before the clock starts is done before."""

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import annex
import to_html
import to_tex
import tools

HERE = Path(__file__).resolve().parent
FONTS = tools.ROOT / "fonts"
# soffice passes over what comes after its 255th argument, without a word.
LIBREOFFICE_BATCH = 240


@dataclass(frozen=True)
class Bench:
    """What all tools share."""

    home: Path
    """Where tools are installed."""
    work: Path
    """The files of this run."""
    anlage: Path
    names: list[str]
    """The records."""
    cores: int

    def records(self) -> Path:
        return self.work / "records"

    def inputs(self) -> Path:
        """The data of each record and the template, as typst sees them."""
        return self.work / "inputs"

    def folder(self, name: str) -> Path:
        folder = self.work / name
        folder.mkdir()
        return folder


@dataclass(frozen=True)
class Call:
    """A way to make the PDFs of some records in a folder; standard input has a line for each record."""

    words: str
    command: Callable[[list[str], Path], list[str | Path]]
    environment: dict[str, str] = field(default_factory=dict)
    line: str = "{name}"


@dataclass(frozen=True)
class Contender:
    """A tool, and the calls of which the fastest counts."""

    tool: str
    leaves_out: str
    calls: list[Call]
    rounds: int = 1


def anlage(bench: Bench) -> Iterator[Contender]:
    version = tools.run(bench.anlage, "--version").strip()
    words = "`anlage render`; reads and checks TOML, writes through to the disk"
    call = Call(words, lambda names, out: anlage_render(bench, names, out))
    yield Contender(version, "nothing", [call], rounds=3)


def anlage_render(bench: Bench, names: list[str], out: Path) -> list[str | Path]:
    records = [bench.records() / f"{name}.toml" for name in names]
    return [bench.anlage, "render", "--quiet", "-o", out, *records]


def typst(bench: Bench) -> Iterator[Contender]:
    version = tools.run(tools.typst(bench.home), "--version").split(" (")[0]

    def call(words: str, processes: int, *options: str) -> Call:
        return Call(words, lambda _, out: [*xargs(processes), *typst_compile(bench, "{}", out), *options])

    same = "nothing: same template and data"
    yield Contender(version, same, [call("`typst compile`, one after another", 1)], rounds=3)
    calls = [
        call("`typst compile`, one process per core", bench.cores),
        call("`typst compile --jobs 1`, one process per core", bench.cores, "--jobs", "1"),
    ]
    yield Contender(version, same, calls, rounds=3)


def typst_compile(bench: Bench, name: str, out: Path) -> list[str | Path]:
    root = bench.inputs() / name
    return [
        *[tools.typst(bench.home), "compile", root / "main.typ", out / f"{name}.pdf", "--root", root],
        *["--font-path", FONTS, "--ignore-system-fonts", "--ignore-embedded-fonts"],
        *["--features", "a11y-extras", "--pdf-standard", "a-2a,ua-1"],
    ]


def typst_python(bench: Bench) -> Iterator[Contender]:
    python = tools.python(bench.home)
    version = tools.package_version(python, "typst")
    inputs = bench.folder("typst-python")
    for name in bench.names:
        write_without_header_cells(bench.inputs() / name, inputs / name)

    def pool(workers: int):
        return lambda _, out: [python, HERE / "pool_typst.py", inputs, out, FONTS, str(workers)]

    tool = f"typst Python package {version}"
    missing = "row headers (the package cannot switch on `a11y-extras`)"
    yield Contender(tool, missing, [Call("one `Compiler`, one process", pool(1))], rounds=3)
    words = "one `Compiler` per core, `multiprocessing`"
    calls = [
        Call(words, pool(bench.cores)),
        Call(f"{words}, one thread each", pool(bench.cores), {"RAYON_NUM_THREADS": "1"}),
    ]
    yield Contender(tool, missing, calls, rounds=3)


def write_without_header_cells(source: Path, target: Path) -> None:
    """Copies the files of a record, with row headers as ordinary cells."""
    for path in source.rglob("*.*"):
        text = path.read_text("utf-8").replace("pdf.header-cell(", "header-cell(")
        if path.name == "form.typ":
            text = f"#let header-cell(scope: none, cell) = cell\n{text}"
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(text, "utf-8")


def weasyprint(bench: Bench) -> Iterator[Contender]:
    # With HarfBuzz WeasyPrint subsets fonts faster than without.
    tools.debian("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
    python = tools.python(bench.home)
    version = tools.package_version(python, "weasyprint")
    inputs = bench.folder("html")
    for name in bench.names:
        page = annex.read(bench.inputs() / name)
        (inputs / f"{name}.html").write_text(to_html.document(page), "utf-8")
    call = Call(
        "one process per core, `multiprocessing`",
        lambda _, out: [python, HERE / "pool_weasyprint.py", inputs, out, str(bench.cores)],
        only_our_fonts(bench),
    )
    yield Contender(f"WeasyPrint {version}", "PDF/UA beside PDF/A, alternative texts of boxes", [call])


def lualatex(bench: Bench) -> Iterator[Contender]:
    tools.debian("texlive-luatex", "texlive-latex-recommended", "texlive-lang-german")
    version = tools.run("lualatex", "--version").splitlines()[0].removeprefix("This is ").split(" (")[0]
    inputs = bench.folder("tex")
    for name in bench.names:
        page = annex.read(bench.inputs() / name)
        (inputs / f"{name}.tex").write_text(to_tex.document(page, FONTS), "utf-8")
    flags = ["--interaction=batchmode", "--halt-on-error", "--output-directory"]
    call = Call(
        "`lualatex`, one process per core, one run",
        lambda _, out: [*xargs(bench.cores), "lualatex", *flags, out, inputs / "{}.tex"],
        {"TEXMFVAR": str(bench.home / "texmf-var")},
    )
    missing = "tags, PDF/A, PDF/UA, the total of pages (would take a second run)"
    yield Contender(f"LuaLaTeX ({version})", missing, [call])


def libreoffice(bench: Bench) -> Iterator[Contender]:
    tools.debian("libreoffice-writer-nogui")
    python = tools.python(bench.home)
    version = " ".join(tools.run("soffice", "--version").split()[:2])
    inputs = bench.folder("docx")
    tools.run(python, HERE / "to_docx.py", bench.inputs(), inputs)
    options = {
        "SelectPdfVersion": {"type": "long", "value": "2"},
        "PDFUACompliance": {"type": "boolean", "value": "true"},
    }
    # Each process needs a profile of its own; xargs gives it the number of its slot.
    script = 'exec soffice -env:UserInstallation="file://$0-$SLOT" "$@"'
    flags = ["--headless", "--convert-to", f"pdf:writer_pdf_Export:{json.dumps(options)}", "--outdir"]

    def convert(words: str, processes: int) -> Call:
        def command(names: list[str], out: Path):
            batch = str(min(math.ceil(len(names) / processes), LIBREOFFICE_BATCH))
            slots = ["xargs", "-d", "\n", "-P", str(processes), "-n", batch, "--process-slot-var=SLOT"]
            return [*slots, "sh", "-c", script, bench.home / "libreoffice", *flags, out]

        return Call(words, command, only_our_fonts(bench), line=f"{inputs}/{{name}}.docx")

    missing = "alternative texts of boxes, row headers"
    words = f"docx to PDF, in batches of up to {LIBREOFFICE_BATCH}"
    yield Contender(version, missing, [convert(words, 1)])
    yield Contender(version, missing, [convert(f"{words}, one process per core", bench.cores)])


def xargs(processes: int) -> list[str]:
    """Calls what follows once for each record, with its name for `{}`."""
    return ["xargs", "-d", "\n", "-P", str(processes), "-I", "{}"]


def only_our_fonts(bench: Bench) -> dict[str, str]:
    """Has fontconfig find the fonts of the project and no others, as fast as it can."""
    config = bench.home / "fonts.conf"
    folders = f"<dir>{FONTS}</dir><cachedir>{bench.home}/fontconfig</cachedir>"
    config.write_text(f"<fontconfig>{folders}</fontconfig>")
    return {"FONTCONFIG_FILE": str(config)}


TOOLS: dict[str, Callable[[Bench], Iterator[Contender]]] = {
    "anlage": anlage,
    "typst": typst,
    "typst-python": typst_python,
    "weasyprint": weasyprint,
    "lualatex": lualatex,
    "libreoffice": libreoffice,
}
