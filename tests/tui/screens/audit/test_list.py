"""The audit screen through its keys, over a real trail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from models.operations.transactions import connection, write_transaction
from tests.tui.screens.audit.trail import EVERYDAY, HOSTILE, event, write_trail
from tests.tui.shell import person, shell_on
from tests.tui.waiting import screen_text, until, until_shown
from tui.browse.audit.events import AuditRow
from tui.screens.audit.event import AuditEventScreen
from tui.screens.audit.screen import AuditScreen
from tui.screens.dialogs.chain import ChainDialog
from tui.widgets.keyset_table import KeysetTable

if TYPE_CHECKING:
    from tui.app import ShellbackApp
    from tui.database import Database


def current(app: ShellbackApp) -> AuditRow:
    """The event under the cursor of the list, in front or behind a dialog."""
    row = next(screen for screen in app.screen_stack if isinstance(screen, AuditScreen)).table.row
    assert row is not None
    return row


def ready(app: ShellbackApp) -> bool:
    screen = app.screen
    return isinstance(screen, AuditScreen) and bool(screen.table.window.rows) and not screen.table.busy


async def test_newest_first_with_actor_action_target_outcome_and_fields(database: Database) -> None:
    await write_trail(EVERYDAY)
    app = shell_on(AuditScreen, database=database)
    async with app.run_test(size=(160, 40)) as pilot:
        await until(pilot, lambda: ready(app) and "events" in screen_text(pilot))
        rows = [line for line in screen_text(pilot).splitlines() if re.match(".. +2 Mar", line)]
        assert "apply migration" in rows[0]
        assert "2_add_notes" in rows[0]
        assert "conflict" in rows[1]
        assert "grant role" in rows[2]
        assert "roles" in rows[2]
        assert "denied" in rows[3]
        assert "password, must" in rows[4]
        assert "sign in" in rows[6]


async def test_a_list_longer_than_a_page_is_read_by_key_range_to_both_ends(database: Database) -> None:
    await write_trail(event(target_id=number, target_label=f"user{number}") for number in range(1, 651))
    app = shell_on(AuditScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: ready(app) and "~650 events" in screen_text(pilot))
        table = app.screen.query_one(KeysetTable)
        assert current(app).target_id == 650
        await pilot.press("G")
        await until(pilot, lambda: current(app).target_id == 1 and not table.busy)
        await until_shown(pilot, "user1 #1")
        await pilot.press("g")
        await until(pilot, lambda: current(app).target_id == 650 and not table.busy)
        for _ in range(34):
            await pilot.press("pagedown")
            await until(pilot, lambda: not table.busy)
        ids = [row.id for row in table.window.rows]
        assert ids == sorted(ids, reverse=True)
        assert len(set(ids)) == len(ids)
        assert (current(app).target_id or 0) < 100


async def test_enter_opens_the_event_with_its_diff_and_its_place_in_the_chain(database: Database) -> None:
    await write_trail(EVERYDAY)
    app = shell_on(AuditScreen, database=database)
    async with app.run_test(size=(80, 50)) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("j", "j", "j", "j", "enter")
        await until(pilot, lambda: isinstance(app.screen, AuditEventScreen) and "Changes" in screen_text(pilot))
        await until_shown(
            pilot,
            "reset password · alice.jones #4712 · ok",
            "must change password:",
            "no -> yes",
            "[redacted] -> [redacted: changed]",
            "OS user maria, host ws12 (claimed, not checked)",
            "2026-03-02 09:36:00 UTC",
            "caller verified by manager",
            "4471",
            "3 -> 4",
            "00000000-0000-0000-0000-000000000003",
            "sessions revoked",
        )
        text = screen_text(pilot)
        row = (await connection().execute_query("SELECT hash, prev_hash FROM audit_events WHERE seq = 3"))[1][0]
        assert row["hash"] in text
        assert row["prev_hash"] in text
        await pilot.press("escape")
        await until(pilot, lambda: ready(app))
        assert current(app).seq == 3


async def test_refresh_keeps_the_cursor_on_its_event_and_shows_newer_ones(database: Database) -> None:
    await write_trail(EVERYDAY)
    app = shell_on(AuditScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: ready(app) and "~7 events" in screen_text(pilot))
        await write_trail([event(target_label="brand.new")])
        await pilot.press("r")
        await until(pilot, lambda: "brand.new" in screen_text(pilot) and "~8 events" in screen_text(pilot))
        assert current(app).target_label == "2_add_notes"


async def test_an_empty_trail_says_so_and_verifies_as_empty(database: Database) -> None:
    app = shell_on(AuditScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "Nothing has been recorded yet")
        await pilot.press("V")
        await until(pilot, lambda: isinstance(app.screen, ChainDialog))
        await until_shown(pilot, "The trail is empty")


async def test_verify_says_how_many_are_good_and_names_the_tip(database: Database) -> None:
    await write_trail(EVERYDAY)
    app = shell_on(AuditScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("V")
        await until(pilot, lambda: isinstance(app.screen, ChainDialog))
        await until_shown(
            pilot, "All 7 events are as they were written, from the first to sequence 7.", "shellback audit verify"
        )
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, AuditScreen))


@pytest.mark.sqlite_only
async def test_verify_names_the_first_bad_event_and_shows_it(database: Database, database_url: str) -> None:
    await write_trail(event(target_id=number) for number in range(1, 1201))
    await tamper(database_url, "UPDATE audit_events SET target_label = 'mallory' WHERE seq = 611")
    app = shell_on(AuditScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("V")
        await until(pilot, lambda: isinstance(app.screen, ChainDialog))
        inside = (line.split("│")[1] for line in screen_text(pilot).splitlines() if line.count("│") > 1)
        text = " ".join(" ".join(inside).split())
        assert "The chain breaks at the event with sequence 611: its content is not what was written." in text
        assert "The 610 events before it are as they were written." in text
        await pilot.press("tab", "enter")
        table = app.screen_stack[1].query_one(KeysetTable)
        await until(pilot, lambda: isinstance(app.screen, AuditScreen) and current(app).seq == 611 and not table.busy)
        await until_shown(pilot, "mallory")


@pytest.mark.sqlite_only
async def test_what_somebody_has_made_unreadable_is_shown_as_that(database: Database, database_url: str) -> None:
    await write_trail(EVERYDAY)
    await tamper(database_url, "UPDATE audit_events SET changes = '{\"email\": ', at = 'yesterday' WHERE seq = 7")
    app = shell_on(AuditScreen, database=database)
    async with app.run_test(size=(80, 40)) as pilot:
        await until(pilot, lambda: ready(app))
        assert screen_text(pilot).count("unreadable") == 2
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, AuditEventScreen) and "Changes" in screen_text(pilot))
        await until_shown(pilot, "what is stored is not what Shellback writes")


async def test_without_the_permission_nothing_is_read(database: Database) -> None:
    await write_trail(EVERYDAY)
    app = shell_on(AuditScreen, database=database, who=person("users.view"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "needs the permission audit.view")
        assert not app.screen.query_one(KeysetTable).window.rows
        await pilot.press("V")
        await pilot.pause()
        assert isinstance(app.screen, AuditScreen)


async def test_hostile_text_is_shown_and_never_acts(database: Database) -> None:
    text = HOSTILE.replace("\x00", "")
    hostile = event(
        actor_label=text, target_label=text, reason=text, ticket=text[:40], claimed_os_user=text, claimed_host=text,
        claimed_ssh_client=text, action=text[:50], target_type=text[:20], outcome="[nope]", actor_kind="[/x]",
        changes={text: [text, [text, None]], "[b]": text}, meta={text: {text: text}}, db_user=text,
    )  # fmt: skip
    await write_trail([hostile])
    app = shell_on(AuditScreen, database=database)
    async with app.run_test(size=(120, 60), notifications=True) as pilot:
        await until(pilot, lambda: ready(app))
        assert_harmless(screen_text(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, AuditEventScreen) and "Changes" in screen_text(pilot))
        assert_harmless(screen_text(pilot))
        await until_shown(pilot, "[red]x[/red][/nope]")
        await pilot.press("y")
        await pilot.press("Y")
        await until_shown(pilot, "as JSON")
        assert_harmless(screen_text(pilot))


async def test_esc_stops_a_check_and_says_that_it_proves_nothing(database: Database) -> None:
    await write_trail(event(target_id=number) for number in range(1, 3001))
    app = shell_on(AuditScreen, database=database)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: ready(app) and "events" in screen_text(pilot))
        screen = app.screen
        assert isinstance(screen, AuditScreen)
        screen.action_verify()
        await until_shown(pilot, "events are good")
        await pilot.press("escape")
        await until_shown(pilot, "it says nothing about the chain")
        assert app.screen is screen


async def test_a_database_that_stops_answering_leaves_the_events_and_says_so(database: Database) -> None:
    await write_trail(EVERYDAY)
    app = shell_on(AuditScreen, database=database)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: ready(app) and "events" in screen_text(pilot))
        await rename_trail("audit_events", "audit_events_away")
        await pilot.press("r")
        await until_shown(pilot, "above are from")
        await until_shown(pilot, "grant role")
        await rename_trail("audit_events_away", "audit_events")
        await pilot.press("r")
        await until_shown(pilot, "~7 events")


async def test_the_event_scrolls_with_the_keys_of_a_list(database: Database) -> None:
    await write_trail([event(changes={f"field_{n}": [n, n + 1] for n in range(60)})])
    app = shell_on(AuditScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, AuditEventScreen) and "Changes" in screen_text(pilot))
        await pilot.press("G")
        await until_shown(pilot, "follows")
        await pilot.press("g")
        await until_shown(pilot, "claimed, not checked")
        await pilot.press("pagedown")
        await until(pilot, lambda: "claimed, not checked" not in screen_text(pilot))


def assert_harmless(text: str) -> None:
    for character in "\x1b\x07\u202e\u200b\u200d":
        assert character not in text
    assert "\\x1b" in text or "\\u202e" in text


async def rename_trail(old: str, new: str) -> None:
    """Takes the trail away, or brings it back."""

    async def write(client: Any) -> None:
        await client.execute_script(f"ALTER TABLE {old} RENAME TO {new}")

    await write_transaction(write)


async def tamper(url: str, sql: str) -> None:
    """Changes the trail as somebody with the file would: the triggers are put aside first."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(url.removeprefix("sqlite://"))) as file:
        for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            file.execute(f'DROP TRIGGER "{name}"')
        file.execute(sql)
        file.commit()
