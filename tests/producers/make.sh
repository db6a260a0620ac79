#!/usr/bin/env bash
# Makes the PDFs here anew, each with the program that it is called after. Debian: chromium, ghostscript,
# libreoffice-writer-nogui, mupdf-tools, poppler-utils, python3-fonttools, qpdf, texlive-latex-base, fonts-liberation.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export SOURCE_DATE_EPOCH=1737331200 HOME="$work"

soffice --headless --convert-to pdf:writer_pdf_Export --outdir "$work" seite.html >/dev/null 2>&1
mv "$work/seite.pdf" libreoffice.pdf
chromium --headless --no-sandbox --disable-gpu --user-data-dir="$work/chromium" --no-pdf-header-footer \
  --print-to-pdf="$PWD/chromium.pdf" "file://$PWD/seite.html" >/dev/null 2>&1
# Umlauts are letters with dots drawn over them.
pdflatex -interaction=batchmode -output-directory "$work" seite.tex >/dev/null
mv "$work/seite.pdf" pdftex.pdf
gs -q -dNOPAUSE -dBATCH -sDEVICE=pdfwrite -o ghostscript.pdf libreoffice.pdf
mutool convert -o mutool-convert.pdf chromium.pdf 2>/dev/null
mutool clean -gggg -z -f libreoffice.pdf mutool-clean.pdf 2>/dev/null
qpdf --object-streams=generate --linearize --deterministic-id chromium.pdf qpdf.pdf
pdftocairo -pdf chromium.pdf cairo.pdf
python3 word.py word.pdf
