"""Many users from the keyboard: find them, mark them, change them at once, stage edits, delete and restore, export."""

import csv
import re
import signal
from pathlib import Path

from models import Account, AuditEvent
from models.operations import verify_chain
from tests.e2e.conftest import Peopled
from tests.e2e.program import (
    leave,
    other_name,
    press_once,
    press_until,
    press_until_gone,
    search,
    shellback,
    wait_for_rows,
)
from tests.e2e.test_users import _in


def test_all_that_match_are_deactivated_and_can_be_exported(peopled: Peopled, tmp_path: Path) -> None:
    with shellback(environment={**peopled.signed_in, "HOME": str(tmp_path)}, columns=100, rows=30) as terminal:
        wait_for_rows(terminal)
        search(terminal, "is:active -is:superuser")
        press_until(terminal, "*", " marked")
        press_until(terminal, "b", "marked users:")
        press_until(terminal, "enter", "will change")
        terminal.wait_for("In one transaction")
        shown = press_until(terminal, "ctrl+s", "to confirm.")
        number = shown.split(" to confirm.")[0].split()[-1]
        press_until(terminal, "x", re.compile(r"│ +x+ +│"))
        press_until_gone(terminal, "ctrl+u", "x  ")
        terminal.write(number)
        terminal.wait_for(f" {number} ")
        press_until(terminal, "ctrl+s", "E export")
        terminal.wait_for(f"{number} done")
        press_until(terminal, "E", "To the file")
        press_once(terminal, "ctrl+s", "The results are in")
        press_until(terminal, "escape", "is:active")
        leave(terminal)
    written = next(tmp_path.glob("shellback-bulk-*.csv"))
    rows = list(csv.DictReader(written.read_text(encoding="utf-8").splitlines()))
    assert [row["result"] for row in rows].count("ok") == int(number)

    async def check() -> None:
        assert not await Account.filter(is_active=True, is_superuser=False, deleted_at=None).exists()
        rows = AuditEvent.filter(action="users.deactivate", target_type="user", batch_id__isnull=False)
        assert await rows.count() == int(number)
        assert (await verify_chain()).is_whole

    _in(peopled, check)


def test_two_edits_are_staged_survive_a_restart_and_are_committed_together(peopled: Peopled, tmp_path: Path) -> None:
    home = {**peopled.signed_in, "SHELLBACK_STATE_DIR": str(tmp_path / "state")}
    with shellback(environment=home) as terminal:
        wait_for_rows(terminal)
        name = ""
        for number in (1, 2):
            name = other_name(terminal, name)
            terminal.press("s")
            terminal.wait_for("Stage an edit")
            press_until(terminal, "x", f"{name}x")
            press_until(terminal, "ctrl+u", re.compile(r"username +│"))  # an x may have come twice
            terminal.write(f"{name}\t\t the {number}")
            terminal.wait_for(f" the {number}")
            press_until(terminal, "ctrl+s", f"{number} staged")
            terminal.wait_gone("Stage an edit")
            terminal.press("j")
        terminal.signal(signal.SIGKILL)
        terminal.wait_exit()
    with shellback(environment=home) as terminal:
        wait_for_rows(terminal)
        terminal.wait_for("2 staged")
        press_until(terminal, "c", "commit")
        press_until(terminal, "ctrl+s", "2 users")
        press_until(terminal, "y", "ommitted")
        terminal.wait_gone("2 staged")

    async def check() -> None:
        changed = await AuditEvent.filter(action="users.edit", outcome="ok", batch_id__isnull=False)
        assert len(changed) == 2
        assert len({event.batch_id for event in changed}) == 1
        assert (await verify_chain()).is_whole

    _in(peopled, check)
