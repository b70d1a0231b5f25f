"""An operator's and a support person's day, from the keyboard: sign in, browse, search, edit, reset, leave."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import TypeVar

from models import Account, AuditEvent, User
from models.passwords import Verdict, verify
from tests.e2e.conftest import Peopled
from tests.e2e.program import (
    back,
    clear_search,
    first_name,
    give_password,
    leave,
    name_under_cursor,
    other_name,
    press_until,
    press_until_gone,
    search,
    shellback,
    sign_in,
    type_full_name,
    wait_for_rows,
)
from tui.database import open_database
from tui.settings import parse_url

T = TypeVar("T")
PASSWORD = re.compile(r"(?:[a-z2-9]{5}-){3}[a-z2-9]{5}")


def _in(people: Peopled, body: Callable[[], Awaitable[T]]) -> T:
    async def go() -> T:
        async with await open_database(parse_url(people.url)):
            return await body()

    return asyncio.run(go())


def test_sign_in_and_leave(peopled: Peopled) -> None:
    with shellback(environment={"SHELLBACK_DATABASE_URL": peopled.url}) as terminal:
        terminal.wait_for("Password")
        sign_in(terminal, peopled.username, "not the password")
        terminal.wait_for("do not open Shellback")
        assert b"not the password" not in terminal.raw
        give_password(terminal, peopled.password)
        wait_for_rows(terminal)
        terminal.wait_until(lambda text: "LOCAL" in text and f" · {peopled.username} (" in text, "who is signed in")
        assert peopled.password.encode() not in terminal.raw
        leave(terminal)


def test_browse_and_search(peopled: Peopled) -> None:
    with shellback(environment=peopled.signed_in) as terminal:
        first = first_name(terminal)
        terminal.press("j")
        other_name(terminal, first)
        terminal.press("k")
        terminal.wait_until(lambda screen: name_under_cursor(screen) == first, "the first row")
        terminal.press("pagedown")
        terminal.wait_until(lambda screen: name_under_cursor(screen) != "" and first not in screen, "the next page")
        terminal.press("end")
        last = terminal.wait_until(lambda screen: screen.splitlines()[-3].startswith("▌"), "the last row")
        terminal.press("home")
        terminal.wait_until(lambda screen: name_under_cursor(screen) == first, "the first row again")
        assert name_under_cursor(last) != first
        search(terminal, f'"{first}"', "1 match")
        terminal.wait_until(lambda screen: name_under_cursor(screen) == first, "who was searched for")
        press_until(terminal, "enter", f"Users > {first}")
        back(terminal, "1 match")
        clear_search(terminal)
        leave(terminal)


def test_edit_a_name(peopled: Peopled) -> None:
    with shellback(environment=peopled.signed_in) as terminal:
        name = first_name(terminal)
        terminal.press("e")
        terminal.wait_for("Edit user")
        type_full_name(terminal, name, "Ada Lovelace")
        press_until(terminal, "ctrl+s", re.compile("-> Ada Lovelace"))
        press_until(terminal, "y", "Saved")
        leave(terminal)
    account = _in(peopled, lambda: _account(name))
    assert account.full_name == "Ada Lovelace"


def test_reset_a_password(peopled: Peopled) -> None:
    async def reveals() -> int:
        return await AuditEvent.filter(action="secrets.reveal").count()

    with shellback(environment=peopled.signed_in) as terminal:
        name = first_name(terminal)
        terminal.press("p")
        terminal.wait_until(lambda text: "Reset password" in text and f"{name}   #" in text, "whose password it is")
        screen = press_until(terminal, "ctrl+s", "r reveal")
        assert not PASSWORD.search(screen)
        found = PASSWORD.search(press_until(terminal, "r", PASSWORD))
        assert found is not None
        press_until_gone(terminal, "escape", "Shown once")
        terminal.wait_gone("Reset password")
        # That it was seen is written behind the person's back: leaving would not wait for it.
        terminal.wait_until(lambda _: _in(peopled, reveals) > 0, "the row of the reveal")
        leave(terminal)

    async def stored() -> tuple[str, str]:
        user = await User.get(username=name)
        event = await AuditEvent.filter(action="users.reset_password", outcome="ok").order_by("-id").first()
        shown = await AuditEvent.filter(action="secrets.reveal", target_id=user.id).count()
        assert event is not None
        assert (event.target_id, shown) == (user.id, 1)
        return user.hashed_password, f"{event.action} {event.changes}"

    hashed, event = _in(peopled, stored)
    assert verify(found[0], hashed) is Verdict.OK
    assert event.startswith("users.reset_password")
    assert found[0] not in event


async def _account(name: str) -> Account:
    return await Account.get(username=name)
