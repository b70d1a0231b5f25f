"""What a statement locks, in words that a person waits by."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tui.migrate.lint.locks import lock_of, waiting
from tui.migrate.process.sql.ddl import what_does


@pytest.mark.parametrize(
    ("sql", "mode", "said"),
    [
        ("ALTER TABLE a ADD b INT", "ACCESS EXCLUSIVE", "readers and writers of a wait"),
        ("DROP TABLE a, b", "ACCESS EXCLUSIVE", "readers and writers of a and b wait"),
        ("TRUNCATE a", "ACCESS EXCLUSIVE", "readers and writers of a wait"),
        ("VACUUM FULL a", "ACCESS EXCLUSIVE", "readers and writers of a wait"),
        ("CREATE INDEX i ON a (b)", "SHARE", "writers of a wait, readers do not"),
        ("CREATE INDEX CONCURRENTLY i ON a (b)", "SHARE UPDATE EXCLUSIVE", ""),
        ("ALTER TABLE a VALIDATE CONSTRAINT c", "SHARE UPDATE EXCLUSIVE", ""),
        (
            "ALTER TABLE a ADD CONSTRAINT c FOREIGN KEY (b) REFERENCES d (id)",
            "SHARE ROW EXCLUSIVE",
            "writers of a and d wait, readers do not",
        ),
        ("ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0)", "ACCESS EXCLUSIVE", "readers and writers of a wait"),
        ("CREATE TABLE a (b INT REFERENCES d (id))", "SHARE ROW EXCLUSIVE", "writers of d wait, readers do not"),
        ("CREATE TABLE a (b INT)", "", ""),
        ("UPDATE a SET b = 1", "ROW EXCLUSIVE", ""),
        ("SELECT 1", "", ""),
    ],
)
def test_the_lock_and_who_waits(sql: str, mode: str, said: str) -> None:
    deed = what_does(sql, "postgres")
    assert lock_of(deed, "postgres").mode == mode
    assert waiting(deed, "postgres") == said


def test_nobody_waits_for_a_table_that_is_new() -> None:
    deed = what_does("ALTER TABLE a ADD CONSTRAINT c FOREIGN KEY (b) REFERENCES d (id)", "postgres")
    assert waiting(deed, "postgres", {"a"}) == "writers of d wait, readers do not"
    assert waiting(deed, "postgres", {"a", "d"}) == ""


def test_sqlite_has_one_lock_for_all() -> None:
    assert waiting(what_does("UPDATE a SET b = 1", "sqlite"), "sqlite").startswith("every other writer of the database")
    assert waiting(what_does("CREATE TABLE a (b INT)", "sqlite"), "sqlite") == ""


def test_a_status_and_the_first_paint_pay_nothing_for_the_lint() -> None:
    code = (
        "import sys, tui.cli.commands.migrate.looking, tui.cli.migrating, tui.app;"
        "print([name for name in sys.modules if name.startswith('tui.migrate.lint')])"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"
