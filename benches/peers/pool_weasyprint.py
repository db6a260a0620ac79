"""Makes PDFs with WeasyPrint: `pool_weasyprint.py INPUTS FOLDER WORKERS < NAMES`.

The style sheet is read once for each process, and so are the fonts.
"""

import sys
from multiprocessing import Pool
from pathlib import Path

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration


def start(inputs: Path, folder: Path) -> None:
    global fonts, paths, style
    paths = inputs, folder
    fonts = FontConfiguration()
    style = CSS(Path(__file__).with_name("annex.css"), font_config=fonts)


def make(name: str) -> None:
    inputs, folder = paths
    page = HTML(inputs / f"{name}.html")
    page.write_pdf(folder / f"{name}.pdf", stylesheets=[style], font_config=fonts, pdf_variant="pdf/a-2a")


if __name__ == "__main__":
    inputs, folder, workers = sys.argv[1:]
    with Pool(int(workers), start, (Path(inputs), Path(folder))) as pool:
        for _ in pool.imap_unordered(make, sys.stdin.read().split()):
            pass
