"""A window whose size changes while something is done: a bulk change that is asked about, runs and is over, an import,
an export, migrations; and a paste into a reason. What is said is so."""

from __future__ import annotations

import asyncio
import random
import re
from typing import Final

from models import Account
from models.operations import verify_chain
from tests.e2e.conftest import Peopled
from tests.e2e.program import crashed, press_until, press_until_gone, search, shellback, wait_for_rows
from tests.hostile.test_sizes_and_pastes import NASTY, PASTE, _storm
from tests.hostile.wire import foreign
from tui.database import open_database
from tui.settings import parse_url

OPENED: Final = {"I": "Enter reads the file", "X": "[ Cancel ]"}
"""The import and the export, by their keys, and what stands in each."""


def test_of_a_bulk_change_and_of_dialogs(peopled: Peopled) -> None:
    chance = random.Random(6)
    with shellback(environment=peopled.signed_in) as terminal:
        wait_for_rows(terminal)
        for key, there in OPENED.items():
            press_until(terminal, key, there)
            _storm(terminal, chance, 6)
            terminal.wait_for(there)
            press_until_gone(terminal, "escape", there)
            wait_for_rows(terminal)
        press_until(terminal, "3", "nothing pending")
        _storm(terminal, chance, 6)
        terminal.wait_for("nothing pending")
        press_until(terminal, "1", "USERNAME")
        wait_for_rows(terminal)
        search(terminal, "is:active -is:superuser")
        press_until(terminal, "*", " marked")
        press_until(terminal, "b", "marked users:")
        _storm(terminal, chance, 6)
        terminal.wait_for("marked users:")
        press_until(terminal, "enter", "will change")
        terminal.wait_for("In one transaction")
        terminal.write(PASTE.format(f"why{NASTY}\ny\n\r"))  # no line of it presses a button
        _storm(terminal, chance, 6)
        shown = press_until(terminal, "ctrl+s", "to confirm.")
        number = re.findall(r"Type (\d+) to confirm", shown)[0]
        terminal.write(number)
        terminal.wait_for(f" {number} ")
        press_until_gone(terminal, "ctrl+s", "to confirm.")
        _storm(terminal, chance)
        terminal.wait_for(f"{number} done")
        _storm(terminal, chance, 6)
        terminal.wait_for(f"{number} done")
        press_until(terminal, "escape", "is:active")
        terminal.press("ctrl+q")
        assert terminal.wait_exit(seconds=10) == 0, crashed(terminal)
        assert foreign(terminal.raw, least=200) == []

    async def check() -> None:
        async with await open_database(parse_url(peopled.url)):
            assert not await Account.filter(is_active=True, is_superuser=False, deleted_at=None).exists()
            assert (await verify_chain()).is_whole

    asyncio.run(check())
