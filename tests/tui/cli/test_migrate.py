"""`init` and `migrate`: looked at, planned, applied, refused; our own tree and another project's."""

import hashlib
import sqlite3
from pathlib import Path

import pytest

from tests.tui.cli.conftest import MARIA, Run
from tests.tui.cli.test_bad_input import insert_row
from tests.tui.migrate.own import COUNT


def test_from_nothing_to_a_superuser(empty_url: str, run: Run) -> None:
    assert run("migrate", "status", "--url", empty_url).code == 2
    planned = run("init", "--url", empty_url, "--username", "maria", "--dry-run", "--json").document["plan"]
    assert len(planned["files"]) == COUNT
    assert run("migrate", "status", "--url", empty_url).code == 2
    argv = ("init", "--url", empty_url, "--username", "maria", "--password-stdin", "--yes")
    told = run(*argv, "--json", stdin=MARIA).document["init"]
    assert told["applied"] == planned["files"]
    assert told["outcome"]["status"] == "ok"
    assert run("migrate", "status", "--url", empty_url).code == 0
    assert run("login", "--url", empty_url, "--as", "maria", "--password-stdin", stdin=MARIA).code == 0
    events = run("audit", "list", "--url", empty_url, "--json").document["events"]
    assert {event["action"] for event in events} >= {"migrations.apply", "users.create_first_superuser"}
    again = run(*argv, stdin=MARIA)
    assert again.code == 3
    assert "superuser already" in again.err


