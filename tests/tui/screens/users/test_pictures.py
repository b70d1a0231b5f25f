"""What the list of users and the page of one look like, at both design sizes, without colour, with hostile names."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tortoise.transactions import in_transaction

from models import AuditEvent, LoginAttempt, Role, User, UserAuthState, UserRole, UserSession
from tests.tui.screens.audit.trail import HOSTILE
from tests.tui.shell import FilledShell, shell_on
from tests.tui.snapshots import LARGE, NOON, SIZES, SMALL, still
from tests.tui.waiting import until_shown
from tests.tui.zones import in_zone
from tui.screens.user.screen import UserScreen
from tui.screens.user.why import WhyScreen
from tui.screens.users.screen import UsersScreen
from tui.widgets.search_box import SearchBox

if TYPE_CHECKING:
    from textual.pilot import Pilot

pytestmark = pytest.mark.sqlite_only  # pixels do not depend on the database; test_users.py and test_user.py do both

Do = Callable[["Pilot[Any]"], Awaitable[None]]
HOUR = timedelta(hours=1)
PEOPLE: tuple[tuple[str, str, dict[str, Any], timedelta | None, tuple[str, ...]], ...] = (
    ("alice", "Alice Martin", {}, 2 * HOUR, ("operator",)),
    ("alice.jones", "Alice Jones", {}, 19 * HOUR, ()),
    ("alicia_w", "Alicia Wang", {}, 12 * 24 * HOUR, ("support",)),
    ("alikhan", "Ali Khan", {"must_change_password": True}, None, ()),
    ("алиса", "Алиса Петрова", {}, HOUR / 5, ()),
    ("张伟", "张伟", {"is_superuser": True}, HOUR / 90, ("dba", "auditor")),
    ("zoë", "", {"is_active": False, "deactivated_at": NOON - 30 * HOUR}, 480 * 24 * HOUR, ()),
    ("x", HOSTILE[:150], {"expires_at": NOON - HOUR}, None, ()),
)


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """It is noon in UTC, for the database too, and reading takes no time."""

    async def noon(_: object) -> Any:
        return NOON

    with in_zone("UTC"):
        monkeypatch.setattr("tui.browse.lists.pages.database_now", noon)
        monkeypatch.setattr("tui.browse.user.detail.database_now", noon)
        monkeypatch.setattr("models.operations.why.database_now", noon)
        monkeypatch.setattr("tui.screens.users.listing.wall_clock", lambda: "12:00:00")
        monkeypatch.setattr("tui.widgets.keyset_reading.perf_counter", lambda: 0.0)
        yield


async def _fill() -> None:
    for name, full_name, columns, since, roles in PEOPLE:
        user = User(
            username=name, email=f"{name}@x.example", full_name=full_name, hashed_password="x", created_at=NOON - HOUR
        )
        await user.update_from_dict({**columns, "updated_at": NOON - HOUR}).save()
        if since is not None:
            await UserAuthState.create(user=user, last_login_at=NOON - since, last_login_ip="10.0.0.9")
        for role in roles:
            await UserRole.create(
                user=user, role=await Role.get(name=role), granted_by_label="root", granted_at=NOON - 50 * HOUR
            )
    await User.filter(username="x").update(username=HOSTILE[:50])
    jones = await User.get(username="alice.jones")
    await UserAuthState.filter(user=jones).update(locked_until=NOON + 2.5 * HOUR, failed_count=7)
    await LoginAttempt.create(
        user=jones, username_tried="alice.jones", outcome="wrong", ip="10.0.0.4", created_at=NOON - HOUR
    )
    for number in range(2):
        await UserSession.create(
            user=jones,
            token_hash=f"t{number}",
            kind="web",
            created_at=NOON - 20 * HOUR,
            expires_at=NOON + HOUR,
            ip="10.0.0.4",
            user_agent="Firefox 140",
        )
    for number in range(3):
        await AuditEvent.create(
            op_id=uuid.UUID(int=number),
            at=NOON - 2 * HOUR,
            actor_label="maria",
            actor_kind="tui",
            action="users.edit",
            target_type="user",
            target_id=jones.id,
            outcome="ok",
            changes={"email": [f"a{number}@old.example", f"a{number}@new.example"]},
            ticket="4471",
            seq=number + 1,
            prev_hash="",
            hash="",
        )


class Filled(FilledShell):
    """Eight people, in every state."""

    async def fill(self) -> None:
        async with in_transaction():
            await _fill()


def app_on(url: str, first: Callable[[], Any]) -> Filled:
    plain = shell_on(first)
    app = Filled(plain.launch, first)
    app.url, app.person = url, plain.person
    return app


async def _listed(pilot: Pilot[Any]) -> None:
    """The second Alice is marked, the cursor rests on the first, and the preview (if shown) has been read."""
    await until_shown(pilot, "8 users · loaded")
    await pilot.press("j", "j", "space", "k", "k")
    if pilot.app.size.width >= LARGE[0]:
        await until_shown(pilot, "Alice Martin")
        await until_shown(pilot, "none recorded")


async def _search(pilot: Pilot[Any], text: str) -> None:
    """The text arrives at once: how far a typist is when a pause is noticed is nobody's guess."""
    await _listed(pilot)
    await pilot.press("slash")
    pilot.app.screen.query_one(SearchBox).text = text


