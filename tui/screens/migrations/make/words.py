"""What the page of a draft says. Pure: no widget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from tui.migrate.lint import Severity
from tui.migrate.make.words import by_table, operations
from tui.sanitise import one_line
from tui.terminal.safe import safe

if TYPE_CHECKING:
    from tui.migrate.lint import Hit
    from tui.migrate.make.whole import Part


def operation_lines(part: Part) -> Content:
    """What is done, by table: each table once, what it loses in the colour of danger."""
    lines: list[Content] = []
    draft = part.draft
    for table, found in by_table(operations(draft.up, draft.dialect, draft.rebuilt)).items():
        lines.append(safe(table or "besides", 100).stylize("bold"))
        for each in found:
            words = safe(f"  {each.words}", 200)
            if each.loses:
                gone = Content("  gone for good").stylize("bold $text-error")
                words = Content.assemble(words.stylize("$text-error"), gone)
            lines.append(words)
    if not lines:
        lines.append(Content("No statements: the database stays as it is."))
    lines += [Content.assemble("! ", safe(note, 400)).stylize("$text-warning") for note in draft.all_notes]
    return Content("\n").join(lines)


def verdict(part: Part) -> Content:
    """How the trial ended, then the hits of lint."""
    trial = part.trial
    if trial is None:
        return Content("")
    colour = "$text-success" if trial.is_clean else "$text-error" if trial.trouble else "$text-warning"
    lines = [safe(sentence, 600).stylize(colour) for sentence in trial.sentences]
    if trial.statement:
        lines.append(safe(one_line(trial.statement), 300))
    lines += [safe(_hit(hit), 300).stylize(_COLOURS.get(hit.severity, "")) for hit in trial.hits]
    return Content("\n").join(lines)


def warnings(parts: Sequence[Part]) -> list[str]:
    """What must have been seen before the file is written."""
    found: list[str] = []
    for part in parts:
        trial = part.trial
        if trial is None:
            continue
        which = f"{part.draft.dialect}: " if len(parts) > 1 else ""
        found += [f"{which}{each}" for each in (trial.sentences[1:] if trial.is_clean else trial.sentences)]
        losses = [
            f"{each.table}: {each.words}"
            for each in operations(part.draft.up, part.draft.dialect, part.draft.rebuilt)
            if each.loses
        ]
        found += [f"Gone for good once it is applied: {loss}" for loss in losses]
        found += [_hit(hit) for hit in trial.hits if hit.severity is Severity.ERROR]
    return list(dict.fromkeys(found))


_COLOURS = {Severity.ERROR: "$text-error", Severity.WARNING: "$text-warning"}


def _hit(hit: Hit) -> str:
    return f"{hit.severity} {hit.rule}, {hit.direction}: {hit.why}"
