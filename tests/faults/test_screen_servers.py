"""The program itself, in a terminal, while the server behind its address starts, and is exchanged for its replica;
while files are imported and exported and migrations are looked at over a line that is lost; and its lock, which
closes while nobody answers.

Its deadlines are shorter than those of a Shellback at work (`tests.faults.impatient`). Nothing restarts it.
"""

from __future__ import annotations

import re
import signal
from pathlib import Path

import pytest

from tests.e2e.conftest import Peopled
from tests.e2e.program import leave, press_until, press_until_gone, wait_for_rows
from tests.faults.line import Line
from tests.faults.proxy import Meeting
from tests.faults.screen import CONNECTED, LOST, WAITING, database_of, impatient, line, people
from tests.faults.server import OwnServer
from tests.faults.test_pg_server import is_starting

__all__ = ["line", "people"]

pytestmark = pytest.mark.postgres_only

IN_THE_LIST = re.compile(r"connected · Users$", re.MULTILINE)


def test_import_export_migrations_and_the_lock_go_through_a_line_that_is_lost(
    people: Peopled, line: Line, screen_server: OwnServer, tmp_path: Path
) -> None:
    database = database_of(people)
    (tmp_path / "new.csv").write_text("username,full_name\nnew.one,New One\nnew.two,New Two\n", encoding="utf-8")
    with impatient(people, tmp_path) as terminal:
        wait_for_rows(terminal)
        terminal.press("I")
        terminal.wait_for("users.csv or users.jsonl")
        line.go_away()
        terminal.write(f"{tmp_path / 'new.csv'}\r")
        terminal.wait_for("lost, reconnecting · Users > Import")
        terminal.wait_for("Nothing was changed.")
        line.come_back()
        terminal.wait_for("connected · Users > Import")
        press_until(terminal, "enter", "new.two")
        line.meet_at_commit(Meeting.CUT_AFTER)
        press_until(terminal, "ctrl+s", "Write 2")
        press_until_gone(terminal, "y", "Write 2")
        terminal.wait_for("2 users created")
        terminal.wait_for("connected · Users > Import")
        new = "SELECT count(*) FROM users WHERE username LIKE 'new.%'"
        assert screen_server.ask(new, database=database) == 2
        press_until(terminal, "escape", IN_THE_LIST)

        press_until(terminal, "X", "replace the file")
        line.stall()
        press_until(terminal, "ctrl+s", "Esc stops it")
        terminal.wait_for("waiting · Users")
        line.go_away()
        line.resume()
        terminal.wait_for(LOST)
        terminal.wait_for("was lost")
        line.come_back()
        terminal.wait_for(CONNECTED)
        terminal.wait_gone("Esc stops it")
        terminal.wait_until(lambda _: not list(tmp_path.glob("*.csv.*")), "no part of the file")
        press_until(terminal, "ctrl+s", re.compile("Esc stops it|Exported 122 users"))
        terminal.wait_for("Exported 122 users")
        press_until(terminal, "escape", IN_THE_LIST)

        line.go_away()
        terminal.wait_for(LOST)
        terminal.press("3")
        terminal.wait_for("lost, reconnecting · Migrations")
        terminal.press("5")
        terminal.wait_for("lost since ")
        terminal.wait_for("by itself")
        line.come_back()
        terminal.wait_for("connected since ")
        terminal.wait_for("last fault")
        terminal.wait_for("the primary")
        terminal.press("3")
        terminal.wait_for("pplied")

        line.stall()
        terminal.press("1")
        terminal.wait_for("USERNAME")
        terminal.press("ctrl+r")
        terminal.wait_for(WAITING)
        terminal.signal(signal.SIGUSR1)  # ten minutes without a key
        terminal.wait_for("Locked. Nothing was typed for a while.")
        terminal.write(f"{people.password}\r")
        terminal.wait_for("waiting · Locked")
        terminal.wait_for("did not answer")  # and it stays locked
        assert "Locked." in terminal.text()
        line.resume()
        terminal.wait_for("connected · Locked")
        terminal.write(f"{people.password}\r")
        wait_for_rows(terminal)
        leave(terminal)


def test_a_failover_to_a_replica_behind_the_same_address(
    people: Peopled, line: Line, screen_server: OwnServer, tmp_path: Path
) -> None:
    database = database_of(people)
    resets = "SELECT count(*) FROM audit_events WHERE action = 'users.reset_password' AND outcome = 'ok'"
    before = screen_server.ask(resets, database=database)
    with screen_server.standby() as standby:
        standby.caught_up(screen_server)
        with impatient(people, tmp_path) as terminal:
            wait_for_rows(terminal)
            terminal.wait_for(CONNECTED)
            line.go_away()  # the primary is gone, and what comes next at its address lets nobody in yet
            standby.stop()
            settings = standby.data / "postgresql.auto.conf"
            settings.write_text(settings.read_text(encoding="utf-8") + "hot_standby = off\n", encoding="utf-8")
            standby.start(wait=False)
            standby.until(lambda: is_starting(standby))
            line.lead_to(standby)
            line.come_back()
            terminal.wait_for("is starting up and takes no connections yet. Reconnecting.")
            wait_for_rows(terminal)
            standby.stop()
            settings.write_text(settings.read_text(encoding="utf-8") + "hot_standby = on\n", encoding="utf-8")
            standby.start()
            terminal.wait_for("read-only · Users")  # it follows, and takes no changes
            terminal.press("e")
            terminal.wait_for("Nothing can be written here")
            terminal.press("5")
            terminal.wait_for("this server is a standby and takes no changes")
            standby.promote()
            terminal.press("ctrl+r")
            terminal.wait_for("connected since ")
            terminal.press("1")
            terminal.wait_for(CONNECTED)
            press_until(terminal, "p", "Reset password")
            press_until(terminal, "ctrl+s", "r reveal")
            press_until_gone(terminal, "escape", "Shown once")
            terminal.wait_gone("Reset password")
            leave(terminal)
        assert standby.ask(resets, database=database) == before + 1
