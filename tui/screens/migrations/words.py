"""How migrations read on the screen: columns, states, sentences. Pure: no widget, no query."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from textual.content import Content

from tui.browse.moments import clock, day
from tui.migrate.past.chronicle import UNKNOWN, took_words, when_words, who_words
from tui.migrate.states import Entry, Flag, Listing, State
from tui.migrate.wording import short_list
from tui.sanitise import sanitise
from tui.terminal.safe import safe
from tui.widgets.keyset_columns import Cell, Column, Tone

if TYPE_CHECKING:
    from tui.migrate.listing import Look
    from tui.migrate.source.branches import Branches

ROWS: Final = 3
"""Above the list, whatever is the matter: the list is what the screen is for."""
_RAGGED: Final = 12
NONE: Final = Content.styled("–", "dim")

_TONES: Final = {
    State.APPLIED: Tone.QUIET,
    State.IGNORED: Tone.QUIET,
    State.PENDING: Tone.PLAIN,
    State.UNKNOWN: Tone.PLAIN,
    State.UNREADABLE: Tone.DANGER,
    State.MISSING: Tone.DANGER,
    State.PARTIAL: Tone.DANGER,
}
"""What is not named here wants care."""


def columns(lint: Callable[[Entry], Cell] | None = None) -> Sequence[Column[Entry]]:
    """The list's columns; `lint` makes the cell of the column LINT, which is not there without."""
    return (
        Column("state", "STATE", 16, _state, pinned=True),
        Column("number", "#", 4, _number, right=True, pinned=True),
        Column("name", "NAME", 20, _name, grow=1),
        Column("tx", "TX", 3, _transaction),
        *([Column("lint", "LINT", 6, lint)] if lint is not None else []),
        Column("applied", "APPLIED", 12, _applied_at),
        Column("took", "TOOK", 7, _took, right=True),
        Column("by", "BY", 12, _by),
        Column("file", "FILE", 30, _file, grow=1, from_width=150),
    )


def _state(row: Entry) -> Cell:
    wrong = row.state.isupper() and row.state is not State.IGNORED
    mark = "!" if wrong else "●" if row.is_applied else "○"
    return Cell(Content(f"{mark} {row.state}"), _TONES.get(row.state, Tone.CAUTION))


def _number(row: Entry) -> Cell:
    return Cell(NONE if row.number is None else safe(row.number, 8))


def _transaction(row: Entry) -> Cell:
    """Whether the file and its row are one transaction."""
    if row.transactional is None:
        return Cell(NONE)
    return Cell(Content("yes")) if row.transactional else Cell(Content("no"), Tone.CAUTION)


def _applied_at(row: Entry) -> Cell:
    """When it was run; "unknown" where plain aerich did it."""
    if not row.is_applied:
        return Cell(NONE)
    whole = when_words(row.record)
    began = row.record.started_at if row.record is not None else None
    if began is None or whole == UNKNOWN:
        return Cell(Content(whole), Tone.QUIET)
    return Cell(Content(short_when(began, datetime.now().astimezone())), Tone.QUIET)


def short_when(began: datetime, now: datetime) -> str:
    """`14:30` today, `3 Mar 17:02` this year, `2024-11-02`: the page of the file has all of it."""
    here, today = began.astimezone(), now.astimezone()
    if here.date() == today.date():
        return clock(here)
    return f"{day(here, today)} {clock(here)}" if here.year == today.year else f"{here:%Y-%m-%d}"


def _took(row: Entry) -> Cell:
    return Cell(Content(took_words(row.record)), Tone.QUIET) if row.is_applied else Cell(NONE)


def _by(row: Entry) -> Cell:
    """The account, or who the operating system says it was."""
    return Cell(safe(who_words(row.record).partition(" (")[0], 60), Tone.QUIET) if row.is_applied else Cell(NONE)


def unfinished_lines(found: Look) -> Iterator[Content]:
    """What a run that was cut off left behind, and the key for it; one line, whatever there is."""
    if not found.unfinished:
        return
    first = found.unfinished[0]
    more = f" And {len(found.unfinished) - 1} more." if len(found.unfinished) > 1 else ""
    style = "bold $text-error" if first.is_pressing else "$text-warning"
    words = "shows the ways on" if first.is_pressing else "shows it and puts it aside"
    yield safe(f"R {words}. {first.sentence}{more}", 400).stylize(style)


