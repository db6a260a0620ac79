#!/usr/bin/env python3
"""Compares `anlage` with the tools that could be used instead; see README.md beside it."""

import argparse
import datetime
import os
import re
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import contenders
import outputs
import records
import tools
from contenders import Bench, Call, Contender

ROUNDS_OF_ONE = 20


@dataclass(frozen=True)
class Row:
    """A line of the table: what came of a tool, or why nothing did."""

    tool: str
    call: str
    leaves_out: str = ""
    rate: float | None = None
    look: outputs.Look | None = None
    failed: bool = False


def main() -> int:
    options = arguments()
    bench = prepare(options)
    # Twice, so that it shows if the machine became faster or slower meanwhile.
    names = ["anlage", *options.only, "anlage"]
    first, *peers, last = [row for name in names for row in rows_of(name, bench)]
    if first.failed or last.failed:
        sys.exit("without anlage there is nothing to compare")
    paragraphs = [
        f"{machine()} {len(bench.names)} records:",
        table([first, *peers], first.rate),
        f"`anlage` once more after all others: {last.rate:.3g} documents/s.",
    ]
    if any(row.rate for row in peers if row.tool.startswith("typst 0")):
        paragraphs.append(one_document(bench))
    text = "\n\n".join(paragraphs) + "\n"
    print(text, end="")
    if options.out:
        options.out.write_text(text, "utf-8")
    return int(any(row.failed for row in peers))


def arguments() -> argparse.Namespace:
    peers = [name for name in contenders.TOOLS if name != "anlage"]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=400, help="how many records (400)")
    parser.add_argument("--only", default=",".join(peers), metavar="NAME,...", help="of " + ", ".join(peers))
    parser.add_argument("--out", type=Path, help="a file for the table, which is printed in any case")
    parser.add_argument("--anlage", type=Path, help="the program; if not given, it is built")
    options = parser.parse_args()
    options.only = options.only.split(",")
    if unknown := set(options.only) - set(peers):
        parser.error(f"no such tool: {', '.join(unknown)}")
    return options


def prepare(options: argparse.Namespace) -> Bench:
    """Installs what every tool needs, and writes the records and the data of their pages."""
    target = tools.target_folder()
    work = target / "peers/run"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    (work / "anlage.toml").touch()
    bench = Bench(
        home=target / "peers",
        work=work,
        anlage=options.anlage.resolve() if options.anlage else tools.anlage(target),
        names=records.write(tools.ROOT / "examples", work / "records", options.records),
        cores=len(os.sched_getaffinity(0)),
    )
    tools.debian("poppler-utils")
    tools.say("writing the inputs")
    inputs = ["cargo", "bench", "--bench", "peers-inputs", "--", bench.records(), bench.inputs()]
    tools.run(*inputs, cwd=tools.ROOT)
    return bench


def rows_of(name: str, bench: Bench) -> Iterator[Row]:
    """Measures a tool in all its ways. That it is missing or fails does not stop the others."""
    try:
        for contender in contenders.TOOLS[name](bench):
            yield measure(contender, bench)
    except tools.Missing as reason:
        tools.say(f"{name}: skipped: {reason}")
        yield Row(name, f"skipped: {reason}")
    except Exception as failure:
        tools.say(f"{name}: FAILED: {failure}")
        kind, reason = type(failure).__name__, str(failure).partition("\n")[0]
        yield Row(name, f"**failed**: {kind}: {reason}", failed=True)


def measure(contender: Contender, bench: Bench) -> Row:
    """Makes all documents in each way, in turns; the best time counts."""
    out = bench.work / "out"
    for call in contender.calls:
        # A few first, so that programs and fonts are in memory and their caches written.
        run(call, bench.names[: bench.cores], out)
    timed, looks = [], {}
    for _ in range(contender.rounds):
        for call in contender.calls:
            rate = len(bench.names) / run(call, bench.names, out)
            tools.say(f"{contender.tool}, {call.words}: {rate:.2f} documents/s")
            timed.append((rate, call))
            if call.words not in looks:
                looks[call.words] = outputs.inspect(bench.inputs(), bench.names, out)
    rate, call = max(timed, key=lambda one: one[0])
    return Row(contender.tool, call.words, contender.leaves_out, rate, looks[call.words])


def run(call: Call, names: list[str], out: Path) -> float:
    """Makes documents in an empty folder; how many seconds the whole process took."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    lines = "".join(call.line.format(name=name) + "\n" for name in names)
    environment = os.environ | call.environment
    command = call.command(names, out)
    start = time.perf_counter()
    tools.run(*command, input=lines, env=environment)
    return time.perf_counter() - start


def table(rows: list[Row], anlage: float) -> str:
    lines = [
        "| tool | called as | documents/s | `anlage` is … times as fast | pages each "
        "| its PDFs claim | leaves out |",
        "|---|---|--:|--:|--:|---|---|",
    ]
    for row in rows:
        measured = ["", "", "", ""]
        if row.rate is not None:
            ratio = anlage / row.rate
            measured = [f"{row.rate:.3g}", f"{ratio:.1f}", f"{row.look.pages:.2f}", row.look.claims]
        lines.append(f"| {' | '.join([row.tool, row.call, *measured, row.leaves_out])} |")
    return "\n".join(lines)


def one_document(bench: Bench) -> str:
    """How long a single document takes, as whole processes in turns."""
    calls = [
        Call("`anlage render`", lambda names, out: contenders.anlage_render(bench, names, out)),
        Call(
            "`typst compile` of the same page",
            lambda names, out: contenders.typst_compile(bench, names[0], out),
        ),
    ]
    rounds = [
        [run(call, bench.names[:1], bench.work / "out") for call in calls] for _ in range(ROUNDS_OF_ONE)
    ]
    best = [f"{call.words} {min(times) * 1000:.1f} ms" for call, times in zip(calls, zip(*rounds))]
    return f"One document, whole process, best of {ROUNDS_OF_ONE}: {', '.join(best)}."


def machine() -> str:
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{datetime.date.today()}, {len(os.sched_getaffinity(0))} cores of "
        f"{model[1] if model else 'an unknown processor'}, {memory:.0f} GiB of memory."
    )


if __name__ == "__main__":
    try:
        sys.exit(main())
    except tools.Missing as reason:
        sys.exit(str(reason))
