"""Staged edits in words: the list of them, the diff of one, what stands in the way. Everything goes through `safe`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from textual.content import Content

from models.operations import field_label
from models.operations.changesets.rows import RowState
from models.operations.plan import json_value
from models.operations.text import counted
from tui.browse.moments import clock, stamp
from tui.sanitise import sanitise
from tui.screens.user.merge import shown
from tui.terminal.safe import safe
from tui.widgets.keyset_columns import Cell, Column, Tone

if TYPE_CHECKING:
    from models.operations.changesets.rows import Row
    from models.operations.changesets.staged import StagedEdit

STATES: Final = {
    RowState.READY: ("ready", Tone.PLAIN),
    RowState.WRITTEN: ("written", Tone.PLAIN),
    RowState.UNCHANGED: ("already so", Tone.QUIET),
    RowState.CONFLICT: ("CONFLICT", Tone.DANGER),
    RowState.GONE: ("GONE", Tone.DANGER),
    RowState.REFUSED: ("REFUSED", Tone.DANGER),
    RowState.INVALID: ("NOT READY", Tone.CAUTION),
}
UNCHECKED: Final = ("unchecked", Tone.QUIET)
IN_DOUBT: Final = ("IN DOUBT", Tone.DANGER)

EMPTY: Final = (
    "Nothing is staged.\n\n"
    "s on a user, in the list or on the page, opens the\n"
    "form and stages the edit instead of saving it. Staged\n"
    "edits of many users are committed together here: all\n"
    "or none."
)


@dataclass(frozen=True, slots=True)
class Staged:
    """One line of the list: an edit, and what it came to when it was last checked; None before."""

    edit: StagedEdit
    row: Row | None = None
    in_doubt: bool = False

    @property
    def word(self) -> tuple[str, Tone]:
        """What it comes to in a word."""
        if self.in_doubt:
            return IN_DOUBT
        return STATES[self.row.state] if self.row is not None else UNCHECKED


def staged_columns() -> Sequence[Column[Staged]]:
    """Return the columns of the list."""
    return (
        Column("user", "USER", 12, lambda one: Cell(safe(one.edit.target.label, 60)), grow=2, pinned=True),
        Column("state", "STATE", 10, lambda one: Cell(Content(one.word[0]), one.word[1])),
        Column("fields", "FIELDS", 12, lambda one: Cell(fields_of(one.edit)), grow=3, from_width=42),
    )


def fields_of(edit: StagedEdit) -> Content:
    """Return `e-mail, full name`."""
    return safe(", ".join(field_label(name) for name in edit.touched), 200)


def diff(one: Staged) -> Content:
    """Return was, theirs and yours of each field, and what stands in the way, for the pane beside the list."""
    edit, row = one.edit, one.row
    email = f"  {sanitise(edit.target.email, 120)}" if edit.target.email else ""
    lines = [
        Content.assemble((sanitise(edit.target.label, 60), "bold"), f"  #{edit.user_id}{email}"),
        Content.styled(f"staged {stamp(edit.staged_at, datetime.now(UTC))} · {one.word[0]}", "dim"),
    ]
    for name, value in edit.touched.items():
        lines.append(Content(""))
        lines.extend(_field(edit, row, name, value))
    if row is not None:
        lines.extend(_remarks(row))
    return Content("\n").join(lines)


def _field(edit: StagedEdit, row: Row | None, name: str, value: object) -> list[Content]:
    was = edit.base.get(name)
    lines = [Content.styled(field_label(name), "bold"), _side("was", was)]
    conflicts = {conflict.field: conflict for conflict in row.conflicts} if row is not None else {}
    now = getattr(row.account, name, was) if row is not None and row.account is not None else was
    if name in conflicts or now != was:
        by = conflicts[name].by if name in conflicts else None
        at = conflicts[name].at if name in conflicts else None
        lines.append(_side("theirs", now, _author(by, at)))
    lines.append(_side("yours", value))
    return lines


def _side(word: str, value: object, author: str = "") -> Content:
    return Content.assemble((f"  {word:<7}", "dim"), shown(json_value(value)), (author, "dim"))


def _author(by: str | None, at: datetime | None) -> str:
    if not by:
        return ""
    return f"  {sanitise(by, 60)}" + (f", {clock(at)}" if at is not None else "")


def _remarks(row: Row) -> list[Content]:
    """What others changed and keep, what else happens, what forbids it."""
    lines = []
    for merged in row.merged:
        if merged.field not in row.edit.touched:
            value = Content.assemble(f"· {field_label(merged.field)} is kept: ", shown(merged.value))
            lines.append(Content.assemble(value, (_author(merged.by, merged.at), "dim")))
    lines += [safe(f"· {effect}", 300) for effect in row.plan.effects]
    lines += [safe(f"! {field_label(error.field)}: {error.sentence}", 300) for error in row.plan.errors]
    lines += [safe(f"! {refusal.reason}", 300) for refusal in row.plan.refusals]
    if row.state is RowState.GONE:
        lines.append(safe(f"! {row.sentence}", 300))
    if row.state is RowState.CONFLICT:
        lines.append(Content("! Changed meanwhile: m merges."))
    return [Content(""), *lines] if lines else []


def sentence_of(row: Row) -> Content:
    """Return what a row came to, with whom it is about."""
    target = str(row.plan.target)
    return safe(row.sentence if target in row.sentence else f"{target}: {row.sentence}", 300)


def summary(staged: Sequence[Staged], checked_at: str, problem: str) -> Content:
    """Return the status line: `3 users · 5 fields · 1 conflict · checked 14:03`."""
    if not staged:
        return Content("")
    fields = sum(len(one.edit.touched) for one in staged)
    parts = [counted(len(staged), "user"), counted(fields, "field")]
    found = Counter(one.row.state for one in staged if one.row is not None)
    parts += [
        f"{found[state]} {STATES[state][0].lower()}"
        for state in RowState
        if found[state] and state is not RowState.READY
    ]
    if problem:
        return Content.assemble(" · ".join(parts), " · not checked: ", safe(problem, 200))
    return Content(" · ".join([*parts, f"checked {checked_at}"] if checked_at else [*parts, "checking…"]))
