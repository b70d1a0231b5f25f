"""A user, a role, a session and an event whose every text is hostile: shown on every screen, acting on none."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest
from tortoise.transactions import in_transaction

from models import Role, User, UserRole, UserSession
from models.operations import Actor, ActorKind, AuditDraft, Change, Target, record
from tests.e2e.conftest import Peopled
from tests.e2e.program import leave, press_until, press_until_gone, shellback, wait_for_rows
from tests.e2e.terminal import Terminal, stray_controls
from tui.database import open_database
from tui.settings import parse_url

HOSTILE = "\x01\x1b]52;c;UFdO\x07\x9b2J\u202e[b]x[/nope][@click=app.quit]\u200be\u0301😀山"
SHOWN = re.compile(r"\\x01")


async def _write(url: str) -> None:
    async with await open_database(parse_url(url)):
        now = datetime.now(UTC)
        async with in_transaction():
            user = await User.create(
                username=HOSTILE, email=HOSTILE, full_name=HOSTILE, hashed_password="!", deactivation_reason=HOSTILE
            )
            role = await Role.create(name=HOSTILE, description=HOSTILE)
            await UserRole.create(user=user, role=role, granted_by_label=HOSTILE, granted_at=now)
            await UserSession.create(
                user=user,
                token_hash="0" * 64,
                kind=HOSTILE[:10],
                created_at=now,
                expires_at=now + timedelta(hours=1),
                ip=HOSTILE[:45],
                user_agent=HOSTILE,
            )
        actor = Actor(None, HOSTILE, ActorKind.API, os_user=HOSTILE, host=HOSTILE, ssh_client=HOSTILE)
        target = Target("user", user.id, HOSTILE)
        await record(
            AuditDraft(actor, "users.edit", target, changes=(Change(HOSTILE, HOSTILE, HOSTILE),), reason=HOSTILE)
        )


@pytest.fixture
def hostile(peopled: Peopled) -> Peopled:
    """The hostile user is the first of the list, and the newest event is about it."""
    asyncio.run(_write(peopled.url))
    return peopled


def _visit(terminal: Terminal, *keys: str, waiting: str) -> None:
    """Goes to a screen, where the hostile text must be visible."""
    for key in keys:
        terminal.press(key)
    terminal.wait_until(lambda text: waiting in text and bool(SHOWN.search(text)), f"{waiting!r} and the escaped name")


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (140, 40)])
def test_on_every_screen(columns: int, rows: int, hostile: Peopled) -> None:
    with shellback(environment=hostile.signed_in, columns=columns, rows=rows) as terminal:
        wait_for_rows(terminal)
        _visit(terminal, "g", waiting="USERNAME")
        _visit(terminal, "enter", waiting="Users >")
        for column in ("GRANTED BY", "SEEN", "NOTE", "WHAT"):
            _visit(terminal, "]", waiting=column)
        for key, title in (("e", "Edit user"), ("p", "Reset password"), ("A", "Deactivate")):
            _visit(terminal, key, waiting=title)
            press_until_gone(terminal, "escape", title)
        _visit(terminal, "4", waiting="Audit")
        _visit(terminal, "enter", waiting="Audit >")
        press_until_gone(terminal, "escape", "Audit >")
        _visit(terminal, "1", waiting="Users >")
        press_until_gone(terminal, "escape", "Users >")
        _visit(terminal, "g", waiting="USERNAME")
        press_until(terminal, "?", "Help")
        press_until_gone(terminal, "escape", "Help")
        leave(terminal)
        assert stray_controls(terminal.raw) == []
