"""What is staged in the real program outlives it: killed, it is there again in the next one, and is committed."""

import asyncio
import re
import signal
from pathlib import Path

from models import Account
from tests.e2e.conftest import Peopled
from tests.e2e.program import name_under_cursor, press_until, press_until_gone, shellback, wait_for_rows
from tui.database import open_database
from tui.settings import parse_url


async def _account(url: str, name: str) -> Account:
    async with await open_database(parse_url(url)):
        return await Account.get(username=name)


def test_staged_killed_committed(peopled: Peopled, tmp_path: Path) -> None:
    environment = {**peopled.signed_in, "SHELLBACK_STATE_DIR": str(tmp_path / "state")}
    with shellback(environment=environment) as terminal:
        name = name_under_cursor(wait_for_rows(terminal))
        terminal.press("s")
        terminal.wait_for("Stage an edit")
        press_until(terminal, "x", f"{name}x")
        terminal.press("backspace", "tab", "tab", "ctrl+u")
        terminal.write("Ada Lovelace")
        terminal.wait_for("Ada Lovelace")
        press_until_gone(terminal, "ctrl+s", "Stage an edit")
        terminal.wait_for("1 staged")
        assert re.search(r"^▌ ±", terminal.text(), re.MULTILINE), terminal.text()
        terminal.signal(signal.SIGKILL)
        assert terminal.wait_exit() == 128 + signal.SIGKILL
    assert asyncio.run(_account(peopled.url, name)).full_name != "Ada Lovelace"

    with shellback(environment=environment) as terminal:
        wait_for_rows(terminal)
        terminal.wait_for("is still here: key 2")
        terminal.press("q")
        terminal.wait_for("1 edit is staged and not committed.")
        press_until_gone(terminal, "n", "not committed.")
        terminal.press("c")
        terminal.wait_for("ready")
        terminal.press("ctrl+s")
        terminal.wait_for("1 user, 1 field, in one transaction")
        press_until(terminal, "y", "Nothing is staged.")
        terminal.press("q")  # back to the users
        wait_for_rows(terminal)
        terminal.press("q")  # nothing is asked any more
        assert terminal.wait_exit(seconds=5) == 0
        assert terminal.modes_left_on() == set()
    assert asyncio.run(_account(peopled.url, name)).full_name == "Ada Lovelace"
