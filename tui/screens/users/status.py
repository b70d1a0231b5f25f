"""The lines around the list of users that say how much there is, how current, and what to do when there is nothing.
Values in, text out; the status line itself is a widget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from textual.content import Content
from textual.widgets import Static

from models.operations.text import grouped
from tui.browse.cost.means import Means
from tui.browse.lists.counts import Matching, approximately
from tui.browse.search.query import Exact, Prefix, Query
from tui.sanitise import sanitise
from tui.terminal.safe import safe

LEFT_OUT: Final = ("went", "loaded", "total", "order")
"""What the status line does without in a narrow terminal, in this order."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the status line is made of. `matching` is None while nobody has counted; `whence` says which server the rows
    are from, where there are two."""

    query: Query
    view: str = ""
    means: Means | None = None
    matching: Matching | None = None
    counting: str = ""
    marked: int = 0
    out_of_view: int = 0
    searched: int = 0
    scanning: bool = False
    halted: bool = False
    loaded_at: str = ""
    whence: str = ""
    live: bool = False
    went: str = ""
    order: str = ""
    problem: str = ""


def status_line(standing: Standing, width: int = 0) -> Content:
    """Return `view: Locked now · ~10.0 M users · 12 match · 2 marked (1 not in view) · loaded 14:03:11`.

    What does not fit into `width` cells is left out, the least important first; 0 leaves nothing out.
    """
    if standing.problem:
        shown = f" Rows are from {standing.loaded_at}." if standing.loaded_at else ""
        live = " live waits for that." if standing.live else ""
        return Content.assemble(safe(standing.problem, 300), f"{shown} ctrl+r tries again.{live}")
    parts = _parts(standing)
    line = _joined(standing.view, parts)
    for name in LEFT_OUT:
        if not width or line.cell_length <= width:
            break
        if parts.pop(name, None):
            line = _joined(standing.view, parts)
    return line


def _parts(standing: Standing) -> dict[str, str]:
    """What there is to say, by its name in LEFT_OUT."""
    parts: dict[str, str] = {}
    if standing.means is not None:
        total = standing.means.total
        parts["total"] = f"{approximately(total)} user{'' if total.value == 1 else 's'}"
    if standing.counting:
        parts["counting"] = standing.counting
    elif standing.matching is not None and standing.query:
        parts["matching"] = f"{standing.matching.words()} match"
    if standing.searched and (standing.scanning or standing.halted):
        parts["searched"] = searched_words(standing)
    if standing.marked:
        hidden = f" ({grouped(standing.out_of_view)} not in view)" if standing.out_of_view else ""
        parts["marked"] = f"{grouped(standing.marked)} marked{hidden}"
    if standing.order:
        parts["order"] = f"by {standing.order}"
    if standing.loaded_at:
        parts["loaded"] = f"loaded {standing.loaded_at}"
    if standing.whence:
        parts["whence"] = standing.whence
    if standing.live:
        parts["live"] = "live"
    if standing.went:
        parts["went"] = f"went to {sanitise(standing.went, 30)}"
    return parts


def _joined(view: str, parts: Mapping[str, str]) -> Content:
    shown = Content.assemble("view: ", safe(view, 30), " · " if parts else "") if view else Content("")
    return Content.assemble(shown, " · ".join(parts.values()))


class UserStatus(Static):
    """The line below the list."""

    DEFAULT_CSS = """
    UserStatus { height: 1; width: 100%; padding: 0 1; color: $text-muted; }
    UserStatus { text-wrap: nowrap; text-overflow: ellipsis; }
    UserStatus.-wrong { color: $text-error; }
    """

    _standing: Standing | None = None

    def show(self, standing: Standing) -> None:
        """Say how the list stands."""
        self._standing = standing
        self.set_class(bool(standing.problem), "-wrong")
        self.update(status_line(standing, self.content_size.width))

    def on_resize(self) -> None:
        """More or less of it fits."""
        if self._standing is not None:
            self.show(self._standing)


def searched_words(standing: Standing) -> str:
    """Return how far a scan has come: `searched 3.2 of ~10.0 M, Esc stops`."""
    total = approximately(standing.means.total) if standing.means else "?"
    done = f"{standing.searched / 1e6:.1f}" if total.endswith("M") else grouped(standing.searched)
    ending = "stopped" if standing.halted else "Esc stops"
    return f"searched {done} of {total}, {ending}"


def loading_notice(label: str) -> Content:
    """Return what stands in the list before the first rows."""
    return Content.assemble("…loading from ", safe(label, 120))


def empty_notice(query: Query, instead: Query | None, cost: str) -> Content:
    """Return what stands in the list when nobody matches; `instead` is the search that Enter runs."""
    if not query:
        return Content("There are no users yet.\nn creates the first one.")
    offer = f"Enter searches {instead} ({cost}) · " if instead is not None else ""
    return Content.assemble("Nobody matches  ", safe(str(query), 200), "\n", safe(offer, 300), "Esc clears the search")


def slow_notice(query: Query, key: str) -> Content:
    """Return what to do about a search that takes too long; `key` copies the index that would help, if there is one."""
    narrow = [] if any(isinstance(term, Prefix | Exact) for term in query.terms) else ["begin with a prefix: ali *son*"]
    offers = [*narrow, "add is: or role:", *([f"{key} copies the SQL of an index that helps"] if key else [])]
    return Content(f"The database stopped this search. Narrow it: {' · '.join(offers)}")
