"""What goes wrong on the way to a PostgreSQL, and in it. Each fault lasts a moment and is over when it returns."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import asyncpg

from tests.faults.proxy import Fault, Meeting, Way

if TYPE_CHECKING:
    import random
    from collections.abc import Awaitable, Callable

    from tests.faults.proxy import FaultProxy
    from tests.faults.server import OwnServer

WRITERS: Final = "FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'shellback'"


class PostgresFaults:
    """The faults of one server, its database and the line to it."""

    def __init__(self, server: OwnServer, proxy: FaultProxy, database: str, chance: random.Random) -> None:
        self._server = server
        self._proxy = proxy
        self._database = database
        self._chance = chance

    async def cut_before_commit(self) -> None:
        await self._lose(Fault.CUT_BEFORE_COMMIT)

    async def cut_at_commit(self) -> None:
        await self._lose(Fault.CUT_AT_COMMIT)

    async def cut_after_commit(self) -> None:
        await self._lose(Fault.CUT_AFTER_COMMIT)

    async def swallow_commit(self) -> None:
        await self._lose(Fault.SWALLOW_COMMIT)

    async def _lose(self, fault: Fault) -> None:
        self._proxy.lose_commit(fault)
        await self._seen(self._proxy.commit_seen)
        await asyncio.sleep(self._chance.uniform(0, 0.3))

    async def cut_any_turn(self) -> None:
        cuts = [Meeting.CUT_BEFORE, Meeting.CUT_AT, Meeting.CUT_AFTER, Meeting.CUT_WITHIN]
        self._proxy.meet(self._chance.choice(cuts), turn=self._chance.randint(1, 20))
        await self._seen(self._proxy.met)

    async def hold_an_answer(self) -> None:
        saying = self._chance.choice([b"", b"COMMIT\x00"])
        self._proxy.meet(self._chance.choice([Meeting.STALL, Meeting.HOLD]), turn=1, saying=saying)
        await self._seen(self._proxy.met)
        await asyncio.sleep(self._chance.uniform(0.2, 4))

    async def _seen(self, event: asyncio.Event) -> None:
        try:
            async with asyncio.timeout(2):
                await event.wait()
        except TimeoutError:
            pass

    async def stall(self) -> None:
        self._proxy.stall(*self._chance.choice([(), (Way.TO_CLIENT,), (Way.TO_SERVER,)]))
        await asyncio.sleep(self._chance.uniform(0.2, 4))

    async def cut(self) -> None:
        self._proxy.cut()

    async def away(self) -> None:
        self._proxy.go_away()
        await asyncio.sleep(self._chance.uniform(0.2, 5))

    async def away_at_commit(self) -> None:
        """Nobody can ask what became of it for longer than a writer asks."""
        cuts = [Fault.CUT_BEFORE_COMMIT, Fault.CUT_AT_COMMIT, Fault.CUT_AFTER_COMMIT]
        self._proxy.lose_commit(self._chance.choice(cuts))
        await self._seen(self._proxy.commit_seen)
        self._proxy.go_away()
        await asyncio.sleep(self._chance.uniform(3.5, 6))

    async def terminate(self) -> None:
        await self._execute(f"SELECT pg_terminate_backend(pid) {WRITERS} AND random() < 0.5")

    async def stop_statements(self) -> None:
        await self._execute(f"SELECT pg_cancel_backend(pid) {WRITERS}")

    async def hold_rows(self) -> None:
        """A third session holds the rows that everybody wants, for longer than somebody waits."""
        connection = await self._connected()
        try:
            async with connection.transaction():
                await connection.execute("SELECT id FROM users ORDER BY id LIMIT 20 FOR UPDATE")
                await asyncio.sleep(self._chance.uniform(0.5, 6))
        finally:
            await connection.close()

    async def kill_backend(self) -> None:
        pid = await self._execute(f"SELECT pid {WRITERS} ORDER BY random() LIMIT 1")
        if pid is not None:
            self._server.kill_backend(pid)

    async def pause_server(self) -> None:
        await asyncio.to_thread(self._server.pause)
        await asyncio.sleep(self._chance.uniform(0.2, 3))
        await asyncio.to_thread(self._server.resume)

    async def restart_server(self) -> None:
        await asyncio.to_thread(self._server.restart, "fast")

    async def crash_server(self) -> None:
        await asyncio.to_thread(self._server.crash)
        await asyncio.sleep(self._chance.uniform(0, 1))
        await asyncio.to_thread(self._server.start)

    async def heal(self) -> None:
        """All is well again."""
        self._proxy.meet_nothing()

    async def _connected(self) -> asyncpg.Connection[asyncpg.Record]:
        server = self._server
        return await asyncpg.connect(
            host=server.host, port=server.port, user=server.user, database=self._database, timeout=3, command_timeout=8
        )

    async def _execute(self, query: str) -> int | None:
        connection = await self._connected()
        try:
            found: int | None = await connection.fetchval(query)
        finally:
            await connection.close()
        return found

    def drawn(self) -> tuple[str, Callable[[], Awaitable[None]]]:
        """The next fault, and its name."""
        faults: list[tuple[int, Callable[[], Awaitable[None]]]] = [
            (8, self.cut_before_commit),
            (8, self.cut_at_commit),
            (8, self.cut_after_commit),
            (3, self.swallow_commit),
            (10, self.cut_any_turn),
            (5, self.hold_an_answer),
            (5, self.stall),
            (5, self.cut),
            (4, self.away),
            (4, self.away_at_commit),
            (6, self.terminate),
            (4, self.stop_statements),
            (4, self.hold_rows),
            (2, self.kill_backend),
            (3, self.pause_server),
            (1, self.restart_server),
            (2, self.crash_server),
        ]
        [(_, fault)] = self._chance.choices(faults, [weight for weight, _ in faults])
        return fault.__name__.replace("_", " "), fault
