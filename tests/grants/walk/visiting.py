"""Walks through the screens: every area, every page that is opened from one, and on each every key that it has.

Nothing is listed here by hand but what must not be pressed: screens come from `AREAS`, keys from their bindings, and
whether a key is for somebody from the screen itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from textual.widgets import Input, TextArea

from tests.tui.waiting import screen_text, until
from tui.keys import KEYS
from tui.screens.areas import AREAS
from tui.screens.greyed import reason
from tui.screens.needs import NEEDS
from tui.screens.user.screen import ON_ROW
from tui.screens.user.verbs import KEYS as USER_KEYS

if TYPE_CHECKING:
    from textual.pilot import Pilot
    from textual.screen import Screen

    from models.permissions import Codename
    from tui.app import ShellbackApp

UNPRESSED: Final = frozenset({"app.quit", "app.back", "app.lock", "list.live", "migrations.edit", "migrations.dry_run"})
"""Leave or lock the program, go on by themselves, start an editor, or run the migrations."""
STATUS: Final = "5"
IDLE_SECONDS: Final = 30.0
TABS: Final = 6
"""Of the page of a user: what a key does to the row under the cursor is pressed on each, the others once."""


@dataclass(slots=True)
class Visit:
    """What a walk met: `pressed` keys that did something, `greyed` ones, and every error with where it came."""

    pressed: list[str] = field(default_factory=list)
    greyed: list[str] = field(default_factory=list)
    screens: set[str] = field(default_factory=set)
    troubles: list[str] = field(default_factory=list)
    besides: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()

    def is_known(self, name: str, area: str) -> bool:
        """Whether a key was pressed before, here or by somebody else."""
        if name in USER_KEYS and name in self.pressed:
            return True
        if area and area in self.reads and not KEYS[name].writes:
            return True
        if not self.besides or (area and area not in self.besides):
            return False
        return not NEEDS.get(name) or not self.besides.isdisjoint(NEEDS[name])


async def idle(pilot: Pilot[Any]) -> None:
    """Returns when nothing is read or written any more."""

    def is_idle() -> bool:
        return not any(not worker.is_finished for worker in pilot.app.workers)

    await until(pilot, is_idle, seconds=IDLE_SECONDS)
    await pilot.pause()
    await until(pilot, is_idle, seconds=IDLE_SECONDS)


async def walk(
    pilot: Pilot[Any], *, besides: frozenset[Codename] = frozenset(), reads: frozenset[Codename] = frozenset()
) -> Visit:
    """Goes to every area and presses every key there; then on the page of a user, and on one's own. What a verb on one
    user opens is the same from the list and from the page: each is pressed once.

    `besides` is what somebody else has walked through already: left out are the keys that these permissions open. With
    `reads` somebody else has read who may read less: what only reads is left out in the areas that they open.
    """
    app: Any = pilot.app
    visit = Visit(besides=besides, reads=reads)
    for area in AREAS:
        if not app.may(area.permission):
            visit.greyed.append(f"area.{area.id}")
            continue
        await pilot.press(area.key)
        await idle(pilot)
        _note(app, visit, area.id)
        await _press_all(pilot, visit, area.key, area=area.permission)
        if area.id == "users":
            await pilot.press("enter")
            await idle(pilot)
            for tab in range(TABS):
                _note(app, visit, "user")
                await _press_all(pilot, visit, area.key, *(() if tab == 0 else ON_ROW), area=area.permission)
                await pilot.press("right_square_bracket")
                await idle(pilot)
            await _back_to(pilot, area.key, depth=1)
    await pilot.press("M")
    await idle(pilot)
    _note(app, visit, "me")
    await _press_all(pilot, visit, AREAS[-1].key if app.may(AREAS[-1].permission) else STATUS)
    return visit


def _note(app: ShellbackApp, visit: Visit, where: str) -> None:
    visit.screens.add(type(app.screen).__name__)
    for trouble in app.troubles:
        visit.troubles.append(f"{where}: {trouble.sentence}")
    app.troubles.clear()


def _bound(screen: Screen[Any]) -> dict[str, tuple[str, str]]:
    """The keys of the registry that the screen binds: by id the key to press and its action."""
    found = [binding for each in screen._bindings.key_to_bindings.values() for binding in each]
    return {
        binding.id: (KEYS[binding.id].keys.split(",")[0], binding.action)
        for binding in found
        if binding.id is not None and binding.id in KEYS
    }


async def _press_all(pilot: Pilot[Any], visit: Visit, home: str, *only: str, area: str = "") -> None:
    app: Any = pilot.app
    screen, depth = app.screen, len(app.screen_stack)
    for name, (key, action) in _bound(screen).items():
        if name in UNPRESSED or KEYS[name].group == "move" or "copy" in action or (only and action not in only):
            continue
        if visit.is_known(name, area):
            continue
        if reason(screen, action):
            visit.greyed.append(name)
            continue
        await pilot.press(key)
        await idle(pilot)
        visit.pressed.append(name)
        _note(app, visit, f"{type(screen).__name__} {name}")
        await _back_to(pilot, home, depth=depth, screen=screen)


async def _back_to(pilot: Pilot[Any], home: str, *, depth: int, screen: Screen[Any] | None = None) -> None:
    """Leaves what a key opened, by Esc, as a person does; from another area by the digit of this one, `home`."""
    app: Any = pilot.app
    for _ in range(12):
        in_front = len(app.screen_stack) <= depth and (screen is None or app.screen is screen)
        if in_front and not _types(app):
            return
        elsewhere = screen is not None and app.screen is not screen and len(app.screen_stack) <= depth
        await pilot.press(home if elsewhere and not _types(app) else "escape")
        await idle(pilot)
    raise AssertionError(f"Esc does not lead back; on the screen:\n{screen_text(pilot)}")


def _types(app: Any) -> bool:
    """Whether what is pressed would be typed."""
    return isinstance(app.focused, Input | TextArea)
