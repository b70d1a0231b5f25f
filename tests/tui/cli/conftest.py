"""What the tests of commands share: `run` calls the program in this process, as a script would."""

import asyncio
import io
import shutil
import sys
import uuid
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from tortoise.transactions import in_transaction

from tests.ended import Ended
from tests.postgres import PostgresServer
from tests.quick_hashes import quick_hashes
from tui.__main__ import main
from tui.cli import tokens
from tui.cli.arguments import build_parser
from tui.cli.place import locate

T = TypeVar("T")

MARIA = "granite otter 41 lantern"


Run = Callable[..., Ended]


class _NotATerminal(io.TextIOWrapper):
    def __init__(self, text: str) -> None:
        super().__init__(io.BytesIO(text.encode()), encoding="utf-8")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `shellback` with these arguments and this standard input, which is no terminal."""

    def call(*argv: str, stdin: str = "") -> Ended:
        monkeypatch.setattr(sys, "stdin", _NotATerminal(stdin))
        capsys.readouterr()
        code = main(argv)
        printed = capsys.readouterr()
        return Ended(code, printed.out, printed.err)

    return call


def in_database(url: str, body: Callable[[], Awaitable[T]]) -> T:
    """Runs `body` with the database open, apart from the command under test, and returns what it returns."""
    from tui.database import open_database
    from tui.settings import parse_url

    async def go() -> T:
        async with await open_database(parse_url(url)):
            return await body()

    return asyncio.run(go())


@pytest.fixture(scope="session")
def _staffed(
    dialect: str, _template: Path | str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[tuple[str, str]]:
    """Made once: a template (a file, or a database's name) and maria's token."""
    if dialect == "sqlite":
        path = tmp_path_factory.mktemp("staffed") / "staffed.sqlite3"
        shutil.copyfile(_template, path)
        path.chmod(0o600)
        with quick_hashes():
            token = in_database(f"sqlite://{path}", _people)
        yield str(path), token
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = f"staffed_{uuid.uuid4().hex}"
    server.create(name, template=str(_template))
    with quick_hashes():
        token = in_database(server.url(name), _people)
    yield name, token
    server.drop(name)


async def _people() -> str:
    from models.operations import ActorKind, Secret, Status, apply, plan_create, plan_create_first_superuser
    from models.operations.sign_in.answers import SignedIn
    from models.operations.sign_in.claims import system_actor
    from models.operations.sign_in.entering import sign_in
    from models.operations.sign_in.step_up import prove_for_life

    outcome = await apply(await plan_create_first_superuser(system_actor(), {"username": "maria"}, Secret(MARIA)))
    assert outcome.status is Status.OK, outcome.sentence
    signed_in = await sign_in("maria", Secret(MARIA), kind=ActorKind.CLI)
    assert isinstance(signed_in, SignedIn)
    assert signed_in.token is not None
    for name in ("alice", "alina", "bob"):
        values = {"username": name, "email": f"{name}@example.com", "full_name": name.title()}
        outcome = await apply(await plan_create(signed_in.actor, values))
        assert outcome.status is Status.OK, outcome.sentence
    await prove_for_life(signed_in.session_id)
    return signed_in.token.reveal()


@pytest.fixture
def staffed_url(
    dialect: str,
    _staffed: tuple[str, str],
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    """A database with maria, a superuser, and three users; every command of the test is about it."""
    template, _ = _staffed
    if dialect == "sqlite":
        path = tmp_path / "staffed.sqlite3"
        shutil.copyfile(template, path)
        path.chmod(0o600)
        monkeypatch.setenv("SHELLBACK_DATABASE_URL", f"sqlite://{path}")
        yield f"sqlite://{path}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = f"staffed_{uuid.uuid4().hex}"
    server.create(name, template=template)
    monkeypatch.setenv("SHELLBACK_DATABASE_URL", server.url(name))
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def maria(staffed_url: str, _staffed: tuple[str, str]) -> str:
    """The same, with maria signed in, who has given her password again for everything. Returns the URL."""
    place = locate(build_parser().parse_args(["--url", staffed_url]))
    tokens.keep(place.state, place.identity, _staffed[1], "maria")
    return staffed_url


@pytest.fixture
def unproven(maria: str) -> str:
    """The same, and the password that she gave again is forgotten: she is asked for it."""
    from models import StepUp

    async def forget() -> None:
        async with in_transaction() as client:
            await StepUp.all().using_db(client).delete()

    in_database(maria, forget)
    return maria
