"""One event of the audit, whole: who, on whom, when, why, what changed, and its place in the chain."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import HorizontalGroup, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.browse.audit.changes import FieldChange
from tui.browse.audit.events import AuditDetail, load_event_cut
from tui.keys import bindings
from tui.screens.audit.words import NONE, UNREADABLE, actor, field, full_time, number, target, value, verb
from tui.screens.base import AreaScreen
from tui.screens.scrolling import SCROLLING, Scrolls
from tui.terminal.safe import safe, safe_whole


class AuditEventScreen(Scrolls, AreaScreen):
    """The page of one event."""

    CSS_PATH = "audit.tcss"
    INTRO = "One recorded event. What is marked as a claim was said by the client of itself; nobody has checked it."
    HINTS = ("app.back", "audit.copy_id", "audit.copy_event", "move.down")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("audit.copy_id", "audit.copy_event", *SCROLLING)]

    def __init__(self, event_id: int) -> None:
        super().__init__()
        self._event_id = event_id
        self._detail: AuditDetail | None = None

    def crumbs(self) -> tuple[str, ...]:
        return ("Audit", f"seq {number(self._detail.row.seq)}" if self._detail else f"id {self._event_id}")

    def compose_body(self) -> ComposeResult:
        with VerticalScroll(id="event", can_focus=False):
            yield Static(Content("…loading"))

    @property
    def scrolled(self) -> VerticalScroll:
        return self.query_one("#event", VerticalScroll)

    def on_mount(self) -> None:
        self.run_read(lambda: load_event_cut(self._event_id), self._show, group="event", failed=self._say, again=True)

    def _show(self, detail: AuditDetail | None) -> None:
        if detail is None:
            self._say(
                "There is no such event any more: somebody has taken it out of the trail. V in the list says where."
            )
            return
        self._detail = detail
        self.refresh_header()
        body = self.query_one("#event")
        body.remove_children()
        body.mount_all(parts(detail))

    def _say(self, sentence: str) -> None:
        self.query_one("#event Static", Static).update(safe(sentence))

    # Keys -----------------------------------------------------------------------------------------------------------

    def action_copy_id(self) -> None:
        """Copies the operation's id, by which logs and the command line know it."""
        if self._detail is not None:
            self.shell.copy(self._detail.op_id, "the id of the operation")

    def action_copy_event(self) -> None:
        """Copies the event as one line of JSON."""
        if self._detail is not None:
            self.shell.copy(json.dumps(asdict(self._detail), default=str), "the event as JSON")


def parts(detail: AuditDetail) -> Iterator[Widget]:
    """The widgets of an event, top to bottom."""
    row = detail.row
    yield Static(
        Content.assemble(safe(verb(row.action), 60), " · ", target(row), " · ", safe(row.outcome, 16)),
        classes="heading",
    )
    yield _fact("when", Content(full_time(row.at)))
    who = Content.assemble(actor(row), f" #{row.actor_id}" if row.actor_id is not None else " (no account)")
    yield _fact("who", Content.assemble(who, ", through ", safe(row.actor_kind, 16)))
    yield _fact("claims", _claims(detail))
    yield _fact("db user", safe(detail.db_user, 120) or NONE)
    yield _fact("on", Content.assemble(safe(row.target_type, 40), " ", target(row)))
    yield _fact("action", Content.assemble(safe(row.action, 60), ", outcome ", safe(row.outcome, 16)))
    yield _fact("reason", safe_whole(row.reason, 600) or NONE)
    yield _fact("ticket", safe(row.ticket, 120) or NONE)
    yield Static(Content("Changes"), classes="heading")
    yield from _changes(detail)
    yield Static(Content("Record"), classes="heading")
    yield _fact("version", _version(detail))
    yield _fact("operation", safe(detail.op_id, 64))
    if detail.batch_id:
        yield _fact("batch", safe(detail.batch_id, 64))
    if detail.undo_of:
        yield _fact("undoes", safe(detail.undo_of, 64))
    yield from _meta(detail)
    yield _fact("sequence", safe(number(row.seq), 24))
    yield _fact("hash", safe(detail.hash, 80))
    yield _fact("follows", safe(detail.prev_hash, 80))


def _claims(detail: AuditDetail) -> Content:
    claimed = (
        ("OS user ", detail.claimed_os_user),
        ("host ", detail.claimed_host),
        ("SSH client ", detail.claimed_ssh_client),
    )
    said = [Content.assemble(name, safe(text, 255)) for name, text in claimed if text]
    return Content.assemble(Content(", ").join(said), " (claimed, not checked)") if said else NONE


def _changes(detail: AuditDetail) -> Iterator[Widget]:
    if detail.changes is None:
        yield _fact(
            "", safe(f"{UNREADABLE}: what is stored is not what Shellback writes. V in the list checks the chain.")
        )
    elif not detail.changes:
        yield _fact("", Content("no field changed"))
    else:
        yield from (_change(change) for change in detail.changes)


def _change(change: FieldChange) -> Widget:
    shown = Content.assemble(value(change.before), " -> ", value(change.after).stylize("bold"))
    return _fact(Content.assemble(field(change.field), ":"), shown, wide=True)


def _version(detail: AuditDetail) -> Content:
    before, after = detail.version_before, detail.version_after
    if before is None and after is None:
        return NONE
    return Content.assemble(value(before), " -> ", value(after))


def _meta(detail: AuditDetail) -> Iterator[Widget]:
    if detail.meta is None:
        yield _fact("also", safe(UNREADABLE))
        return
    for name, stored in detail.meta.items():
        shown = stored if isinstance(stored, str | int | float | bool) or stored is None else json.dumps(stored)
        yield _fact(field(name), value(shown), wide=True)


def _fact(label: str | Content, shown: Content, *, wide: bool = False) -> Widget:
    """A label of ours or of the database, and what stands for it; `wide` for labels that are names of fields."""
    named = Content(label) if isinstance(label, str) else label
    fact = HorizontalGroup(Static(named, classes="label"), Static(shown, classes="value"), classes="fact")
    return fact.set_class(wide, "-wide")
