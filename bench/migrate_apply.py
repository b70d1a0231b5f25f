"""What care costs: `python -m bench.migrate_apply [--files 200] [--runs 3]`.

`shellback migrate apply` beside plain `aerich upgrade`, from the start of the process to its end, on a fresh database
each: the look at lint and rights, the lock, the plan read again, the backup, statement by statement, the log. The
comparison of what was touched with the models, which comes after it and which Aerich has not, is a line of its own.
Runs of all take turns.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path
from typing import Final

from bench.migrating import AERICH, CHECKOUT, SHELLBACK, databases, project, run
from bench.places import NAMES
from bench.table import machine, milliseconds, ratio, say, table, verdict

AIM: Final = 1.5


def main() -> None:
    asking = argparse.ArgumentParser(
        prog="python -m bench.migrate_apply", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    asking.add_argument("--files", type=int, default=200, metavar="N", help="migration files of the project (200)")
    asking.add_argument("--runs", type=int, default=3, metavar="N", help="of each command (3)")
    asking.add_argument("--dialect", choices=(*NAMES, "both"), default="both")
    asked = asking.parse_args()
    print(machine())
    for dialect in NAMES if asked.dialect == "both" else (asked.dialect,):
        print("\n" + _measure(dialect, asked.files, asked.runs), flush=True)


def _measure(dialect: str, files: int, runs: int) -> str:
    plain: list[float] = []
    ours: dict[str, list[float]] = {"shellback migrate apply --no-drift": [], "shellback migrate apply": []}
    with databases(dialect) as fresh, tempfile.TemporaryDirectory(prefix="shellback-bench-") as folder:
        home = Path(folder) / "home"
        for number in range(runs):
            say(f"{NAMES[dialect]}: run {number + 1} of {runs}")
            root = project(Path(folder) / f"aerich{number}", fresh(), dialect, files)
            plain.append(run((*AERICH, "upgrade"), root, home))
            for command, times in ours.items():
                root = project(Path(folder) / f"ours{number}{len(command)}", fresh(), dialect, files)
                words = command.split()[1:]
                times.append(run((*SHELLBACK, *words, "--project", str(root), "--trust", "--yes"), CHECKOUT, home))
    base = statistics.median(plain)
    rows = [["aerich upgrade", milliseconds(base), milliseconds(base / files), "x1.00", ""]]
    for command, times in ours.items():
        median = statistics.median(times)
        judged = verdict(median / base, AIM) if "--no-drift" in command else ""
        rows.append([command, milliseconds(median), milliseconds(median / files), ratio(median, base), judged])
    return table(
        f"{NAMES[dialect]}, {files} files applied, medians of {runs} (aim: x{AIM})",
        ["", "time", "a file", "ratio", ""],
        rows,
    )


if __name__ == "__main__":
    main()
