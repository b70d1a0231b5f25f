"""An import in sentences: what it would do, and what a row would change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.operations.importing import Verdict
from models.operations.text import counted, field_label, grouped

if TYPE_CHECKING:
    from models.operations.importing import PlannedRow
    from tui.transfer.importing import PlannedImport


def counts_words(planned: PlannedImport) -> str:
    """Return `12 to create · 3 to change · 1 200 unchanged · 2 wrong`."""
    counts = planned.plan.counts
    return (
        f"{grouped(counts[Verdict.CREATE])} to create · {grouped(counts[Verdict.UPDATE])} to change ·"
        f" {grouped(counts[Verdict.UNCHANGED])} unchanged · {grouped(counts[Verdict.ERROR])} wrong"
    )


def columns_words(planned: PlannedImport) -> str:
    """Return what each column of the file is: `Mail → e-mail, username`."""
    return ", ".join(
        column if column == field else f"{column} → {field_label(field)}"
        for column, field in planned.columns.fields.items()
    )


def summary_words(planned: PlannedImport) -> list[str]:
    """Return the plan in a few sentences."""
    sentences = [counts_words(planned), f"Columns: {columns_words(planned)}."]
    if planned.columns.own:
        sentences.append(f"Not imported: {', '.join(planned.columns.own)}.")
    if planned.columns.ignored:
        sentences.append(f"Ignored: {', '.join(planned.columns.ignored)}.")
    if planned.plan.counts[Verdict.CREATE]:
        sentences.append("Nobody can sign in with a new account until its password is reset.")
    if planned.plan.counts[Verdict.ERROR]:
        wrong = counted(planned.plan.counts[Verdict.ERROR], "row")
        sentences.append(f"Nothing can be imported while {wrong} cannot be taken.")
    return sentences


def changes_words(row: PlannedRow) -> str:
    """Return what a row changes: `e-mail a@x → b@x, full name - → Ann`."""
    return ", ".join(
        f"{field_label(name)} {_said(after)}"
        if row.verdict is Verdict.CREATE
        else f"{field_label(name)} {_said(before)} → {_said(after)}"
        for name, (before, after) in row.changes.items()
        if name != "has_usable_password"
    )


def _said(value: object) -> str:
    if value is None or value == "":
        return "-"
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
