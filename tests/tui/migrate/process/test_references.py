"""Rows that refer to nothing, between two files."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tui.migrate.process.sessions.sqlite_references import ForeignKeysBroken, References

pytestmark = pytest.mark.sqlite_only


def test_a_commit_that_landed_is_no_failure_where_somebody_locks_the_file_at_once(tmp_path: Path) -> None:
    """In the journal mode of old, a reader waits for whoever writes."""
    path = tmp_path / "shop.sqlite3"
    with (
        closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as files,
        closing(sqlite3.connect(path, isolation_level=None)) as other,
    ):
        files.row_factory = sqlite3.Row
        files.execute("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
        files.execute("CREATE TABLE child (parent INTEGER REFERENCES parent)")
        references = References(files)
        files.execute("BEGIN IMMEDIATE")
        references.begin()
        files.execute("INSERT INTO parent VALUES (1)")
        references.check()
        files.execute("COMMIT")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            files.execute("PRAGMA schema_version")
        references.committed()
        other.execute("INSERT INTO child VALUES (2)")
        other.execute("COMMIT")

        files.execute("BEGIN IMMEDIATE")
        references.begin()
        references.check()  # what another one broke is not this file's doing
        files.execute("INSERT INTO child VALUES (3)")
        with pytest.raises(ForeignKeysBroken, match="1 row would"):
            references.check()
