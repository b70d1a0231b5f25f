"""How long it takes to see where a project stands: `python -m bench.migrate_status [--files 1000] [--runs 7]`.

`shellback migrate status`, from the start of the process to its end, beside `aerich heads` and `aerich history`, which
together tell less. Half of the files are applied. Runs of all take turns.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path
from typing import Final

from bench.migrating import AERICH, CHECKOUT, SHELLBACK, apply_beforehand, databases, project, run, versions
from bench.places import NAMES
from bench.table import machine, milliseconds, ratio, say, table, verdict

AIM: Final = 0.300


def main() -> None:
    asking = argparse.ArgumentParser(
        prog="python -m bench.migrate_status", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    asking.add_argument("--files", type=int, default=1000, metavar="N", help="migration files of the project (1000)")
    asking.add_argument("--runs", type=int, default=7, metavar="N", help="of each command (7)")
    asking.add_argument("--dialect", choices=(*NAMES, "both"), default="both")
    asked = asking.parse_args()
    print(machine())
    for dialect in NAMES if asked.dialect == "both" else (asked.dialect,):
        print("\n" + _measure(dialect, asked.files, asked.runs), flush=True)


def _measure(dialect: str, files: int, runs: int) -> str:
    with databases(dialect) as fresh, tempfile.TemporaryDirectory(prefix="shellback-bench-") as folder:
        home, url = Path(folder) / "home", fresh()
        root = project(Path(folder) / "project", url, dialect, files)
        apply_beforehand(url, dialect, versions(files)[: files // 2])
        status = (*SHELLBACK, "migrate", "status", "--project", str(root))
        run((*status, "--trust"), CHECKOUT, home, codes=(2,))
        heads, history, ours = [], [], []
        for number in range(runs):
            say(f"{NAMES[dialect]}: run {number + 1} of {runs}")
            heads.append(run((*AERICH, "heads"), root, home))
            history.append(run((*AERICH, "history"), root, home))
            ours.append(run(status, CHECKOUT, home, codes=(2,)))
    theirs = statistics.median(map(sum, zip(heads, history, strict=True)))
    median = statistics.median(ours)
    return table(
        f"{NAMES[dialect]}, {files} files: from the start of the process to its end, medians of {runs} (aim: 300 ms)",
        ["", "time", "ratio", ""],
        [
            ["aerich heads", milliseconds(statistics.median(heads)), "", ""],
            ["aerich history", milliseconds(statistics.median(history)), "", ""],
            ["both", milliseconds(theirs), "x1.00", ""],
            ["shellback migrate status", milliseconds(median), ratio(median, theirs), verdict(median, AIM)],
        ],
    )


if __name__ == "__main__":
    main()
