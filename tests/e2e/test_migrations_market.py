"""Forty migrations on PostgreSQL, from the keyboard: plain Aerich applied those of an earlier checkout, the rest is
looked at, agreed to point by point, watched, and compared."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.e2e.conftest import Peopled
from tests.e2e.program import back, leave, press_until, press_until_gone, shellback, wait_for_rows
from tests.e2e.terminal import Terminal
from tests.postgres import PostgresServer
from tests.projects.copies import Copy, copy_market
from tests.tui.migrate.plain.programs import aerich
from tests.tui.migrate.projects import query

pytestmark = pytest.mark.postgres_only

LATER = 24
"""From this number on the files come with a later checkout."""


@pytest.fixture
def market(tmp_path: Path, postgres_server: PostgresServer) -> Iterator[Copy]:
    """The market, brought by plain Aerich to where an earlier checkout ended."""
    name = f"market_{uuid4().hex[:8]}"
    postgres_server.create(name)
    copy = copy_market(tmp_path / "market", postgres_server.url(name))
    folder = copy.root / "migrations" / "models"
    later = [each for each in copy.files() if int(each.partition("_")[0]) >= LATER]
    for each in later:
        (folder / each).rename(copy.root / each)
    ended = aerich(copy.root, "upgrade", environment=copy.environment)
    assert ended.code == 0, ended.text
    for each in later:
        (copy.root / each).rename(folder / each)
    yield copy
    postgres_server.drop(name)


@pytest.fixture
def terminal(market: Copy, peopled: Peopled) -> Iterator[Terminal]:
    environment = {**peopled.signed_in, **market.environment}
    with shellback("--project", str(market.root), environment=environment, columns=130, rows=50) as running:
        wait_for_rows(running)
        running.press("3")
        running.wait_for("This runs Python from")
        press_until(running, "y", "26 applied")
        yield running


def test_the_later_half(terminal: Terminal, market: Copy) -> None:
    wanted = ("14 pending", "SAME NUMBER", "PostgreSQL")
    terminal.wait_until(lambda screen: all(text in screen for text in wanted), "what is there")

    # A dry run of files without a transaction is refused, and names them.
    terminal.press("G")
    terminal.press("d")
    terminal.wait_for("31_20251217063235_attributes_index.py")

    press_until(terminal, "A", "14 files")
    terminal.wait_for("To be accepted")
    for ticked in range(1, 3):
        press_until(terminal, "space", re.compile(rf"(?:\[x\] SAME NUMBER.*?){{{ticked}}}", re.DOTALL))
        terminal.press("tab")
    terminal.write(market.url.partition("?")[0].rpartition("/")[2])
    terminal.wait_gone("Still to be")
    press_until_gone(terminal, "ctrl+s", "To be accepted")
    terminal.wait_for("Done", seconds=60)
    back(terminal, "nothing pending")

    versions = asyncio.run(query(market.url, "SELECT version FROM aerich ORDER BY id"))
    assert sorted(row[0] for row in versions) == sorted(market.files())
    assert aerich(market.root, "heads", environment=market.environment).out.strip() == "No available heads."

    # What plain Aerich applied has nobody's name, what was applied here has.
    terminal.press("h")
    terminal.wait_for("Migrations > History")
    terminal.wait_until(lambda screen: re.search(r"unknown +applied +23 +returns", screen) is not None, "the history")
    back(terminal, "nothing pending")
    # The one thing that its people forgot: the column is NOT NULL, and the model says that it may be null.
    terminal.press("x")
    terminal.wait_until(lambda screen: "1 difference in 1 table" in screen and "points: NULL" in screen, "the drift")
    back(terminal, "nothing pending")
    terminal.press("q")
    wait_for_rows(terminal)
    leave(terminal)
