"""A ShellbackApp for tests of one screen: signed in, its database given, strict about mistakes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from textual.screen import Screen

from tui.app import ShellbackApp
from tui.badge import LOCAL, Badge
from tui.launch import Launch, Opening
from tui.person import Person
from tui.troubles import is_expected

if TYPE_CHECKING:
    from models.operations.plan import Actor
    from tui.database import Database


async def _not_opened(_: Callable[[str], None]) -> Opening:
    raise AssertionError("this test gave no opener")


class StrictShell(ShellbackApp):
    """Fails the test on an error that the program did not foresee; the real one would go on with a toast."""

    def trouble(self, error: BaseException) -> str:
        if not is_expected(error) and isinstance(error, Exception):
            self._handle_exception(error)
        return super().trouble(error)


class ScreenShell(StrictShell):
    """Starts on the given screen instead of opening a database and signing in."""

    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {"start": Screen}

    def __init__(self, launch: Launch, first: Callable[[], Screen[Any]]) -> None:
        super().__init__(launch)
        self._first = first

    def on_mount(self) -> None:
        self.push_screen(self._first())


class FilledShell(ScreenShell):
    """Opens the database at `url` in its own loop, which is not the test's, and fills it before anything is shown."""

    url = ""

    async def on_load(self) -> None:
        from tui.database import open_database
        from tui.settings import parse_url

        self.database = await open_database(parse_url(self.url))
        await self.fill()

    async def fill(self) -> None:
        raise NotImplementedError


def superuser(user_id: int | None = 1, label: str = "root") -> Person:
    """A person who may do everything, for screens that only ask `may`. `user_id` must exist where a write is made."""
    return Person(actor=_actor(user_id, label), is_superuser=True)


def person(*permissions: str, user_id: int | None = 1, label: str = "maria", role: str = "support") -> Person:
    """A person with exactly these permissions."""
    return Person(actor=_actor(user_id, label), roles=(role,), permissions=frozenset(permissions))


def _actor(user_id: int | None, label: str) -> Actor:
    from models.operations.plan import Actor, ActorKind

    return Actor(user_id=user_id, label=label, kind=ActorKind.TUI)


def shell_on(
    first: Callable[[], Screen[Any]],
    *,
    database: Database | None = None,
    who: Person | Literal["nobody"] | None = None,
    badge: Badge = LOCAL,
    label: str = "app@db1.internal",
) -> ScreenShell:
    """An application that shows `first()` at once, signed in as `who` (a superuser, or "nobody")."""
    app = ScreenShell(Launch(label, _not_opened, badge), first)
    app.database = database
    app.person = None if who == "nobody" else who or superuser()
    return app
