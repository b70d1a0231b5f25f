"""Ctrl+c while a migration runs: it is rolled back, said so, and the exit code is that of an interrupt."""

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

from tests.tui.cli.test_migrate import aerich_project


def test_a_migration_that_runs_is_rolled_back(tmp_path: Path) -> None:
    library = aerich_project(tmp_path / "library")
    slow = library / "library" / "migrations" / "models" / "2_20260103000000_slow.py"
    slow.write_text(
        "RUN_IN_TRANSACTION = True\n\n\nasync def upgrade(db):\n"
        '    return """CREATE TABLE "shelf" ("id" INT);\n'
        "        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
        ' INSERT INTO "shelf" SELECT i FROM n"""\n'
        '\n\nasync def downgrade(db):\n    return ""\n'
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "migrate", "apply", "--project", str(library), "--trust", "--yes"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert process.stdout is not None
    for said in process.stderr:
        if "WITH RECURSIVE" in said:
            break
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "rolled back" in rest
    assert "Traceback" not in rest
    with sqlite3.connect(library / "library.sqlite3") as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert connection.execute("SELECT count(*) FROM aerich").fetchone() == (2,)
    connection.close()
    assert "shelf" not in tables
    assert "book" in tables


def test_no_command_loads_the_interface() -> None:
    commands = (
        "audit",
        "init",
        "migrate.looking",
        "migrate.apply",
        "roles",
        "session",
        "users.bulk",
        "users.export",
        "users.importing",
        "users.listing",
        "users.show",
        "users.write",
    )
    probe = (
        f"import sys\nfor name in {commands!r}: __import__('tui.cli.commands.' + name)\n"
        "sys.exit('textual was imported' if 'textual' in sys.modules else 0)"
    )
    subprocess.run([sys.executable, "-c", probe], check=True)
