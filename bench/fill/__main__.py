"""The command: `python -m bench.fill --users 10000000 --dialect postgres|sqlite|both --to DIR`."""

from __future__ import annotations

import argparse
from pathlib import Path

from bench.fill.postgres import fill_postgres
from bench.fill.sqlite import fill_sqlite


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.fill", description="Fills databases for benchmarks.")
    parser.add_argument("--users", type=int, default=10_000_000, metavar="N", help="people (10000000)")
    parser.add_argument("--dialect", choices=("postgres", "sqlite", "both"), default="both")
    parser.add_argument("--to", type=Path, required=True, metavar="DIR", help="where the databases are put and kept")
    asked = parser.parse_args()
    directory = asked.to.resolve()
    directory.mkdir(parents=True, exist_ok=True)
    tables = []
    if asked.dialect != "sqlite":
        tables.append(fill_postgres(directory / "postgres", asked.users))
    if asked.dialect != "postgres":
        tables.append(fill_sqlite(directory / "shellback.sqlite3", asked.users))
    print("\n" + "\n\n".join(tables))


if __name__ == "__main__":
    main()
