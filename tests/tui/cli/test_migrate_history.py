"""`shellback migrate history` and `recover`, as typed, on another project's database and on our own."""

import asyncio
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.tui.cli.conftest import Run
from tests.tui.migrate.own import COUNT, VERSIONS
from tests.tui.migrate.projects import execute, init_sql, make_project, migration, query

ONE = "1_one.py"


@pytest.fixture
def shop(tmp_path: Path, empty_url: str, dialect: str) -> Path:
    """Two files: the second has no transaction, and its second statement fails."""
    files = {
        "0_init.py": migration(init_sql(dialect)),
        ONE: migration(
            "CREATE TABLE one (id int); INSERT INTO nowhere VALUES (1)", "DROP TABLE one", transaction=False
        ),
    }
    return make_project(tmp_path / "shop", empty_url, files).root


def apply(run: Run, shop: Path, *more: str) -> int:
    return run("migrate", "apply", "--project", str(shop), "--yes", "--despite-lint", "all", "--accept-all", *more).code


def test_history_tells_who_when_and_how_it_ended(shop: Path, run: Run) -> None:
    project = ("--project", str(shop))
    assert run("migrate", "history", *project).out == "Nothing was run on this database yet.\n"
    run("migrate", "apply", *project, "--yes", "--accept-all")
    assert run("migrate", "history", *project).out.splitlines()[0].split()[:4] == ["WHEN", "WHAT", "NUMBER", "NAME"]
    told = run("migrate", "history", *project, "--json").document["history"]
    assert [(each["version"], each["action"], each["outcome"], each["done"]) for each in told] == [
        (ONE, "apply", "partial", 1),
        ("0_init.py", "apply", "done", 2),
    ]
    assert "@" in told[0]["actor"]
    shown = run("migrate", "history", *project)
    assert shown.code == 0
    assert "apply partial" in shown.out
    assert "1 of 2" in shown.out
    sent = run("migrate", "history", "0", "--sql", *project)
    assert "CREATE TABLE" in sent.out
    assert run("migrate", "history", "77", *project).code == 1
    assert run("migrate", "history", "--sql", *project).code == 2


def test_a_changed_file_ends_with_4_and_is_shown(shop: Path, run: Run, empty_url: str) -> None:
    project = ("--project", str(shop))
    run("migrate", "apply", *project, "--to", "0", "--yes", "--accept-all")
    assert run("migrate", "history", "0", "--diff", *project).out == "0_init.py is what was run, byte for byte.\n"
    path = shop / "migrations" / "models" / "0_init.py"
    path.write_text(path.read_text().replace("VARCHAR(50)", "VARCHAR(60)"))
    ended = run("migrate", "status", *project)
    assert ended.code == 4
    assert "CHANGED" in ended.out
    told = run("migrate", "history", "0", "--diff", *project)
    assert told.code == 4
    assert "The SQL differs from what was run." in told.err
    assert "VARCHAR(60)" in next(line for line in told.out.splitlines() if line.startswith("+ "))
    assert run("migrate", "history", "0", "--diff", *project, "--json").document["sql_differs"] is True
    path.unlink()
    assert run("migrate", "history", "0", "--diff", *project).code == 4


def test_a_run_that_was_cut_off_is_recovered(shop: Path, run: Run, empty_url: str) -> None:
    project = ("--project", str(shop))
    run("migrate", "apply", *project, "--yes", "--accept-all")
    told = run("migrate", "recover", *project)
    assert told.code == 4
    assert "partial: 1_one.py: It stopped after statement 1 of 2; statement 2 was begun" in told.out
    assert "  2: INSERT INTO nowhere VALUES (1)" in told.out
    assert "--resume-after" in told.out
    assert run("migrate", "status", *project).code == 4
    assert run("migrate", "apply", *project, "--yes", "--accept-all").code != 0
    assert run("migrate", "recover", *project, "--mark", "--yes").code == 1
    assert run("migrate", "recover", *project, "--resume").code == 2
    assert run("migrate", "recover", "0", *project, "--resume", "--yes").code == 1
    planned = run("migrate", "recover", *project, "--resume", "--dry-run")
    assert planned.out == "Resume 1_one.py with statement 2 of 2, which was begun.\n"
    asyncio.run(execute(empty_url, "CREATE TABLE nowhere (id int)"))
    planned = run("migrate", "recover", *project, "--resume", "--dry-run", "--json")
    assert (planned.code, planned.document["plan"]["way"], planned.document["plan"]["version"][:2]) == (
        0,
        "resume",
        "1_",
    )
    done = run("migrate", "recover", "1", *project, "--resume", "--yes", "--json")
    assert done.code == 0
    assert asyncio.run(query(empty_url, "SELECT id FROM nowhere")) == [(1,)]
    assert run("migrate", "recover", *project).out == "Nothing was cut off: there is nothing to recover.\n"
    assert run("migrate", "status", *project).code == 0


