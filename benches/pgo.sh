#!/usr/bin/env bash
# Builds the program with profile-guided optimisation, for those who publish binaries:
#     bash benches/pgo.sh
# It is built once so that it notes what it does, makes documents and packets of records that no benchmark uses, and is built
# again by what was noted. Takes twice as long as the dist profile, which it is based on. Needs rustup for the tool that puts
# the notes together, and prints where the program lies.
set -euo pipefail
cd "$(dirname "$0")/.."
target=$PWD/target/pgo
notes=$target/notes
rounds=${1:-20}

rustup component add llvm-tools
host=$(rustc -vV | sed -n 's/^host: //p')
merge=$(rustc --print sysroot)/lib/rustlib/$host/bin/llvm-profdata

rm -rf "$notes" "$target/made"
RUSTFLAGS="-Cprofile-generate=$notes" cargo build --profile dist --target-dir "$target/noting"

# Processes that end add their notes to one file.
export LLVM_PROFILE_FILE=$notes/%m.profraw
anlage=$target/noting/dist/anlage
records=(templates/*/example.toml examples/kita-neubau/V-*.toml)
for ((round = 0; round < rounds; round++)); do
  # One record for each process: what sets many in turns is stopped and notes nothing.
  for record in "${records[@]}"; do "$anlage" render --quiet --force -o "$target/made" "$record"; done
  "$anlage" check --quiet "${records[@]}"
done >/dev/null
for session in examples/ratssitzung examples/bezirksvertretung; do
  "$anlage" packet --quiet -o "$target/made" "$session/sitzung.toml"
  "$anlage" packet --quiet --force -o "$target/made" "$session/sitzung.toml"
  "$anlage" archive --quiet -o "$target/made/bag" "$session/sitzung.toml"
  rm -rf "$target/made/bag"
done >/dev/null
unset LLVM_PROFILE_FILE

"$merge" merge -o "$target/notes.profdata" "$notes"
RUSTFLAGS="-Cprofile-use=$target/notes.profdata" cargo build --profile dist --target-dir "$target"
echo "$target/dist/anlage"
