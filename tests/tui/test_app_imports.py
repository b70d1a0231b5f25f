"""What the first paint may cost: the interface comes up without the database stack, the registry without Textual."""

import subprocess
import sys

import pytest

HEAVY = ("tortoise", "asyncpg", "aiosqlite", "passlib", "aerich", "models")


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("tui.app", HEAVY),
        ("tui.interface", (*HEAVY, "textual", "rich")),
        ("tui.run", (*HEAVY, "textual", "rich")),
        ("tui.keys", (*HEAVY, "textual", "rich")),
        ("tui.sanitise", (*HEAVY, "textual", "rich")),
        # A list of migrations, and `migrate status`: the worker process has the rest.
        ("tui.migrate.listing", (*HEAVY, "textual", "rich")),
        ("tui.cli.commands.migrate.looking", (*HEAVY, "textual", "rich")),
        # Of the worker, what both sides read.
        ("tui.migrate.process.sql.ddl", (*HEAVY, "textual", "rich")),
        ("tui.migrate.process.catalogues.described", (*HEAVY, "textual", "rich")),
        ("tui.migrate.process.sizing.counting", (*HEAVY, "textual", "rich")),
        ("tui.migrate.process.rehearsal.limits", (*HEAVY, "textual", "rich")),
    ],
)
def test_importing_it_does_not_import(module: str, forbidden: tuple[str, ...]) -> None:
    code = f"import {module}, sys; print(*sorted({{name.split('.')[0] for name in sys.modules}} & set({forbidden!r})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == []
