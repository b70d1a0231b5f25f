"""`o`: the migrations of another app of the same project."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets.option_list import Option

from tui.screens.dialogs.base import Dialog
from tui.screens.migrations.apply.keys import NOT_YET
from tui.terminal.safe import safe
from tui.widgets.option_list import OptionList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.screens.migrations.screen import MigrationsScreen


def why_not(screen: MigrationsScreen) -> str | None:
    """Why there is nothing to choose, in a sentence."""
    found = screen.look
    if found is None:
        return NOT_YET
    if len(found.project.apps) < 2:
        return f"{found.project.name} has migrations of one app only: {found.project.app}."
    return None


def begin(screen: MigrationsScreen) -> None:
    """Asks which app; the list is read again for it."""
    found = screen.look
    assert found is not None

    def answered(app: str | None) -> None:
        if app is not None and app != found.project.app:
            screen.show_app(app)

    screen.shell.push_screen(AppDialog(found.project.apps, found.project.app), answered)


class AppDialog(Dialog[str]):
    """Answers the app chosen, or None."""

    WIDTH: ClassVar[int] = 56
    DEFAULT_CSS = """
    AppDialog #body { padding: 0; }
    AppDialog OptionList { height: auto; max-height: 14; border: none; padding: 0; background: $surface; }
    AppDialog #buttons { display: none; }
    """

    def __init__(self, apps: Sequence[str], shown: str) -> None:
        super().__init__("Migrations of which app?")
        self._apps = apps
        self._shown = shown

    def compose_body(self) -> ComposeResult:
        yield OptionList(*(Option(self._line(app)) for app in self._apps), compact=True)

    def _line(self, app: str) -> Content:
        return Content.assemble("• " if app == self._shown else "  ", safe(app, 100))

    def on_mount(self) -> None:
        super().on_mount()
        options = self.query_one(OptionList)
        options.highlighted = list(self._apps).index(self._shown)
        options.focus()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._apps[event.option_index])
