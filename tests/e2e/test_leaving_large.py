"""Leaving in the middle of a bulk, an import and an export: as `test_leaving.py` has it for a single change."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Peopled
from tests.e2e.program import press_until, shellback, wait_for_rows
from tests.e2e.terminal import Terminal
from tests.e2e.test_leaving import (
    LEFT,
    WAITING,
    Way,
    by_ctrl_q,
    by_hup,
    by_interrupting_twice,
    leave,
    press_until_so,
    until,
)
from tests.tui.migrate.projects import connect, query
from tui.settings import parse_url

Waits = Callable[[], Awaitable[object]]


@asynccontextmanager
async def held(url: str, lock: str) -> AsyncIterator[Waits | None]:
    """Somebody holds what is needed, also after the program is gone: then nobody else does. What asks whether a session
    of the program waits, where the server can be asked."""
    path = parse_url(url).path
    if path is not None:
        with closing(sqlite3.connect(path, isolation_level=None)) as file:
            file.execute("BEGIN IMMEDIATE")
            yield None
            file.execute("ROLLBACK")
            file.execute("BEGIN IMMEDIATE")  # nobody else holds it
        return
    holder: Any = await connect(url)

    async def waits() -> object:
        return await holder.fetchval(WAITING)

    async def none_left() -> object:
        return await holder.fetchval(LEFT) == 0

    try:
        await holder.execute(f"BEGIN; {lock}")
        yield waits
        await holder.execute("ROLLBACK")
        await until(none_left, "no session is left")
    finally:
        await holder.close()


async def undone(url: str) -> int:
    """The changes of all users by their own count, beyond those that the audit tells."""
    [(changes,)] = await query(url, "SELECT sum(version) FROM users")
    [(rows,)] = await query(
        url, "SELECT count(*) FROM audit_events WHERE outcome = 'ok' AND target_type = 'user' AND action LIKE 'users.%'"
    )
    return int(changes) - int(rows)


async def waiting(terminal: Terminal, key: str, waits: Waits | None) -> None:
    """Presses what agrees until the program waits."""
    if waits is None:
        press_until(terminal, key, re.compile("[Ww]aiting|Writing"))
        return

    await press_until_so(terminal, key, waits, "it waits")


@pytest.mark.parametrize("way", [by_interrupting_twice])
async def test_during_a_bulk(peopled: Peopled, way: Way) -> None:
    before = await undone(peopled.url)
    with shellback(environment=peopled.signed_in, columns=100, rows=30) as terminal:
        wait_for_rows(terminal)
        for _ in range(3):
            terminal.press("j", "space")
        terminal.wait_for("3 marked")
        press_until(terminal, "b", "marked users:")
        press_until(terminal, "enter", "will change")
        terminal.wait_for("In one transaction")
        press_until(terminal, "ctrl+s", "Do it  y")
        async with held(peopled.url, "SELECT 1 FROM users FOR UPDATE") as waits:
            await waiting(terminal, "y", waits)
            leave(terminal, way)
    assert await undone(peopled.url) == before


@pytest.mark.parametrize("way", [by_hup])
async def test_during_an_import(peopled: Peopled, way: Way, tmp_path: Path) -> None:
    file = tmp_path / "new.csv"
    file.write_text("username,email\nnew.one,one@example.com\nnew.two,two@example.com\n")
    before = await undone(peopled.url)
    with shellback(environment=peopled.signed_in, columns=100, rows=30) as terminal:
        wait_for_rows(terminal)
        press_until(terminal, "I", "Enter reads the file")
        terminal.write(str(file))
        press_until(terminal, "enter", "new.two")
        press_until(terminal, "ctrl+s", "Write 2  y")
        async with held(peopled.url, "LOCK TABLE users IN SHARE MODE") as waits:
            await waiting(terminal, "y", waits)
            leave(terminal, way)
    assert await undone(peopled.url) == before


@pytest.mark.postgres_only
@pytest.mark.parametrize("way", [by_ctrl_q])
async def test_during_an_export(peopled: Peopled, way: Way, tmp_path: Path) -> None:
    """No part of a file stays, under no name."""
    environment = {**peopled.signed_in, "HOME": str(tmp_path)}
    with shellback(environment=environment, columns=100, rows=30, directory=tmp_path) as terminal:
        wait_for_rows(terminal)
        press_until(terminal, "X", "Export users")
        async with held(peopled.url, "LOCK TABLE users IN ACCESS EXCLUSIVE MODE") as waits:
            await waiting(terminal, "ctrl+s", waits)
            leave(terminal, way)
    assert _files(tmp_path) == []


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.suffix in {".csv", ".partial"}]
