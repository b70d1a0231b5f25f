"""The rows of an import while they wait: whoever lets go of them does not pull them away from under a thread."""

from __future__ import annotations

import sqlite3
from threading import Event, Thread

import pytest

from models.operations.importing import ImportRow, Spool, Verdict

ROWS = 3000


def _filled() -> Spool:
    spool = Spool()
    spool.fill((ImportRow(line, None, {"username": f"u{line}"}) for line in range(1, ROWS + 1)), ROWS)
    return spool


def test_rows_that_were_let_go_of_are_gone() -> None:
    spool = _filled()
    spool.close()
    spool.close()
    with pytest.raises(sqlite3.ProgrammingError):
        spool.settle()


def test_letting_go_waits_for_nobody_and_ends_no_thread() -> None:
    """A cancelled import closes its spool while its thread is at work: it once took the whole program with it."""
    for _ in range(20):
        spool, begun = _filled(), Event()
        ended: list[str] = []

        def work(spool: Spool = spool, begun: Event = begun, ended: list[str] = ended) -> None:
            begun.set()
            try:
                for _ in range(50):
                    spool.refuse_twice("username_key")
                    spool.settle()
                    spool.sample(Verdict.CREATE, 0, ROWS)
            except sqlite3.ProgrammingError as error:
                ended.append(str(error))

        thread = Thread(target=work)
        thread.start()
        begun.wait()
        spool.close()
        thread.join()
        assert ended == ["the rows of this import were let go of"]
