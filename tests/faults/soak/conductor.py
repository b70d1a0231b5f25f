"""Writers set to work, faults let loose, writers killed and started again; and in the end everything counted."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import asyncpg
from tortoise.transactions import in_transaction

from models import AuditEvent, User, UserSession
from models.usernames import key
from tests.faults.invariant import violations
from tests.faults.soak.tally import Tally
from tests.models.operations.people import HASHED
from tui.database import open_database
from tui.settings import parse_url

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

ACTORS: Final = 4
PEOPLE: Final = 200
ROOT: Final = Path(__file__).parents[3]

LEAVE_SECONDS: Final = 150.0
"""How long a writer may take to end on a healthy database: what it began before, and what it asks about after."""
HANG_SECONDS: Final = 120.0
"""No operation may take longer, whatever goes wrong."""


class Faults(Protocol):
    """What goes wrong, one thing after the other."""

    def drawn(self) -> tuple[str, Callable[[], Awaitable[None]]]: ...

    async def heal(self) -> None: ...


@dataclass(slots=True)
class Writer:
    """A process that works, by its number and how often it was started."""

    number: int
    times: int = 0
    process: asyncio.subprocess.Process | None = None
    hearing: asyncio.Task[None] | None = None
    has_opened: bool = False
    was_killed: bool = False


@dataclass(slots=True)
class Soak:
    """`url` is what the writers open, `direct` what this process opens before and after."""

    url: str
    direct: str
    seed: int
    seconds: float
    directory: Path
    writers: int = 3
    environment: dict[str, str] | None = None
    """Of the writers; None is this process's own."""
    tally: Tally = field(default_factory=Tally)
    wrong: list[str] = field(default_factory=list)
    _team: list[Writer] = field(default_factory=list)
    _told: dict[str, Any] = field(default_factory=dict)

    def alive(self) -> list[int]:
        """The processes that work."""
        return [one.process.pid for one in self._team if one.process and one.process.returncode is None]

    async def run(self, faults: Faults) -> list[str]:
        """Everything that is wrong at the end; the figures are in `tally`."""
        await self._people()
        self._team = [Writer(number) for number in range(self.writers)]
        for writer in self._team:
            await self._start(writer)
        try:
            await self._rage(faults)
            await faults.heal()
            await self._end()
        finally:
            for writer in self._team:
                if writer.process and writer.process.returncode is None:
                    writer.process.kill()
                    await writer.process.wait()
        return [*self.wrong, *await self._judge()]

    # Before and after -----------------------------------------------------------------------------------------------

    async def _people(self) -> None:
        async with await open_database(parse_url(self.direct)):
            names = [f"actor{number}" for number in range(ACTORS)] + [f"person{number}" for number in range(PEOPLE)]
            async with in_transaction():
                await User.bulk_create(
                    User(username=name, username_key=key(name), hashed_password=HASHED, is_superuser=name[0] == "a")
                    for name in names
                )
            ids = [int(str(one)) for one in await User.all().order_by("id").values_list("id", flat=True)]
        self._told = {
            "url": self.url,
            "seed": self.seed,
            "actors": ids[:ACTORS],
            "people": ids[ACTORS:],
            "directory": str(self.directory),
        }

    async def _judge(self) -> list[str]:
        tally = self.tally
        async with await open_database(parse_url(self.direct)):
            found = await violations(acknowledged=tally.acknowledged, refused=tally.refused)
            there = set(await AuditEvent.filter(outcome="ok").values_list("op_id", flat=True))
            known = {int(str(one)) for one in await UserSession.all().values_list("id", flat=True)}
            signed = [row["session"] for row in await self._sign_ins() if row]
        for words, ops in (("committed", tally.unknown & there), ("aborted", tally.unknown - there)):
            if ops:
                tally.fates[f"{words}, and nobody was left to be told"] += len(ops)
        found += [f"The session {one} was given out and is not there." for one in sorted(tally.sessions - known)]
        found += [
            f"The session {one} has {signed.count(one)} rows." for one in tally.sessions if signed.count(one) != 1
        ]
        if tally.longest[0] > HANG_SECONDS:
            found.append(f"An operation took {tally.longest[0]:.0f} s: {tally.longest[1]}.")
        return found

    async def _sign_ins(self) -> list[dict[str, Any]]:
        rows = await AuditEvent.filter(action="auth.sign_in", outcome="ok").values("meta")
        return [row["meta"] for row in rows]

    # Meanwhile ------------------------------------------------------------------------------------------------------

    async def _rage(self, faults: Faults) -> None:
        chance = random.Random(f"{self.seed}-faults")
        loop = asyncio.get_running_loop()
        end = loop.time() + self.seconds
        while loop.time() < end:
            await asyncio.sleep(chance.uniform(0.1, 1.2))
            if chance.random() < 0.15:
                self.tally.faults["kill -9 of a writer"] += 1
                await self._kill(chance.choice(self._team))
                continue
            name, fault = faults.drawn()
            self.tally.faults[name] += 1
            try:
                await fault()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                # What came before still lasts: the server is not back, or somebody else holds the rows.
                self.tally.faults[f"{name}, in vain"] += 1
            await faults.heal()

    async def _start(self, writer: Writer) -> None:
        writer.times += 1
        told = {**self._told, "name": f"w{writer.number}t{writer.times}"}
        writer.has_opened = writer.was_killed = False
        writer.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.faults.soak.writer", json.dumps(told)),
            cwd=ROOT,
            env=self.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=1 << 20,
        )
        writer.hearing = asyncio.create_task(self._hear(writer))

    async def _hear(self, writer: Writer) -> None:
        process = writer.process
        assert process is not None
        assert process.stdout is not None
        assert process.stderr is not None
        complaints = asyncio.create_task(process.stderr.read())
        async for line in process.stdout:
            if line.endswith(b"\n"):  # the last one of a killed writer may be cut
                told = json.loads(line)
                writer.has_opened |= told["event"] == "open"
                self.tally.heard(told)
        said = (await complaints).decode(errors="replace").strip()
        status = await process.wait()
        if status == -signal.SIGTERM and not writer.has_opened:
            return  # told to end before it could hear it
        if status != 0 and not writer.was_killed:
            self.wrong.append(f"A writer ended with {status}: {said[-3000:]}")
        elif said and not writer.was_killed:
            self.wrong.append(f"A writer complained: {said[-3000:]}")

    async def _kill(self, writer: Writer) -> None:
        process = writer.process
        assert process is not None
        writer.was_killed = True
        with suppress(ProcessLookupError):
            process.kill()
        if writer.hearing is not None:
            await writer.hearing
        await self._start(writer)

    async def _end(self) -> None:
        """All is well: each says good-bye, with its doubts settled."""
        for pid in self.alive():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        hearing = [writer.hearing for writer in self._team if writer.hearing is not None]
        _, late = await asyncio.wait(hearing, timeout=LEAVE_SECONDS)
        if late:
            self.wrong.append(f"{len(late)} writers did not come to an end within {LEAVE_SECONDS:.0f} s.")
        for task in hearing:
            if task.done():
                task.result()

    def lines(self, found: list[str]) -> list[str]:
        """The table, and what is wrong."""
        lost = sum("is not there" in one for one in found)
        duplicated = sum(" rows of the audit for " in one for one in found)
        return [
            *self.tally.lines(),
            f"acknowledged  {len(self.tally.acknowledged)}",
            f"lost  {lost}",
            f"duplicated  {duplicated}",
            f"violations  {len(found)}",
            *(f"  {one}" for one in found),
            f"seed  {self.seed}",
        ]
