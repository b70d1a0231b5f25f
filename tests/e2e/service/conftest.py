"""The service and Shellback on one database, with people whose passwords are known."""

from __future__ import annotations

import asyncio
import io
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import TypeVar
from unittest.mock import patch

import pytest

from tests.e2e.conftest import Peopled
from tests.e2e.service.running import Service
from tests.models.operations.people import user
from tui.__main__ import main
from tui.database import open_database
from tui.settings import parse_url

T = TypeVar("T")


@dataclass(frozen=True)
class Beside:
    """The service beside Shellback."""

    people: Peopled
    service: Service

    def within(self, body: Callable[[], Awaitable[T]]) -> T:
        """Run `body` with the database open, and return what it returns."""

        async def go() -> T:
            async with await open_database(parse_url(self.people.url)):
                return await body()

        return asyncio.run(go())

    def add(self, username: str, **fields: object) -> int:
        """A user as the service would have made one, with the password of `tests.models.operations.people`."""

        async def made() -> int:
            return (await user(username, **fields)).id

        return self.within(made)

    def shellback(self, *argv: str, stdin: str = "") -> str:
        """Run a command as the superuser of the database, in this process; return what it printed."""
        streams = (io.TextIOWrapper(io.BytesIO(text.encode()), write_through=True) for text in (stdin, "", ""))
        typed, printed, told = streams
        with (
            patch.dict(os.environ, self.people.signed_in),
            patch.object(sys, "stdin", typed),
            redirect_stdout(printed),
            redirect_stderr(told),
        ):
            code = main(argv)
        printed.seek(0)
        told.seek(0)
        said = printed.read()
        assert code == 0, said + told.read()
        return said

    def try_shellback(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """Run a command, which may fail, in a process of its own."""
        return subprocess.run(
            [sys.executable, "-m", "tui", *argv],
            env={**os.environ, **self.people.signed_in},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def beside(peopled: Peopled) -> Iterator[Beside]:
    """Both on one fresh database."""
    with Service(peopled.url) as service:
        yield Beside(peopled, service)
