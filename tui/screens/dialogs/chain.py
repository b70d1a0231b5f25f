"""What a check of the audit's chain found, in true sentences: no more is claimed than was checked."""

from __future__ import annotations

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.widgets import Button, Static

from models.operations.audit.reports import AnchorReport, ChainReport
from models.operations.text import grouped
from tui.screens.dialogs.base import Dialog
from tui.terminal.safe import safe
from tui.widgets.choice import Choice


class ChainDialog(Dialog[int]):
    """Shows the report; answers the id of the bad event when the person wants to see it."""

    DEFAULT_CSS = """
    ChainDialog #body Static { width: 100%; padding: 0 0 1 0; }
    """

    def __init__(self, report: ChainReport, *, twin: str = "") -> None:
        super().__init__("Check of the audit", twin=twin)
        self._report = report

    def compose_body(self) -> ComposeResult:
        for number, sentence in enumerate(sentences(self._report)):
            yield Static(safe(sentence, 400), classes="" if number or self._report.is_whole else "wrong")

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Close", id="close")
        if self._report.bad is not None:
            yield Choice("Show the event", id="show")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        bad = self._report.bad
        self.dismiss(bad.id if bad is not None and event.button.id == "show" else None)


def sentences(report: ChainReport) -> Iterator[str]:
    """What is true after the check, most important first."""
    good = grouped(report.rows)
    if report.bad is not None:
        yield f"The chain breaks at the event with sequence {report.bad.seq}: {report.bad.problem}."
    if report.archives:
        yield report.archives
    if report.anchors is not None and report.anchors.bad:
        yield from _disagreeing(report.anchors)
    if report.bad is not None:
        yield (
            f"The {good} events before it are as they were written. Those after it were not checked."
            if report.rows
            else "No event before it was good. Those after it were not checked."
        )
    elif report.rows == 0:
        yield "The trail is empty: there is nothing to check."
    else:
        yield f"All {good} events are as they were written, {_from(report)} to sequence {grouped(report.tip_seq)}."
        yield f"The last hash is {report.tip_hash}."
    yield from _anchored(report.anchors)
    if report.lacking:
        yield f"Nothing refuses {', '.join(report.lacking)}: triggers are not there, or off."


def _from(report: ChainReport) -> str:
    return f"from sequence {report.first_seq}, behind what is archived," if report.first_seq > 1 else "from the first"


def _disagreeing(compared: AnchorReport) -> Iterator[str]:
    first = compared.bad[0]
    at = f"{first.anchor.at.astimezone():%Y-%m-%d %H:%M:%S}"
    yield f"The anchor of sequence {first.anchor.seq}, kept {at}, disagrees: {first.problem}."
    if compared.disagreeing > 1:
        yield f"{grouped(compared.disagreeing - 1)} more anchors disagree. audit verify names them."


def _anchored(compared: AnchorReport | None) -> Iterator[str]:
    if compared is None:
        yield "No anchor was compared. Keep the last hash elsewhere: a cut tail cannot be noticed from inside."
    elif compared.agreed:
        yield f"{grouped(compared.agreed)} of {grouped(compared.own)} anchors of this machine agree."
    elif not compared.bad:
        yield "No anchor of this machine is of a row that is still there: a cut tail would not be noticed."
