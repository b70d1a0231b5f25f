"""The real program with everything switched on that could talk, and all the places it could talk to."""

from __future__ import annotations

import asyncio
import hashlib
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from models import User
from tests.e2e.conftest import Peopled
from tests.e2e.terminal import Terminal
from tests.e2e.traces import FINGERPRINT, HASH, database_bytes, files_below, found_in, places_of
from tui.database import open_database
from tui.settings import parse_url

T = TypeVar("T")

TEMPLATE = "https://app.example/reset?token={token}"


def within(people: Peopled, body: Callable[[], Awaitable[T]]) -> T:
    """What `body` returns, with the database open."""

    async def go() -> T:
        async with await open_database(parse_url(people.url)):
            return await body()

    return asyncio.run(go())


@dataclass(frozen=True)
class Bench:
    """A program with everything switched on that could talk, and the places it could talk to."""

    people: Peopled
    home: Path

    @property
    def log(self) -> Path:
        return self.home / "debug.log"

    @property
    def textual_log(self) -> Path:
        return self.home / "textual.log"

    def environment(self, *, signed_in: bool = True, **more: str) -> dict[str, str]:
        return {
            **{f"SHELLBACK_{kind}_DIR": str(self.home / kind.lower()) for kind in ("CONFIG", "DATA", "STATE")},
            **(self.people.signed_in if signed_in else {"SHELLBACK_DATABASE_URL": self.people.url}),
            "LOUD_LOG": str(self.log),
            "TEXTUAL_LOG": str(self.textual_log),
            "TEXTUAL": "devtools,debug",
            "TEXTUAL_DEBUG": "1",
            "PYTHONFAULTHANDLER": "1",
            **more,
        }

    def program(self, *argv: str, signed_in: bool = True, **more: str) -> Terminal:
        environment = self.environment(signed_in=signed_in, **more)
        return Terminal.python("-m", "tests.e2e.loud", *argv, environment=environment, columns=100, rows=30)

    def command(
        self, *argv: str, stdin: str = "", signed_in: bool = True, **more: str
    ) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, **self.environment(signed_in=signed_in, **more)}
        return subprocess.run(
            [sys.executable, "-m", "tests.e2e.loud", *argv],
            input=stdin,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def hashes(self) -> set[str]:
        """What is stored of every password now."""

        async def load() -> set[str]:
            return {str(user.hashed_password) for user in await User.all()}

        return within(self.people, load)

    def check_silence(self, secrets: list[str], hashes: set[str]) -> None:
        """Nothing of it anywhere on the disk: logs, incidents, what is remembered, the database."""
        assert self.log.stat().st_size > 0, "the log must have been on"
        left = files_below(self.home)
        for path, data in left.items():
            assert found_in(data, secrets) == [], path
            assert [one for one in hashes if one.encode() in data] == [], path
        assert found_in(database_bytes(self.people.url), secrets) == []
        assert not self.textual_log.exists()
        assert not Path("keys.log").exists()  # what TEXTUAL_DEBUG records, in the current directory
        fingerprints = {hashlib.sha256(one.encode()).hexdigest() for one in hashes}
        places = places_of(self.people.url, [*secrets, *hashes, *fingerprints])
        assert [places[secret] for secret in secrets] == [set()] * len(secrets)
        for one in hashes:
            assert places[one] <= {HASH}
        for one in fingerprints:
            assert places[one] <= {FINGERPRINT}
        for data in left.values():
            assert [one for one in fingerprints if one.encode() in data] == []


def make_bench(people: Peopled, home: Path) -> Bench:
    """A bench whose links lead to a page of their own."""
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text(f'reset_url = "{TEMPLATE}"\n')
    return Bench(people, home)
