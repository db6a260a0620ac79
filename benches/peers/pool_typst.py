"""Makes PDFs with the typst Python package: `pool_typst.py INPUTS FOLDER FONTS WORKERS < NAMES`.

With one worker everything happens in this process. The compiler and its fonts are kept from document to
document, which is the fastest of the package's ways.
"""

import sys
from multiprocessing import Pool
from pathlib import Path

import typst


def start(inputs: Path, folder: Path, fonts: str) -> None:
    global compiler, paths
    paths = inputs, folder
    faces = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts])
    compiler = typst.Compiler(root=inputs, font_paths=faces)


def make(name: str) -> None:
    inputs, folder = paths
    root = inputs / name
    compiler.compile(root / "main.typ", folder / f"{name}.pdf", root=root, pdf_standards=["a-2a", "ua-1"])


if __name__ == "__main__":
    inputs, folder, fonts, workers = sys.argv[1:]
    setting = Path(inputs), Path(folder), fonts
    names = sys.stdin.read().split()
    if workers == "1":
        start(*setting)
        for name in names:
            make(name)
    else:
        with Pool(int(workers), start, setting) as pool:
            for _ in pool.imap_unordered(make, names):
                pass