def _name(row: Entry) -> Cell:
    """And behind it what is worth knowing of few files, which would be an empty column beside all others."""
    words = [str(flag) for flag in row.flags if flag is not Flag.NOT_TRANSACTIONAL]
    return Cell(Content.assemble(safe(row.name, 200), *((f"  {word}", "dim") for word in words)))


def _file(row: Entry) -> Cell:
    return Cell(safe(row.version, 255), Tone.QUIET)


def problem_lines(listing: Listing, branches: Branches | None = None) -> Iterator[Content]:
    """What stands in the way, the worst first; `fit_lines` makes them as many as there is room for."""
    if listing.ahead:
        yield Content.styled(
            "The database is ahead of this code: it has "
            + safe(short_list(listing.ahead), 200).plain
            + ". Applying and making are off; update the code first.",
            "bold $text-error",
        )
        for sentence in branches.sentences(listing.ahead)[:2] if branches is not None else ():
            yield safe(sentence, 300).stylize("$text-error")
        # Every pending file is out of order then: that says nothing new.
    rest = [
        problem
        for problem in listing.problems
        if problem.version not in listing.ahead and not (listing.ahead and problem.state is State.OUT_OF_ORDER)
    ]
    # One that was cut off has its own line, with the key that recovers it.
    rest = [problem for problem in rest if problem.state is not State.PARTIAL]
    rest.sort(key=lambda problem: not problem.blocks)
    for problem in rest:
        style = "$text-error" if problem.blocks else "$text-warning"
        yield safe(f"{problem.state} {problem.version}: {problem.sentence}", 300).stylize(style)


def fit_lines(lines: Sequence[Content], width: int) -> list[Content]:
    """What fits `ROWS` rows of `width` cells: of the first line as much as can be, the last says how many more."""
    shown = list(lines[:ROWS])
    if len(lines) > ROWS:
        more = len(lines) - ROWS + 1
        shown[-1] = Content(f"and {more} more; put the cursor on a line of the list to read what is wrong with it")
    room = [1 if place else ROWS - len(shown) + 1 for place in range(len(shown))]
    # Words are not broken: a line of several rows loses some cells at the end of each.
    return [
        line.truncate(max(width * rows - _RAGGED * (rows - 1), 1), ellipsis=True)
        for line, rows in zip(shown, room, strict=True)
    ]


def count_words(listing: Listing) -> list[str]:
    """`3 applied`, `2 pending`, for the status line."""
    if not listing.is_known:
        return [many(len(listing.entries), "file"), "which are applied is not known"]
    applied, pending = len(listing.applied), len(listing.pending)
    return [f"{applied} applied", f"{pending} pending" if pending else "nothing pending"]


def fact_words(found: Look) -> list[str]:
    """The header's facts, from the live connection: database, schema, server, branch."""
    facts = found.facts
    words = [] if facts is None else [facts.label, facts.schema or "", facts.server]
    if facts is None:
        words = ["the database was not asked" if not found.is_new else "the database does not exist yet"]
    if not found.project.is_own:
        words.insert(0, f"{sanitise(found.project.name, 60)} ({sanitise(found.project.app, 60)})")
    return [word for word in (*words, found.git or "") if word]


def entry_facts(entry: Entry) -> list[str]:
    """One line about an entry, above its SQL."""
    words = [str(entry.state), entry.version, *(str(flag) for flag in entry.flags)]
    if entry.is_applied and entry.record is not None:
        words.append(f"{when_words(entry.record)} by {who_words(entry.record)}, {took_words(entry.record)}")
    if entry.path is not None:
        words.append(str(entry.path))
    return words


def database_name(found: Look) -> str:
    """What is typed to confirm in production: the database's name, or that of SQLite's file."""
    url = found.project.own_url
    if url is not None and url.server is not None:
        return url.server.database
    label = found.facts.label if found.facts is not None else found.project.name
    return label.rstrip("/").rpartition("/")[2] or label


def many(count: int, thing: str) -> str:
    """`1 file`, `3 files`."""
    return f"{count} {thing}{'' if count == 1 else 's'}"
