"""What roles look like at both design sizes: the list, the form, its review, deleting; granting; the tab of a user."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from tortoise.transactions import in_transaction

from models import Role, RolePermission, UserRole
from tests.models.operations.people import user
from tests.models.operations.roles.made import make_role
from tests.tui.screens.user.writing import root, until_said
from tests.tui.shell import FilledShell, person, shell_on
from tests.tui.snapshots import LARGE, SIZES, SMALL, still
from tests.tui.waiting import focus, screen_text, until, until_shown
from tests.tui.zones import in_zone
from tui.screens.dialogs.review import ReviewDialog
from tui.screens.roles.delete import RoleDeleteDialog
from tui.screens.roles.edit import RoleEditDialog
from tui.screens.roles.form import PermissionBoxes
from tui.screens.roles.screen import RolesScreen
from tui.screens.user.grant import RoleDialog
from tui.screens.user.screen import UserScreen

pytestmark = pytest.mark.sqlite_only  # pixels do not depend on the database; the tests of behaviour do both

THEN = datetime(2098, 1, 31, 18, tzinfo=UTC)
HOSTILE = "[@click=app.quit]x[/]\u202e"


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Times that pass are said as one; the zone is UTC."""
    with in_zone("UTC"):
        monkeypatch.setattr("tui.screens.roles.screen.wall_clock", lambda: "12:00:00")
        yield


class Filled(FilledShell):
    """Roles, of which one was changed and one made by a hostile hand."""

    as_editor = False

    async def fill(self) -> None:
        self.person = await root()
        alice = await user("alice.jones", "support", "auditor", "dba", email="alice@example.com")
        await make_role("front desk", "users.view", "users.unlock", description="Answers the telephone")
        await make_role(HOSTILE, "users.view", "vault.open", description=HOSTILE)
        tom = await user("tom", "front desk", "operator")
        async with in_transaction():
            support, dba = await Role.get(name="support"), await Role.get(name="dba")
            await RolePermission.create(role_id=support.id, codename="audit.view")
            made = datetime(2025, 3, 2, 9, 30, tzinfo=UTC)
            await UserRole.filter(user_id__in=[alice.id, tom.id]).update(granted_at=made, granted_by_label="maria")
            await UserRole.filter(user_id=alice.id, role_id=support.id).update(expires_at=THEN)
            ended = datetime(2025, 9, 2, 9, 30, tzinfo=UTC)
            await UserRole.filter(user_id=alice.id, role_id=dba.id).update(expires_at=ended)
        if self.as_editor:
            await make_role("editors", "roles.edit", "users.view", "users.unlock")
            edith = await user("edith", "editors")
            self.person = person("roles.edit", "users.view", "users.unlock", user_id=edith.id, label="edith")


def app_on(url: str, first: Callable[[], Screen[Any]] = RolesScreen, *, as_editor: bool = False) -> Filled:
    app = Filled(shell_on(first).launch, first)
    app.url, app.as_editor = url, as_editor
    return app


async def _list(pilot: Pilot[Any]) -> None:
    await until_shown(pilot, "front desk")
    await until_shown(pilot, "vault.open")


async def _changed(pilot: Pilot[Any]) -> None:
    await _list(pilot)
    await pilot.press("end")
    await until_shown(pilot, "Not as it was seeded")


async def _open(screen: Screen[Any], shown: str, pilot: Pilot[Any]) -> None:
    await _list(pilot)
    await pilot.app.push_screen(screen)
    await until_said(pilot, shown)
    await until(pilot, lambda: getattr(screen, "is_settled", True))


async def _role(name: str) -> int:
    return (await Role.get(name=name)).id


async def _form(pilot: Pilot[Any]) -> None:
    await _open(RoleEditDialog(await _role("front desk")), "held by 1 user", pilot)


async def _ticked(pilot: Pilot[Any]) -> None:
    await _form(pilot)
    boxes = pilot.app.screen.query_one(PermissionBoxes)
    for codename in ("users.unlock", "users.export", "users.reset_mfa", "migrations.view"):
        boxes._boxes[codename].toggle()
    await focus(pilot, boxes._boxes["users.export"])
    await until_shown(pilot, "--forbid users.unlock")


async def _review(pilot: Pilot[Any]) -> None:
    await _ticked(pilot)
    await pilot.press("ctrl+s")
    await until(pilot, lambda: isinstance(pilot.app.screen, ReviewDialog))


async def _deleting(pilot: Pilot[Any]) -> None:
    await _open(RoleDeleteDialog(await _role("front desk"), "front desk"), "is held by 1 user", pilot)


async def _granting(pilot: Pilot[Any]) -> None:
    await _open(RoleDialog(2, "operator"), "roles grant 2 operator", pilot)


async def _another_end(pilot: Pilot[Any]) -> None:
    await _open(RoleDialog(2, "support"), "2098-01-31 18:00", pilot)
    await focus(pilot, pilot.app.screen.query_one("#until"))
    await pilot.press("end", "backspace", "5")
    await until_said(pilot, "--until '2098-01-31 18:05'")
    await until_said(pilot, "Change end")


CASES: dict[str, Callable[[Pilot[Any]], Awaitable[None]]] = {
    "list": _list,
    "changed": _changed,
    "form": _form,
    "ticked": _ticked,
    "review": _review,
    "deleting": _deleting,
    "granting": _granting,
    "another_end": _another_end,
}


@pytest.mark.parametrize("size", SIZES, ids=("80x24", "120x40"))
@pytest.mark.parametrize("case", CASES)
def test_picture(snap_compare: Callable[..., bool], database_url: str, size: tuple[int, int], case: str) -> None:
    assert snap_compare(app_on(database_url), terminal_size=size, run_before=still(CASES[case]))


async def _tab(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: "alice.jones" in screen_text(pilot))
    await pilot.press("right_square_bracket")
    await until_shown(pilot, "EXPIRED")


@pytest.mark.parametrize("size", SIZES, ids=("80x24", "120x40"))
def test_picture_of_the_roles_of_a_user(
    snap_compare: Callable[..., bool], database_url: str, size: tuple[int, int]
) -> None:
    app = app_on(database_url, partial(UserScreen, 2))
    assert snap_compare(app, terminal_size=size, run_before=still(_tab))


@pytest.mark.parametrize("case", ["list", "form"])
def test_picture_for_who_may_less(snap_compare: Callable[..., bool], database_url: str, case: str) -> None:
    assert snap_compare(app_on(database_url, as_editor=True), terminal_size=LARGE, run_before=still(CASES[case]))


@pytest.mark.parametrize("case", ["changed", "form"])
def test_picture_without_colour(
    snap_compare: Callable[..., bool], database_url: str, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(app_on(database_url), terminal_size=SMALL, run_before=still(CASES[case]))
