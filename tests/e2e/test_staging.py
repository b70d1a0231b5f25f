"""What is staged in the real program outlives it: killed, it is there again in the next one, and is committed."""

import asyncio
import re
import signal
from pathlib import Path

from models import Account
from tests.e2e.conftest import Peopled
from tests.e2e.program import back, first_name, leave, press_until, press_until_gone, shellback, type_full_name
from tui.database import open_database
from tui.settings import parse_url


async def _account(url: str, name: str) -> Account:
    async with await open_database(parse_url(url)):
        return await Account.get(username=name)


def test_staged_killed_committed(peopled: Peopled, tmp_path: Path) -> None:
    environment = {**peopled.signed_in, "SHELLBACK_STATE_DIR": str(tmp_path / "state")}
    with shellback(environment=environment) as terminal:
        name = first_name(terminal)
        terminal.press("s")
        terminal.wait_for("Stage an edit")
        type_full_name(terminal, name, "Ada Lovelace")
        press_until_gone(terminal, "ctrl+s", "Stage an edit")
        terminal.wait_for("1 staged")
        terminal.wait_until(lambda text: re.search(r"^▌ ±", text, re.MULTILINE) is not None, "the sign in the row")
        terminal.signal(signal.SIGKILL)
        assert terminal.wait_exit() == 128 + signal.SIGKILL
    assert asyncio.run(_account(peopled.url, name)).full_name != "Ada Lovelace"

    with shellback(environment=environment) as terminal:
        first_name(terminal)
        terminal.wait_for("is still here: key 2")
        terminal.press("q")
        terminal.wait_for("1 edit is staged and not committed.")
        press_until_gone(terminal, "n", "not committed.")
        terminal.press("c")
        terminal.wait_for("ready")
        press_until(terminal, "ctrl+s", "1 user, 1 field, in one transaction")
        press_until(terminal, "y", "Nothing is staged.")
        terminal.wait_gone("in one transaction")
        back(terminal, "USERNAME")
        leave(terminal)  # nothing is asked any more
    assert asyncio.run(_account(peopled.url, name)).full_name == "Ada Lovelace"