def test_recorded_by_hand_with_a_reason(shop: Path, run: Run, empty_url: str) -> None:
    project = ("--project", str(shop))
    run("migrate", "apply", *project, "--yes", "--accept-all")
    assert run("migrate", "recover", *project, "--mark", "--reason", "did the rest", "--yes").code == 0
    [newest, *_] = run("migrate", "history", *project, "--json").document["history"]
    assert (newest["action"], newest["reason"]) == ("stamp", "did the rest")
    listing = run("migrate", "status", *project, "--json").document["migrations"]
    assert [entry["state"] for entry in listing] == ["applied", "FAKED"]


@pytest.mark.sqlite_only
def test_the_copy_from_before_is_put_back(shop: Path, run: Run, empty_url: str) -> None:
    project = ("--project", str(shop))
    run("migrate", "apply", *project, "--to", "0", "--yes", "--accept-all")
    run("migrate", "apply", *project, "--yes", "--accept-all")
    ended = run("migrate", "recover", *project, "--restore", "--yes")
    assert ended.code == 0
    assert "as it was before the run" in ended.out
    tables = {row[0] for row in asyncio.run(query(empty_url, "SELECT name FROM sqlite_master WHERE type = 'table'"))}
    assert "one" not in tables
    assert run("migrate", "recover", *project).code == 0
    assert run("migrate", "status", *project).code == 2


def test_our_own_history(empty_url: str, run: Run) -> None:
    assert run("migrate", "history", "--url", empty_url).code == 0
    assert run("migrate", "apply", "--url", empty_url, "--yes", "--accept-all").code == 0
    told = run("migrate", "history", "--url", empty_url, "--json").document["history"]
    assert [each["version"] for each in told] == list(reversed(VERSIONS))
    assert {each["outcome"] for each in told} == {"done"}
    assert run("migrate", "history", "0", "--sql", "--url", empty_url).out.count("CREATE TABLE") > 0
    assert len(told) == COUNT


def aerich(shop: Path, *argv: str) -> str:
    """What the command of the project itself says."""
    import sys

    program = Path(sys.executable).with_name("aerich")
    done = subprocess.run([program, *argv], cwd=shop, capture_output=True, text=True, check=True)
    return done.stdout


def test_plain_aerich_works_on_beside_our_table(tmp_path: Path, empty_url: str, dialect: str, run: Run) -> None:
    files = {
        "0_init.py": migration(init_sql(dialect)),
        "1_one.py": migration("CREATE TABLE one (id int)", "DROP TABLE one"),
        "2_two.py": migration("CREATE TABLE two (id int)", "DROP TABLE two"),
    }
    shop = make_project(tmp_path / "shop", empty_url, files).root
    project = ("--project", str(shop))
    assert run("migrate", "apply", *project, "--to", "1", "--yes", "--accept-all").code == 0
    assert "2_two.py" in aerich(shop, "heads")
    assert "Success" in aerich(shop, "upgrade")
    assert aerich(shop, "history").split() == ["0_init.py", "1_one.py", "2_two.py"]
    told = run("migrate", "history", *project, "--json").document["history"]
    assert [(each["version"], each["outcome"]) for each in told] == [
        ("2_two.py", "unknown"),
        ("1_one.py", "done"),
        ("0_init.py", "done"),
    ]
    assert run("migrate", "status", *project).code == 0
    aerich(shop, "downgrade", "-v", "1", "--yes")
    aerich(shop, "upgrade")
    told = run("migrate", "status", *project)
    assert told.code == 0, "applied again by plain aerich: what we wrote is not about these rows"
    assert asyncio.run(query(empty_url, "SELECT count(*) FROM one")) == [(0,)]


@pytest.mark.sqlite_only
def test_a_hostile_log_is_only_shown(shop: Path, run: Run, empty_url: str) -> None:
    """Anybody who may write the database may have written it: odd types, escapes, ten thousand rows, a megabyte."""
    project = ("--project", str(shop))
    run("migrate", "apply", *project, "--to", "0", "--yes", "--accept-all")
    path = empty_url.removeprefix("sqlite://")
    connection = sqlite3.connect(path)
    with connection:
        row = "INSERT INTO shellback_migrations (run, app, version, action, outcome, actor, reason, started_at, "
        row += "source, source_sha256, sql, statements, begun, done) VALUES "
        values = "('r', 'models', ?, 'apply', ?, ?, ?, 'never', x'ff00', 'x', 'x', 'many', -5, 99999999999999999999)"
        connection.execute(row + values, ("0_init.py", "\x1b]52;c;aGk=\x07", "\u202e[red]x", "y" * 1_000_000))
        connection.executemany(row + values, [(f"{n}_x.py", "failed", "a", "b") for n in range(10_000)])
    connection.close()
    told = run("migrate", "history", *project)
    assert told.code == 0
    assert "\x1b" not in told.out
    assert "\u202e" not in told.out
    assert len(told.out) < 3_000_000
    assert run("migrate", "status", *project).code == 2
