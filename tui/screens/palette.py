"""The command palette: what this screen can do now, the areas, the themes, and leaving."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

from textual import events
from textual.binding import BindingType
from textual.command import CommandInput, CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from tui.keys import KEYS, bindings, show_key
from tui.sanitise import sanitise
from tui.screens.areas import AREAS
from tui.screens.greyed import explained, lacking
from tui.screens.sturdy import Sturdy
from tui.styles.themes import THEMES
from tui.terminal.safe import safe
from tui.widgets.line_input import LineInput
from tui.widgets.option_list import OptionList

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.style import Style

    from tui.app import ShellbackApp

PLACEHOLDER: Final = "Search for commands…"
LONGEST: Final = 200
"""Characters that are searched for: no command is longer."""


@dataclass(frozen=True, slots=True)
class Command:
    """One line of the palette. Its texts may hold one of the database, or what was typed: they are made safe here."""

    title: str
    help: str
    run: Callable[[], Any]
    why_not: str = ""
    """Why it cannot be done now; then it is greyed, and choosing it says so."""


class ShellbackCommands(Provider):
    """Commands made from the state of the screen at the moment the palette opens."""

    async def startup(self) -> None:
        self._commands = list(self._all())

    async def discover(self) -> Hits:
        for command in self._commands:
            title = sanitise(command.title, 100)
            yield DiscoveryHit(_dressed(command, Content(title)), command.run, title, _help(command))

    async def search(self, query: str) -> Hits:
        typed = getattr(self.screen, "typed", None)
        made: Command | None = typed(query) if typed is not None else None
        if made is not None:
            title = sanitise(made.title, 100)
            yield Hit(1.0, Content(title), made.run, title, _help(made))
        matcher = self.matcher(query)
        for command in self._commands:
            title = sanitise(command.title, 100)
            score, offsets = matcher.fuzzy_search.match(query, title)
            if score > 0:
                found = _marked(Content(title), offsets, matcher.match_style)
                yield Hit(score, _dressed(command, found), command.run, title, _help(command))

    def _all(self) -> Iterator[Command]:
        shell = cast("ShellbackApp", self.app)
        yield from self._keys()
        own = getattr(self.screen, "commands", None)
        if own is not None:
            yield from own()
        if shell.person is not None:
            for area in AREAS:
                why_not = "" if shell.may(area.permission) else lacking(area.title, area.permission)
                yield Command(f"Go to {area.title}", f"key {area.key}", partial(shell.action_area, area.id), why_not)
        for theme in (own.name for own in THEMES):
            yield Command(f"Theme {theme}", "how it looks; remembered", partial(shell.choose_theme, theme))

    def _keys(self) -> Iterator[Command]:
        """Every key by its sentence; those that do not work now with the reason."""
        seen: set[str] = {"app.palette", "app.back"}
        for shown, active in self.screen.active_bindings.items():
            name = active.binding.id
            if name is None or name in seen or name not in KEYS:
                continue
            seen.add(name)
            if name.startswith("move."):
                continue
            key = KEYS[name]
            run = partial(self.app.run_action, active.binding.action, active.node)
            why_not = "" if active.enabled else explained(self.screen, active.binding.action)
            yield Command(key.help[0].upper() + key.help[1:], f"key {show_key(shown)}", run, why_not)


class _PaletteInput(CommandInput, LineInput):
    """What is typed into the palette: nothing of a paste hides in it."""

    def _on_paste(self, event: events.Paste) -> None:
        event.text = event.text[: LONGEST - len(self.value)]  # no toast is seen behind the palette
        super()._on_paste(event)


class _PaletteList(CommandList, OptionList):
    """Textual's, as a list of ours."""


class Palette(CommandPalette, Sturdy[None]):
    """Textual's, with a field that shows what it holds and takes no megabyte. It leaves and locks as everything does:
    of what is behind it, it hears nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("app.lock", "app.quit")]

    def compose(self) -> ComposeResult:
        for widget in super().compose():
            if isinstance(widget, CommandInput):
                yield _PaletteInput(placeholder=PLACEHOLDER, max_length=LONGEST, select_on_focus=False)
            elif isinstance(widget, CommandList):
                yield _PaletteList()
            else:
                yield widget

    def action_lock(self) -> None:
        """Locks the screen."""
        cast("ShellbackApp", self.app).action_lock()

    async def action_quit(self) -> None:
        """Leaves Shellback."""
        cast("ShellbackApp", self.app).leave()


def _dressed(command: Command, title: Content) -> Content:
    return title.stylize("dim") if command.why_not else title


def _marked(title: Content, offsets: Sequence[int], style: Style) -> Content:
    """As Textual's `Matcher.highlight`, which reads markup in the title."""
    for offset in offsets:
        if not title.plain[offset].isspace():
            title = title.stylize(style, offset, offset + 1)
    return title


def _help(command: Command) -> str:
    # The palette is typed to take a text here and would read markup in it; it takes Content as it is.
    return cast("str", safe(command.why_not or command.help, 200))