def test_the_embedded_database_is_made(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "home" / "data" / "shellback.sqlite3"
    assert run("migrate", "status").code == 2
    assert not path.exists()
    ended = run("init", "--yes")
    assert ended.code == 0
    assert "shellback init --username" in ended.err
    assert path.stat().st_mode & 0o777 == 0o600
    assert run("init", "--yes").code == 0


def test_another_file_is_made_only_when_asked(run: Run, tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path}/new/app.sqlite3"
    ended = run("init", "--url", url, "--yes")
    assert ended.code == 5
    assert not (tmp_path / "new").exists()
    assert run("init", "--url", url, "--yes", "--create").code == 0
    assert (tmp_path / "new" / "app.sqlite3").exists()


@pytest.mark.parametrize(
    ("argv", "stdin", "code", "said"),
    [
        (("--username", "maria", "--password-stdin"), "short", 1, "15 characters"),
        (("--username", "a\u202eb", "--password-stdin"), MARIA, 1, "U+202E"),
        (("--password-stdin",), MARIA, 2, "--username"),
        (("--username", "maria"), "", 2, "--password-stdin"),
    ],
)
def test_nothing_is_made_for_a_bad_superuser(
    argv: tuple[str, ...], stdin: str, code: int, said: str, empty_url: str, run: Run
) -> None:
    ended = run("init", "--url", empty_url, "--yes", *argv, stdin=stdin)
    assert (ended.code, ended.out) == (code, "")
    assert said in ended.err
    assert run("migrate", "status", "--url", empty_url).code == 2


def test_plan_and_apply_one_after_the_other(empty_url: str, run: Run) -> None:
    url = ("--url", empty_url)
    everything = run("migrate", "plan", *url, "--json")
    assert everything.code == 2
    versions = [file["version"] for file in everything.document["plan"]["files"]]
    first = run("migrate", "plan", *url, "--next")
    assert first.code == 2
    assert versions[0] in first.out
    assert versions[1] not in first.out
    dry = run("migrate", "apply", *url, "--to", "0", "--dry-run")
    assert dry.code == 2
    assert dry.out.startswith(run("migrate", "plan", *url, "--to", "0").out)
    done = run("migrate", "apply", *url, "--to", "0", "--yes", "--json")
    assert done.code == 0
    assert done.document["outcome"]["applied"] == versions[:1]
    listing = run("migrate", "status", *url, "--json").document
    assert [entry["state"] for entry in listing["migrations"]] == ["applied", *(["pending"] * (len(versions) - 1))]
    assert listing["pending"] == versions[1:]
    ended = run("migrate", "apply", *url, "--yes")
    assert ended.code == 0
    assert versions[1] in ended.err
    assert run("migrate", "plan", *url).code == 0
    nothing = run("migrate", "apply", *url, "--yes")
    assert (nothing.code, nothing.out) == (0, "Nothing is pending.\n")


def test_sql_is_printed_as_it_stands(empty_url: str, run: Run) -> None:
    up = run("migrate", "sql", "0", "--url", empty_url)
    assert up.code == 0
    assert "CREATE TABLE" in up.out
    down = run("migrate", "sql", "0", "--down", "--url", empty_url, "--json").document["scripts"]
    assert down[0]["direction"] == "down"
    everything = run("migrate", "sql", "--url", empty_url)
    assert everything.out.count(", up\n") == COUNT
    assert run("migrate", "sql", "77", "--url", empty_url).code == 1


def test_an_apply_needs_consent(empty_url: str, run: Run) -> None:
    ended = run("migrate", "apply", "--url", empty_url)
    assert (ended.code, ended.out) == (2, "")
    assert "--yes" in ended.err
    assert run("migrate", "status", "--url", empty_url).code == 2


def test_a_file_that_is_gone_ends_with_4(maria: str, run: Run, dialect: str) -> None:
    insert_row(maria, dialect, "99_20990101000000_later.py")
    ended = run("migrate", "status", "--json")
    assert ended.code == 4
    assert ended.document["ahead"] == ["99_20990101000000_later.py"]
    assert run("migrate", "plan").code == 4
    assert run("migrate", "apply", "--yes").code == 4


# Another project


def aerich_project(directory: Path) -> Path:
    """A project with an empty SQLite database and two migrations, in a directory that is made here."""
    directory.mkdir(mode=0o755)
    sqlite3.connect(directory / "library.sqlite3").close()
    (directory / "library" / "migrations" / "models").mkdir(parents=True)
    (directory / "library" / "__init__.py").write_text("")
    (directory / "library" / "models.py").write_text(
        "from tortoise import fields\nfrom tortoise.models import Model\n\n\n"
        "class Book(Model):\n"
        "    id = fields.IntField(primary_key=True)\n    title = fields.CharField(max_length=50)\n\n"
        '    class Meta:\n        table = "book"\n'
    )
    (directory / "library" / "config.py").write_text(
        "from pathlib import Path\n\n"
        'FILE = Path(__file__).parent.parent / "library.sqlite3"\n'
        'TORTOISE_ORM = {"connections": {"default": f"sqlite://{FILE}"},\n'
        '    "apps": {"models": {"models": ["library.models", "aerich.models"], "default_connection": "default"}}}\n'
    )
    (directory / "pyproject.toml").write_text(
        '[project]\nname = "library"\n\n[tool.aerich]\ntortoise_orm = "library.config.TORTOISE_ORM"\n'
        'location = "./library/migrations"\nsrc_folder = "./."\n'
    )
    aerich = 'CREATE TABLE "aerich" ("id" INTEGER PRIMARY KEY, "version" TEXT, "app" TEXT, "content" JSON);'
    book = 'CREATE TABLE "book" ("id" INTEGER PRIMARY KEY, "title" TEXT);'
    _migration(directory, "0_20260101000000_init.py", f"{book} {aerich}")
    _migration(directory, "1_20260102000000_year.py", 'ALTER TABLE "book" ADD "year" INT;')
    return directory


def _migration(directory: Path, name: str, sql: str) -> None:
    path = directory / "library" / "migrations" / "models" / name
    path.write_text(
        "from tortoise import BaseDBAsyncClient\n\nRUN_IN_TRANSACTION = True\n\n\n"
        f'async def upgrade(db: BaseDBAsyncClient) -> str:\n    return """\n        {sql}"""\n\n\n'
        'async def downgrade(db: BaseDBAsyncClient) -> str:\n    return ""\n\n\nMODELS_STATE = ""\n'
    )
    path.chmod(0o644)


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return aerich_project(tmp_path / "library")


def test_another_project_is_asked_about_once(library: Path, run: Run) -> None:
    ended = run("migrate", "status", "--project", str(library))
    assert ended.code == 3
    assert "--trust" in ended.err
    assert "CREATE TABLE" in run("migrate", "sql", "0", "--project", str(library)).out
    trusted = run("migrate", "status", "--project", str(library), "--trust")
    assert trusted.code == 2
    assert run("migrate", "status", "--project", str(library)).out == trusted.out


def test_another_project_is_migrated(library: Path, run: Run) -> None:
    project = ("--project", str(library), "--trust")
    assert run("migrate", "apply", *project, "--yes").code == 0
    with sqlite3.connect(library / "library.sqlite3") as connection:
        assert connection.execute("SELECT count(*) FROM aerich").fetchone() == (2,)
        assert [row[1] for row in connection.execute("PRAGMA table_info(book)")] == ["id", "title", "year"]
    connection.close()
    assert run("migrate", "status", *project).code == 0


def test_a_file_that_fails_is_pointed_at(library: Path, run: Run) -> None:
    _migration(library, "2_20260103000000_wrong.py", 'ALTER TABLE "nonsense" ADD "x" INT;')
    ended = run("migrate", "apply", "--project", str(library), "--trust", "--yes", "--json")
    assert ended.code == 1
    outcome = ended.document["outcome"]
    assert outcome["failed"] == "2_20260103000000_wrong.py"
    assert len(outcome["applied"]) == 2
    assert "2_20260103000000_wrong.py:8" in outcome["place"]
    assert "nonsense" in ended.err
    assert run("migrate", "status", "--project", str(library)).code == 2


def test_a_project_that_is_none(tmp_path: Path, run: Run) -> None:
    for directory, said in ((tmp_path, "pyproject.toml"), (tmp_path / "nowhere", "no directory")):
        ended = run("migrate", "status", "--project", str(directory))
        assert ended.code == 1
        assert said in ended.err
    ended = run("migrate", "status", "--project", str(tmp_path), "--url", "sqlite:///x")
    assert ended.code == 2


def test_an_unreadable_file(library: Path, run: Run) -> None:
    path = library / "library" / "migrations" / "models" / "2_20260103000000_wrong.py"
    path.write_text("async def upgrade(db)\n")
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    ended = run("migrate", "sql", "2", "--project", str(library))
    assert ended.code == 4
    assert "line 1" in ended.err
    assert run("migrate", "status", "--project", str(library), "--trust").code == 4
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
