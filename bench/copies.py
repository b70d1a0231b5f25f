"""Copies of a filled database, for benchmarks that write; gone afterwards."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.fill.postgres import DATABASE, server


@contextmanager
def copies(dialect: str, directory: Path, name: str) -> Iterator[tuple[str, Callable[[], str]]]:
    """The URL of the database filled in `directory`, and what makes a fresh copy of it and returns its URL.

    There is one copy at a time; `name` tells the copies of two benchmarks apart.
    """
    if dialect == "sqlite":
        filled, copy = directory / "shellback.sqlite3", directory / f"{name}-copy.sqlite3"

        def remove() -> None:
            for ending in ("", "-wal", "-shm"):
                Path(f"{copy}{ending}").unlink(missing_ok=True)

        def copied() -> str:
            remove()
            shutil.copyfile(filled, copy)
            copy.chmod(0o600)
            return f"sqlite://{copy}"

        try:
            yield f"sqlite://{filled}", copied
        finally:
            remove()
        return
    with server(directory / "postgres") as running:
        clone = f"{name}_copy"

        def cloned() -> str:
            running.drop(clone)
            running.create(clone, template=DATABASE)
            running.execute("CHECKPOINT")  # what the copy left to write is not written while something is timed
            return running.url(clone)

        try:
            yield running.url(DATABASE), cloned
        finally:
            running.drop(clone)
