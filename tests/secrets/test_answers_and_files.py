"""What a database answers and what a file brings in: a row's hash in an error, a password in a column."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import pytest

from models import User
from tests.e2e.bench import Bench, make_bench, within
from tests.e2e.conftest import Peopled
from tests.e2e.traces import found_in
from tui.settings import parse_url

REFUSING = (
    "ALTER TABLE users ADD CONSTRAINT odd CHECK (username <> 'forbidden-by-check') NOT VALID",
    """
    CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.username = 'forbidden-by-trigger' THEN
            RAISE EXCEPTION 'row %', NEW USING DETAIL = NEW.hashed_password, HINT = NEW.hashed_password;
        END IF;
        RETURN NEW;
    END $$""",
    "CREATE TRIGGER tell BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION tell()",
)


@pytest.fixture
def bench(peopled: Peopled, tmp_path: Path) -> Bench:
    return make_bench(peopled, tmp_path / "bench")


def somebody(bench: Bench) -> tuple[int, str]:
    """The id of a user, and the hash of the password."""

    async def load() -> tuple[int, str]:
        found = await User.filter(is_superuser=False, is_active=True, deleted_at=None).order_by("id").first()
        assert found is not None
        return found.id, str(found.hashed_password)

    return within(bench.people, load)


@pytest.mark.postgres_only
def test_an_error_of_the_database_that_quotes_the_row(bench: Bench) -> None:
    user_id, hashed = somebody(bench)
    server = parse_url(bench.people.url).server
    assert server is not None

    async def told(name: str) -> str:
        raw = await asyncpg.connect(host=server.host, port=server.port, user=server.user, database=server.database)
        try:
            await raw.execute("UPDATE users SET username = $1 WHERE id = $2", name, user_id)
        except asyncpg.PostgresError as error:
            return f"{error} {error.detail}"
        finally:
            await raw.close()
        raise AssertionError("the database was to refuse it")

    async def prepare() -> None:
        raw = await asyncpg.connect(host=server.host, port=server.port, user=server.user, database=server.database)
        for statement in REFUSING:
            await raw.execute(statement)
        await raw.close()

    asyncio.run(prepare())
    for name in ("forbidden-by-check", "forbidden-by-trigger"):
        told_hash = hashed[:60]  # PostgreSQL cuts long values of a failing row
        assert told_hash in asyncio.run(told(name)), "PostgreSQL itself tells it"
        done = bench.command(
            "users", "edit", str(user_id), "--set", f"username={name}", "--yes", "--json", PYTHONDEVMODE="1"
        )
        assert done.returncode == 1, done.stderr
        assert '"error"' in done.stdout or '"outcome"' in done.stdout
        assert found_in((done.stdout + done.stderr).encode(), [told_hash]) == []
        assert "argon2" not in done.stdout + done.stderr
    bench.check_silence([], bench.hashes())


@pytest.mark.sqlite_only
@pytest.mark.parametrize("option", [(), ("--ignore", "password"), ("--map", "password=full_name")])
def test_a_file_with_passwords_is_refused_and_not_repeated(bench: Bench, option: tuple[str, ...]) -> None:
    canaries = ["c4nary-of-a-spreadsheet", "$argon2id$v=19$m=65536,t=3,p=4$c4naryc4nary$hash"]
    file, errors = bench.home / "people.csv", bench.home / "wrong.csv"
    file.write_text(f'username,password,password_hash\nnew-one,{canaries[0]},"{canaries[1]}"\n,{canaries[0]},x\n')
    done = bench.command("users", "import", str(file), "--errors", str(errors), "--yes", "--json", *option)
    assert done.returncode != 0
    assert "never imported" in done.stderr
    assert found_in((done.stdout + done.stderr).encode(), canaries) == []
    file.unlink()
    bench.check_silence(canaries, set())
