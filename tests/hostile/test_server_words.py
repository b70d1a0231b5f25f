"""What a PostgreSQL server says that means harm: names of roles and databases, and the errors, warnings and notices of
a trigger. None of its text reaches the terminal, the output, the audit or a file, and the sentence instead is true."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import asyncpg
import pytest

from tests.e2e.conftest import Peopled
from tests.e2e.program import press_until, wait_for_rows
from tests.e2e.test_leaving import press_until_ended
from tests.hostile.gate import slipped, watched
from tests.hostile.hostile_project import text
from tests.hostile.values import mark
from tests.hostile.walking import marks_shown
from tests.hostile.wire import foreign, in_text
from tests.postgres import PostgresServer
from tui.__main__ import main
from tui.settings import parse_url

pytestmark = pytest.mark.postgres_only

ROLE, DATABASE = 70, 71
SAID = {mark(number) for number in range(80, 90)}
NOTHING = "Nothing was changed"
SENTENCES = {
    "P0001": "(code P0001)", "23505": "Another record has this value", "23514": "breaks a rule", "40001": "try again",
    "53100": "disk is full", "42501": "refuses this to the role",
    # Codes that end a session, from a trigger that ends none.
    "57P01": "(code 57P01)", "08006": "(code 08006)", "3D000": "(code 3D000)", "28P01": "(code 28P01)",
}  # fmt: skip


def _name(number: int) -> str:
    return text(number, 30).encode()[:60].decode("utf-8", "ignore")


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def _literal(value: str) -> str:
    return "E'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _trigger(code: str) -> str:
    """Says everything that a server can say, and refuses the row with this code. Its DETAIL is long and full of what
    the detail of a broken key looks like."""
    said = ("message", "hint", "constraint", "column", "table", "schema", "datatype")
    fields = ", ".join(f"{field} = {_literal(text(82 + at))}" for at, field in enumerate(said))
    return f"""
        CREATE OR REPLACE FUNCTION hostile() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            RAISE NOTICE USING MESSAGE = {_literal(text(80))}, HINT = {_literal(text(81))};
            RAISE WARNING USING MESSAGE = {_literal(text(80))}, DETAIL = {_literal(text(81))};
            RAISE EXCEPTION USING ERRCODE = '{code}', DETAIL = {_literal(text(89))} || repeat('(a)', 300000), {fields};
        END $$;
        CREATE OR REPLACE TRIGGER hostile BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION hostile()"""


@pytest.fixture
def hostile_names(
    peopled: Peopled, postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, str]]:
    """The 120 people in a database with a hostile name, reached as a role with one: the environment to reach it."""
    there = parse_url(peopled.url).server
    assert there is not None
    role, database = _name(ROLE), _name(DATABASE)
    postgres_server.execute(f"CREATE ROLE {_quoted(role)} SUPERUSER LOGIN")
    postgres_server.execute(f"ALTER DATABASE {_quoted(there.database)} RENAME TO {_quoted(database)}")
    place = f"host={quote(postgres_server.host, safe='')}&port={postgres_server.port}"
    url = f"postgres://{quote(role, safe='')}@/{quote(database, safe='')}?{place}"
    reached = {"SHELLBACK_DATABASE_URL": url, "SHELLBACK_TOKEN": peopled.token}
    for variable, value in reached.items():
        monkeypatch.setenv(variable, value)
    yield reached
    postgres_server.execute(f"ALTER DATABASE {_quoted(database)} RENAME TO {_quoted(there.database)}")
    postgres_server.execute(f"DROP ROLE {_quoted(role)}")


def test_no_word_of_the_server_is_repeated(
    hostile_names: dict[str, str], postgres_server: PostgresServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = _name(DATABASE)

    def told(*argv: str) -> str:
        main(argv)
        printed = "".join(capsys.readouterr())
        assert in_text(printed) == [], argv
        assert marks_shown(printed.encode()) & SAID == set(), argv
        return printed

    assert {mark(ROLE), mark(DATABASE)} <= marks_shown(told("doctor").encode())
    for code, sentence in SENTENCES.items():
        postgres_server.execute(_trigger(code), database)
        printed = told("users", "edit", "66", "--set", "full_name=A", "--yes", "--reason", "r")
        assert sentence in printed
        assert NOTHING in printed
    postgres_server.execute(_trigger("P0001"), database)
    file = tmp_path / "people.csv"
    file.write_text("username,full_name\nsomebody.new,Somebody New\n")
    for argv in (
        ("users", "import", str(file), "--yes", "--reason", "r"),
        ("users", "deactivate", "66", "--yes", "--reason", "r"),
        ("users", "create", "somebody.new", "--porcelain", "--yes", "--reason", "r"),
    ):
        assert "(code P0001)" in told(*argv)
    log = tmp_path / "gate"
    with watched(log, environment=hostile_names, columns=120, rows=40) as terminal:
        wait_for_rows(terminal)
        terminal.wait_for(r"h70H\u200b")
        terminal.press("e")
        terminal.wait_for("[ Cancel ]")
        press_until(terminal, "x", "wilsonx")  # a dialog is deaf at first
        press_until(terminal, "ctrl+s", " -> abigail")
        press_until(terminal, "y", "(code P0001)")
        press_until_ended(terminal, "ctrl+q")
        assert not terminal.is_running
        assert foreign(terminal.raw, least=100) == []
        assert marks_shown(terminal.raw) & SAID == set()
    assert slipped(log) == []
    kept = json.dumps(asyncio.run(_audit(hostile_names["SHELLBACK_DATABASE_URL"])), default=str).encode()
    for path in tmp_path.rglob("*"):
        kept += path.read_bytes() if path.is_file() else b""
    assert b"somebody.new" in kept
    assert marks_shown(kept) & SAID == set()


async def _audit(url: str) -> list[dict[str, object]]:
    server = parse_url(url).server
    assert server is not None
    connection = await asyncpg.connect(
        host=server.host, port=server.port, user=server.user, database=server.database
    )  # fmt: skip
    try:
        return [dict(row) for row in await connection.fetch("SELECT * FROM audit_events")]
    finally:
        await connection.close()