async def _searched(pilot: Pilot[Any]) -> None:
    await _search(pilot, "ali -is:locked")
    await until_shown(pilot, "3 match · 1 marked (1 not in view)")


async def _mistyped(pilot: Pilot[Any]) -> None:
    await _search(pilot, "ali is:lokced")
    await until_shown(pilot, "Did you mean locked")


async def _nobody(pilot: Pilot[Any]) -> None:
    await _search(pilot, "lice")
    await until_shown(pilot, "Nobody matches")


async def _ordering(pilot: Pilot[Any]) -> None:
    await _listed(pilot)
    await pilot.press("o")
    await until_shown(pilot, "latest first")


async def _completing(pilot: Pilot[Any]) -> None:
    await _search(pilot, "ali is:")
    await until_shown(pilot, "locked out right now")


async def _filtering(pilot: Pilot[Any]) -> None:
    await _search(pilot, "ali role:support created:<90d")
    await until_shown(pilot, "1 match")
    await pilot.press("down", "f")
    await until_shown(pilot, "[x] support")
    await pilot.press("down", "down", "space", "space")
    await until_shown(pilot, "-is:locked")
    await until_shown(pilot, "index")


async def _going(pilot: Pilot[Any]) -> None:
    await _listed(pilot)
    await pilot.press("percent_sign")
    await until_shown(pilot, "Go to")
    await pilot.press(*"150%", "enter")
    await until_shown(pilot, "A list goes from")


LISTS = {
    "completing": _completing,
    "filtering": _filtering,
    "going": _going,
    "listed": _listed,
    "searched": _searched,
    "mistyped": _mistyped,
    "nobody": _nobody,
    "ordering": _ordering,
}


def _tab(times: int) -> Do:
    async def turn(pilot: Pilot[Any]) -> None:
        await until_shown(pilot, "Locked until")
        for _ in range(times):
            await pilot.press("right_square_bracket")

    return turn


TABS = {"account": _tab(0), "roles": _tab(1), "signin": _tab(2), "notes": _tab(3), "history": _tab(4)}


@pytest.mark.parametrize("size", SIZES, ids=("80x24", "120x40"))
@pytest.mark.parametrize("case", LISTS)
def test_picture(snap_compare: Callable[..., bool], database_url: str, size: tuple[int, int], case: str) -> None:
    app = app_on(database_url, UsersScreen)
    assert snap_compare(app, terminal_size=size, run_before=still(LISTS[case]))


@pytest.mark.parametrize("size", SIZES, ids=("80x24", "120x40"))
@pytest.mark.parametrize("case", TABS)
def test_picture_of_a_user(
    snap_compare: Callable[..., bool], database_url: str, size: tuple[int, int], case: str
) -> None:
    app = app_on(database_url, lambda: UserScreen(2, "alice.jones"))
    assert snap_compare(app, terminal_size=size, run_before=still(TABS[case]))


@pytest.mark.parametrize("size", SIZES, ids=("80x24", "120x40"))
@pytest.mark.parametrize("who", [2, "alice.jonse"], ids=("locked", "nobody"))
def test_picture_of_why(
    snap_compare: Callable[..., bool], database_url: str, size: tuple[int, int], who: int | str
) -> None:
    async def looked(pilot: Pilot[Any]) -> None:
        await until_shown(pilot, "cannot sign in" if who == 2 else "Nobody is called")

    app = app_on(database_url, lambda: WhyScreen(who))
    assert snap_compare(app, terminal_size=size, run_before=still(looked))


@pytest.mark.parametrize("size", SIZES, ids=("80x24", "120x40"))
def test_picture_without_colour(
    snap_compare: Callable[..., bool], database_url: str, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = app_on(database_url, UsersScreen)
    assert snap_compare(app, terminal_size=size, run_before=still(_listed))


def test_picture_of_a_hostile_user(snap_compare: Callable[..., bool], database_url: str) -> None:
    async def opened(pilot: Pilot[Any]) -> None:
        await until_shown(pilot, "Expired")

    app = app_on(database_url, lambda: UserScreen(8, HOSTILE[:50]))
    assert snap_compare(app, terminal_size=SMALL, run_before=still(opened))


def test_the_row_under_the_cursor_is_previewed(snap_compare: Callable[..., bool], database_url: str) -> None:
    async def resting(pilot: Pilot[Any]) -> None:
        await _listed(pilot)
        await pilot.press("j")
        await until_shown(pilot, "Locked until 14:30")

    assert snap_compare(app_on(database_url, UsersScreen), terminal_size=LARGE, run_before=still(resting))
