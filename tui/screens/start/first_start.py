"""Before anybody can sign in: the database is empty, holds the web service's table, or is older than this program.

Shows which of our migrations are pending and what they do, and applies them when asked to. What comes next (the first
superuser, signing in) is found by opening the database again.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from tui.database import Kind, identify
from tui.keys import bindings
from tui.migrate.listing import PendingPreview, pending_preview
from tui.screens.base import AreaScreen
from tui.screens.migrations.apply.consent import may_apply
from tui.screens.migrations.apply.screen import ApplyScreen
from tui.screens.migrations.list import EntryTable
from tui.screens.migrations.sql.pane import SqlPane, show_sides
from tui.screens.migrations.sql.screen import WHOLE, SqlScreen
from tui.screens.migrations.sql.sides import sides
from tui.screens.migrations.words import columns, database_name, many
from tui.terminal.safe import safe
from tui.widgets.keyset_messages import CursorMoved, RowOpened
from tui.widgets.list_source import ListSource

if TYPE_CHECKING:
    from tui.database import Database, Identity
    from tui.migrate.states import Entry
    from tui.screens.migrations.sql.sides import Sides

_ABOUT: Final = {
    Kind.EMPTY: "{label} is empty. {count} of Shellback's own {make} the schema: look at them, then press A to apply.",
    Kind.SEED: (
        "{label} holds the web service's users. {count} of Shellback's own {bring} that table up to date without "
        "losing a row: look at them, then press A to apply."
    ),
    Kind.OURS: (
        "{label} is older than this Shellback. {count} {stand} between them, and nothing else works before: "
        "press A to apply, q to leave everything as it is."
    ),
}


class FirstStartScreen(AreaScreen):
    """The pending files by name, with their SQL; `A` applies them all once agreed to."""

    CSS_PATH = "../migrations/migrations.tcss"
    CRUMB = "First start"
    INTRO = (
        "The schema comes first, then the first superuser. Nothing is changed before you agree to the exact files. "
        "SQLite databases are copied before, beside themselves."
    )
    HINTS = ("migrations.apply_all", "list.open", "migrations.direction", "app.quit")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("migrations.apply_all", "migrations.direction", "list.refresh")]

    def __init__(self, identity: Identity) -> None:
        super().__init__()
        self._identity = identity
        self._preview: PendingPreview | None = None
        self._is_down = False

    def compose_body(self) -> ComposeResult:
        yield Static(id="about")
        yield EntryTable(columns())
        with Horizontal(id="sides"):
            yield SqlPane(id="up")
            yield SqlPane(id="down")

    def on_mount(self) -> None:
        self.table.focus()
        self._turn()
        self._read()

    def _look_again(self, _: None) -> None:
        """A run is over, however it ended."""
        self.run_read(self._identify, self._identified, group="identify")

    @property
    def table(self) -> EntryTable:
        """The list."""
        return self.query_one(EntryTable)

    @property
    def database(self) -> Database:
        """The one that is open."""
        assert self.shell.database is not None
        return self.shell.database

    # Reading --------------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        async def work() -> PendingPreview:
            return await pending_preview(self.database.url, self.database)

        self.run_read(work, self._found, group="look", failed=self._failed)

    def action_refresh(self) -> None:
        """Looks again."""
        self._read()

    def _found(self, found: PendingPreview) -> None:
        self._preview = found
        entries = found.look.listing.pending
        count = many(len(entries), "migration")
        one = len(entries) == 1
        words = _ABOUT[self._identity.kind].format(
            label=self.database.label,
            count=count,
            make="makes" if one else "make",
            bring="brings" if one else "bring",
            stand="stands" if one else "stand",
        )
        self.query_one("#about", Static).update(safe(words, 400))
        self.table.open(ListSource(entries, lambda entry: entry.version))
        self.refresh_bindings()

    def _failed(self, sentence: str) -> None:
        self.query_one("#about", Static).update(Content.assemble(safe(sentence, 400), "\nctrl+r tries again."))

    async def _identify(self) -> Identity:
        return await identify(self.database)

    def _identified(self, identity: Identity) -> None:
        """After a run: on to what comes next, or what is still pending."""
        self._identity = identity
        if identity.is_current:
            self.dismiss(None)
        elif identity.kind in _ABOUT:
            self._read()

    # Looking --------------------------------------------------------------------------------------------------------

    def on_cursor_moved(self, event: CursorMoved) -> None:
        show_sides(self, event.row, self.database.dialect)

    def on_row_opened(self, event: RowOpened) -> None:
        entry: Entry = event.row
        work = partial(asyncio.to_thread, sides, entry, self.database.dialect, WHOLE)
        self.run_read(work, partial(self._open, entry), group="open")

    def _open(self, entry: Entry, found: Sides) -> None:
        look = self._preview.look if self._preview is not None else None
        self.shell.push_screen(SqlScreen(entry, found, look=look, is_down=self._is_down))

    def action_direction(self) -> None:
        """The SQL of the other direction."""
        self._is_down = not self._is_down
        self._turn()

    def _turn(self) -> None:
        self.query_one("#up").set_class(not self._is_down, "-front")
        self.query_one("#down").set_class(self._is_down, "-front")

    # Applying -------------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "apply_all":
            return True if self._preview is not None and self._preview.plan.is_ok else None
        return super().check_action(action, parameters)

    def action_apply_all(self) -> None:
        """Asks, then applies."""
        found = self._preview
        if found is None or not found.plan.is_ok:
            self.shell.warn(found.plan.refusals[0] if found is not None else "The list is not there yet.")
            return
        plan, target = found.plan, self.database.label

        def begin(answer: bool | None) -> None:
            if answer:
                self.shell.push_screen(ApplyScreen(plan, target, leads_on=True), self._look_again)

        self.shell.push_screen(
            may_apply(
                plan,
                target=target,
                database=database_name(found.look),
                badge=self.shell.launch.badge,
                twin=f"{self.shell.launch.command} init",
            ),
            begin,
        )

    def leave(self) -> None:
        """There is nothing behind this screen but the shell."""
        self.shell.leave()
