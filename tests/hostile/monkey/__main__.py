"""The monkey by hand: `python -m tests.hostile.monkey --dialect sqlite --seconds 600 --seed 7`."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from time import monotonic

from tests.hostile.monkey.loose import let_loose
from tests.postgres import start_postgres
from tests.schema import migrate_fresh
from tui.demo import DemoSummary, fill

PEOPLE = 120


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.hostile.monkey", description=__doc__)
    parser.add_argument("--dialect", choices=("sqlite", "postgres"), required=True)
    parser.add_argument("--seconds", type=float, default=60, help="how long new rounds are begun (60)")
    parser.add_argument("--seed", type=int, default=None, help="of the first round, the next has the next one")
    parser.add_argument("--steps", type=int, default=400, help="in a round, at most (400)")
    args = parser.parse_args()
    seed = args.seed if args.seed is not None else Random().randrange(1 << 30)
    with tempfile.TemporaryDirectory(prefix="shellback-monkey-", dir="/tmp") as directory:
        place = Path(directory)
        databases = _on_sqlite if args.dialect == "sqlite" else _on_postgres
        with databases(place) as (made, fresh):
            until = monotonic() + args.seconds
            while monotonic() < until:
                own = place / str(seed)
                own.mkdir()
                signed_in = {"SHELLBACK_DATABASE_URL": fresh(), "SHELLBACK_TOKEN": made.token}
                count = Random(seed).randint(1, args.steps)
                found = let_loose(signed_in, own, seed, count)
                sys.stdout.writelines(f"{line}\n" for line in found or [f"seed {seed}: {count} steps, nothing"])
                sys.stdout.flush()
                if found:
                    return 1
                seed += 1
    return 0


Databases = tuple[DemoSummary, Callable[[], str]]
"""Who may sign in, and what makes the database as it was at first and returns its URL."""


@contextmanager
def _on_sqlite(place: Path) -> Iterator[Databases]:
    template = place / "template.sqlite3"
    migrate_fresh(f"sqlite://{template}")
    made = fill(str(template), "sqlite", PEOPLE)

    def fresh() -> str:
        path = place / "app.sqlite3"
        for old in place.glob("app.sqlite3*"):
            old.unlink()
        shutil.copyfile(template, path)
        path.chmod(0o600)
        return f"sqlite://{path}"

    yield made, fresh


@contextmanager
def _on_postgres(_: Path) -> Iterator[Databases]:
    with start_postgres() as server:
        server.create("template")
        migrate_fresh(server.url("template"))
        made = fill(server.url("template"), "postgres", PEOPLE)

        def fresh() -> str:
            server.drop("monkey")
            server.create("monkey", template="template")
            return server.url("monkey")

        yield made, fresh


if __name__ == "__main__":
    sys.exit(main())
