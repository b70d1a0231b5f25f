"""Status: what we are connected to and as whom, what is wrong with that, and the errors of this session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static
from textual.widgets.option_list import Option

from tui.keys import bindings
from tui.sanitise import sanitise
from tui.screens.base import AreaScreen
from tui.screens.connection_words import clock, connection_lines
from tui.screens.dialogs.error_details import ErrorDetails
from tui.widgets.facts import Facts as FactList
from tui.widgets.option_list import OptionList

if TYPE_CHECKING:
    from tui.database import Database
    from tui.database.role import ServerRole
    from tui.troubles import Trouble


@dataclass(frozen=True, slots=True)
class Facts:
    """Lines of a label and what is true; read from the database when the screen opens and on refresh."""

    lines: tuple[tuple[str, str], ...]
    read_at: datetime | None = None
    """When (UTC); None where there is no database to ask."""


class StatusScreen(AreaScreen):
    """Facts above, the errors of this session below, newest first; Enter opens one."""

    CRUMB = "Status"
    INTRO = (
        "How the connection is and since when, what the server says of it, and the errors of this session."
        " Enter opens an error."
    )
    HINTS = ("list.refresh", "app.lock", "app.palette")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("list.refresh", "move.down", "move.up")]

    DEFAULT_CSS = """
    StatusScreen #facts {
        height: auto; max-height: 70%; padding: 0 1 0 2; margin: 1 0;
        .facts--label { width: 14; }
    }
    StatusScreen #errors-title { height: 1; padding: 0 2; color: $text-muted; }
    StatusScreen #errors { height: 1fr; min-height: 3; margin: 0 1; border: none; background: transparent; }
    """

    def compose_body(self) -> ComposeResult:
        yield FactList(id="facts")
        yield Static(id="errors-title")
        yield OptionList(id="errors", markup=False)

    _facts: Facts | None = None
    _why_nothing = "... loading"

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()
        self.shell.connection.changed.subscribe(self, lambda _: self._paint())

    def on_screen_resume(self) -> None:
        """Facts and errors may have changed since the last look."""
        self.action_refresh()

    def action_refresh(self) -> None:
        """Reads again."""
        self._show_errors()
        self._paint()
        database = self.shell.database
        if database is None:
            self._show_facts(Facts(()))
        else:
            rescues = self.shell.may("audit.view")
            work = partial(read_facts, database, rescues=rescues)
            self.run_read(work, self._show_facts, group="facts", failed=self._not_read, again=True)

    def _show_facts(self, facts: Facts) -> None:
        self._facts = facts
        self._paint()

    def _not_read(self, sentence: str) -> None:
        self.shell.warn(sentence)
        self._why_nothing = "not read; ctrl+r tries again"
        self._show_errors()
        self._paint()

    def _paint(self) -> None:
        """What is known here first: that is true whether the database answers or not."""
        person = self.shell.person
        lines = [
            ("database", self.shell.launch.label),
            *connection_lines(self.shell),
            ("environment", self.shell.launch.badge.word),
            ("signed in", person.who if person else "nobody"),
        ]
        facts = self._facts
        if facts is not None:
            lost = self.shell.connection.is_lost and facts.read_at is not None
            lines += [("what follows", f"is from {clock(facts.read_at)}")] if lost and facts.read_at else []
            lines += facts.lines
        elif self.shell.database is not None:
            lines.append(("server", self._why_nothing))
        shown = [(sanitise(label, 20), Content(sanitise(value, 400))) for label, value in lines]
        self.call_later(self.query_one(FactList).show, shown)

    def _show_errors(self) -> None:
        newest = list(reversed(self.shell.troubles))
        title = f"Errors of this session: {len(newest)}" if newest else "No errors in this session."
        self.query_one("#errors-title", Static).update(Content(title))
        errors = self.query_one(OptionList)
        errors.clear_options()
        errors.add_options([Option(trouble_line(trouble)) for trouble in newest])
        errors.highlighted = 0 if newest else None

    def action_down(self) -> None:
        """To the error below."""
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        """To the error above."""
        self.query_one(OptionList).action_cursor_up()

    @on(OptionList.OptionSelected)
    def _open_error(self, event: OptionList.OptionSelected) -> None:
        newest = list(reversed(self.shell.troubles))
        if event.option_index < len(newest):
            self.app.push_screen(ErrorDetails(newest[event.option_index]))


def trouble_line(trouble: Trouble) -> Content:
    """`14:03:11  db1 is not reachable (refused).`"""
    return Content.assemble((f"{trouble.at.astimezone():%H:%M:%S}  ", "dim"), sanitise(trouble.sentence, 200))


async def read_facts(database: Database, *, rescues: bool) -> Facts:
    """Asks the server; with `rescues` the audit too, which not everybody sees. Raises `DatabaseError`."""
    lines = [("server", database.server), ("dialect", database.dialect)]
    lines.append(("access", "read-only" if database.read_only else "read and write"))
    lines.extend(await (_sqlite_facts(database) if database.dialect == "sqlite" else _postgres_facts(database)))
    lines.extend(await replica_facts(database))
    lines.extend(("caution", warning) for warning in database.warnings)
    lines.extend(("audit", sentence) for sentence in await _audit())
    lines.extend(("rescue", sentence) for sentence in (await _rescues() if rescues else ()))
    return Facts(tuple(lines), datetime.now(UTC))


async def replica_facts(database: Database) -> Sequence[tuple[str, str]]:
    """Which replica lists may be read from, if any, after a look at how it is (`connection_lines` says it)."""
    replica = database.replica
    if replica is None:
        return []
    await replica.look()
    return [("replica", replica.url.label)]


async def _audit() -> Sequence[str]:
    """Where anchors go, why the last one could not be left, and what the database does not refuse."""
    from models.operations.audit.anchors import place, trouble  # after the first paint
    from models.operations.audit.triggers import lacking_triggers

    where = place()
    found = [f"anchors go to {where.path}{' and the journal' if where.journal else ''}"] if where else []
    found += [trouble()] if trouble() else []
    lacking = await lacking_triggers()
    return [*found, *([f"nothing refuses {', '.join(lacking)}"] if lacking else [])]


async def _rescues() -> Sequence[str]:
    from models.operations.rescue.recent import recent_rescues  # after the first paint

    return await recent_rescues()


async def _sqlite_facts(database: Database) -> Sequence[tuple[str, str]]:
    rows = await database.connection.execute_query_dict(
        "SELECT (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size) AS bytes"
    )
    return [("size", f"{rows[0]['bytes'] / 1e6:.1f} MB"), ("encryption", "none: a file on this machine")]


def role_facts(role: ServerRole | None) -> Sequence[tuple[str, str]]:
    if role is None:
        return []
    if role.is_held:
        return [("role", role.who), ("boundary", "the database enforces what this role may do")]
    return [("role", role.who), ("boundary", f"none: this role {role.why_not_held}, the roles here are a guard rail")]


async def _postgres_facts(database: Database) -> Sequence[tuple[str, str]]:
    from tui.database.role import server_role  # after the first paint

    rows = await database.connection.execute_query_dict(
        "SELECT pg_is_in_recovery() AS standby,"
        " pg_database_size(current_database()) AS bytes,"
        " (SELECT count(*) FROM pg_stat_activity WHERE application_name = current_setting('application_name')) AS ours"
    )
    row = rows[0]
    # Asked anew: it may have been granted or taken away meanwhile.
    role = await server_role(database)
    return [
        *role_facts(role),
        ("server is", "a standby, read-only" if row["standby"] else "the primary"),
        ("size", f"{row['bytes'] / 1e6:.1f} MB"),
        ("encryption", _encryption(database)),
        ("connections", f"{row['ours']} of this program"),
    ]


def _encryption(database: Database) -> str:
    """Of the whole way to the server, as it was when the database was opened: both ends tell."""
    server = database.url.server
    assert server is not None
    assert database.way is not None
    return database.way.sentence(server)
