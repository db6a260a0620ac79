#!/usr/bin/env bash
# Runs all benchmarks in one sitting and puts what they print into one file, for docs/how-fast.md:
#     bash benches/all.sh [FILE]
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-target/how-fast.txt}
mkdir -p "$(dirname "$out")"
{
  cargo bench --bench batch
  cargo bench --bench archive
  cargo bench --bench gate
  python3 benches/peers/run.py
  python3 benches/peers/packets.py
  node benches/browser/run.mjs
} | tee "$out"
