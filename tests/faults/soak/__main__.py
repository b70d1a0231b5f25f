"""The soak by hand: `python -m tests.faults.soak --dialect postgres --seconds 600 --seed 7`."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path
from random import Random

from tests.faults.failing_sync import make_failing_sync
from tests.faults.proxy import FaultProxy
from tests.faults.server import server_of
from tests.faults.soak.conductor import Soak
from tests.faults.soak.faults_postgres import PostgresFaults
from tests.faults.soak.faults_sqlite import SqliteFaults
from tests.postgres import start_postgres
from tests.schema import migrate_fresh

NAME = "soak"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak", description=__doc__)
    parser.add_argument("--dialect", choices=("sqlite", "postgres"), required=True)
    parser.add_argument("--seconds", type=float, default=60, help="how long faults are let loose (60)")
    parser.add_argument("--seed", type=int, default=None, help="the schedule; a random one where none is given")
    parser.add_argument("--writers", type=int, default=3, help="processes (3)")
    args = parser.parse_args()
    seed = args.seed if args.seed is not None else Random().randrange(1 << 30)
    sys.stdout.write(f"seed {seed}\n")
    with tempfile.TemporaryDirectory(prefix="shellback-soak-") as place:
        run = _on_sqlite if args.dialect == "sqlite" else _on_postgres
        lines, is_whole = run(seed, args.seconds, args.writers, Path(place))
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 0 if is_whole else 1


def _on_sqlite(seed: int, seconds: float, writers: int, directory: Path) -> tuple[list[str], bool]:
    path = directory / "soak.sqlite3"
    path.touch(0o600)
    migrate_fresh(f"sqlite://{path}")
    return asyncio.run(soak_sqlite(f"sqlite://{path}", path, seed, seconds, writers, directory))


def _on_postgres(seed: int, seconds: float, writers: int, directory: Path) -> tuple[list[str], bool]:
    with start_postgres() as source, server_of(source) as server:
        server.create(NAME)
        migrate_fresh(server.url(NAME))

        async def run() -> tuple[list[str], bool]:
            async with FaultProxy(server) as proxy:
                soak = Soak(proxy.url(NAME), server.url(NAME), seed, seconds, directory, writers)
                found = await soak.run(PostgresFaults(server, proxy, NAME, Random(seed)))
                return soak.lines(found), not found

        return asyncio.run(run())


async def soak_sqlite(
    url: str, path: Path, seed: int, seconds: float, writers: int, directory: Path
) -> tuple[list[str], bool]:
    environment, no_sync = make_failing_sync(directory) or (None, None)
    soak = Soak(url, url, seed, seconds, directory, writers, environment)
    found = await soak.run(SqliteFaults(path, soak.alive, Random(seed), no_sync))
    return soak.lines(found), not found


if __name__ == "__main__":
    sys.exit(main())
