"""What a run that was cut off left behind, told by the database and the run's journal. Pure.

    live = live_runs(stories, paths, history)
    found = find_unfinished(listing, stories, live, history, database, dialect)
    found[0].sentence, found[0].ways

A run that goes on is not unfinished. What each way on does is in `ways`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.migrate.past.logged import half_sentence
from tui.migrate.past.ways import Way
from tui.migrate.plans.action import Action
from tui.migrate.process.sql.statements import split
from tui.migrate.states import Entry, Listing, State
from tui.migrate.wording import listed
from tui.sanitise import sanitise

if TYPE_CHECKING:
    from tui.migrate.past.history import Backend, History
    from tui.migrate.process.runs.journal import Story


class Verdict(StrEnum):
    """What became of a run whose worker, or whose Shellback, is gone."""

    RUNNING = "still running"
    """Its statement goes on at the server, and nobody waits for it."""
    PARTIAL = "partial"
    """A file without a transaction stopped between its statements."""
    ROLLED_BACK = "rolled back"
    FINISHED = "finished"
    NOT_BEGUN = "not begun"


@dataclass(frozen=True, slots=True)
class Unfinished:
    """One thing to settle. All texts are safe to show."""

    verdict: Verdict
    sentence: str
    ways: tuple[Way, ...]
    version: str | None = None
    action: str = Action.APPLY
    done: int = 0
    begun: int = 0
    statements: int = 0
    statement: str = ""
    """The one that was begun and is not known to be done."""
    tell: str = ""
    """How to tell whether it is."""
    backup: Path | None = None
    backend: Backend | None = None
    journals: tuple[Path, ...] = ()
    """The journals that are settled with it."""

    @property
    def is_pressing(self) -> bool:
        """Whether something is to be done, and not only to be known."""
        return self.verdict in (Verdict.RUNNING, Verdict.PARTIAL)

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "verdict": str(self.verdict),
            "sentence": self.sentence,
            "version": self.version,
            "action": str(self.action),
            "done": self.done,
            "begun": self.begun,
            "statements": self.statements,
            "statement": self.statement or None,
            "tell": self.tell or None,
            "backup": str(self.backup) if self.backup else None,
            "pid": self.backend.pid if self.backend else None,
            "ways": [str(way) for way in self.ways],
        }


def live_runs(stories: Sequence[Story], live: Iterable[Path], history: History) -> frozenset[str]:
    """The ids of runs that go on: those whose worker lives here, and any that holds the lock from elsewhere."""
    alive = set(live)
    here = {story.run for story in stories if story.path in alive}
    dead = {story.run for story in stories} - here
    if history.holders:
        here |= {record.run for record in history.records if record.outcome == "running"} - dead
    return frozenset(here)


def find_unfinished(
    listing: Listing, stories: Sequence[Story], live: frozenset[str], history: History, database: str, dialect: str
) -> tuple[Unfinished, ...]:
    """What is to be settled or to be known, the most pressing first.

    `stories` are the journals of this project's app on this machine, `live` the runs that go on, `database` its label
    ("" takes all journals).
    """
    if not listing.is_known:
        return ()
    ours = [story for story in stories if not database or story.database in (database, "")]
    dead = [story for story in ours if story.run not in live]
    running = list(_backends(history, dead))
    halves = [
        _half(entry, dead, dialect, is_running=bool(running))
        for entry in listing.entries
        if entry.state is State.PARTIAL and entry.record is not None
    ]
    known = {path for each in halves for path in each.journals}
    ended = [
        _ended(story, listing)
        for story in dead
        if not (story.is_told or story.path in known or running or _is_old(story, history))
    ]
    return (*running, *halves, *ended)


def _backends(history: History, dead: Sequence[Story]) -> Iterator[Unfinished]:
    left = {story.backend for story in dead if not story.outcome}
    for backend in history.backends:
        # While somebody holds the lock, a statement of ours is most likely theirs.
        if backend.pid in left or not history.holders:
            yield Unfinished(
                Verdict.RUNNING,
                f"A statement of a run that died still runs on the server (pid {backend.pid}, "
                f"{sanitise(backend.user, 60)}, {backend.seconds:.0f} s). The server stops it soon, or lets it end.",
                (Way.END,),
                statement=sanitise(backend.query, 300),
                backend=backend,
            )


def _half(entry: Entry, dead: Sequence[Story], dialect: str, *, is_running: bool) -> Unfinished:
    record, file = entry.record, entry.file
    assert record is not None
    assert file is not None
    ours = [story for story in dead if story.run == record.run]
    copies = [Path(story.backup) for story in ours if story.backup]
    backup = next((path for path in copies if path.exists()), None)
    is_down = record.action == Action.REVERT
    script = file.script("down" if is_down else "up")
    is_same = record.source_sha256 == file.sha256
    texts = [each.text for each in split(script.sql or "", dialect)] if is_same and not script.is_program else []
    begun = texts[record.begun - 1] if record.done < record.begun <= len(texts) else ""
    resumable = bool(texts) and record.done < len(texts) and record.statements in (0, len(texts))
    ways = [
        *([Way.RESUME] if resumable else []),
        *([Way.RESUME_AFTER] if resumable and record.begun > record.done else []),
        Way.MARK,
        *([] if is_down else [Way.MARK_PENDING]),
        *([Way.REVERT] if not is_down and not file.irreversible and file.unreadable is None else []),
        *([Way.RESTORE] if backup else []),
    ]
    sentence = f"{entry.version}: {half_sentence(record)}"
    if is_same and script.is_program:
        sentence += (
            " Python makes its SQL, so that it cannot be resumed: take it back, or finish it by hand, and record that."
        )
    if not is_same:
        sentence += " The file was edited since, so that it cannot be resumed."
    if is_running:
        sentence += " First end what still runs."
    return Unfinished(
        Verdict.PARTIAL,
        sanitise(sentence, 600),
        () if is_running else tuple(ways),
        entry.version,
        record.action,
        record.done,
        record.begun,
        record.statements or len(texts),
        sanitise(begun, 600),
        how_to_tell(begun, dialect) if begun else "",
        backup,
        None,
        tuple(story.path for story in ours),
    )


def _is_old(story: Story, history: History) -> bool:
    """Whether a later run dealt with one of its files: then nobody needs to be told of this one."""
    try:
        began = datetime.fromisoformat(story.started_at)
    except ValueError:
        return True
    return any(
        record.run != story.run and record.version in story.planned and record.started_at and record.started_at > began
        for record in history.of(story.app)
    )


def _ended(story: Story, listing: Listing) -> Unfinished:
    """A run that nobody was told the end of, where nothing is half done."""
    is_down = story.action in (Action.REVERT, Action.UNSTAMP)
    applied = {entry.version for entry in listing.applied}
    done = [version for version in story.planned if (version in applied) != is_down]
    begun = [version for version in story.files if version in story.planned and version not in done]
    when = sanitise(story.started_at[:16].replace("T", " "), 16)
    who = f"The run of {when} UTC by {sanitise(story.actor, 80)}"
    word = _done(story.action)
    kept = f"{_some(done)} {'is' if len(done) == 1 else 'are'} {word}" if done else ""
    if story.planned and len(done) == len(story.planned):
        verdict, what = Verdict.FINISHED, f"all of it is done: {kept}"
    elif begun:
        gone = f"{_some(begun[-1:])} was rolled back"
        verdict, what = Verdict.ROLLED_BACK, f"{kept}; {gone}" if kept else f"nothing was changed, {gone}"
    else:
        verdict, what = Verdict.NOT_BEGUN, f"{kept}, the rest was not begun" if kept else "nothing was changed"
    end = "was cut off" if not story.outcome else "ended with nobody there to be told"
    return Unfinished(verdict, f"{who} {end}: {what}.", (Way.SEEN,), None, story.action, journals=(story.path,))


def how_to_tell(statement: str, dialect: str) -> str:
    """Where to look whether a statement was done, in a sentence."""
    # Here: nothing else of a list that is to come at once reads SQL.
    from tui.migrate.process.sql.ddl import what_does
    from tui.migrate.process.sql.deed import Kind

    deed = what_does(statement, dialect)
    name = sanitise(deed.name or next(iter(deed.tables), ""), 100)
    match deed.kind:
        case Kind.CREATE_INDEX if deed.concurrently:
            return (
                f"Is the index {name} there and valid (\\d+ of its table)? Then it is done. One that is not valid is "
                "dropped and built again when the file is resumed."
            )
        case Kind.CREATE_INDEX | Kind.CREATE_TABLE | Kind.CREATE_TRIGGER | Kind.CREATE_VIEW | Kind.CREATE_ROUTINE:
            return f"Is {name or 'what it makes'} there? Then it is done."
        case Kind.DROP_INDEX | Kind.DROP_TABLE:
            return f"Is {name or 'what it drops'} still there? Then it is not done."
        case Kind.ALTER_TABLE:
            return f"Look at the columns and constraints of {name}: as the statement leaves them, it is done."
        case Kind.INSERT | Kind.UPDATE | Kind.DELETE | Kind.COPY:
            return f"Look at the rows of {name}: a statement is done whole or not at all."
        case Kind.VACUUM | Kind.REINDEX | Kind.REFRESH:
            return "Doing it twice does no harm: resume."
    return "Look in the database whether what it makes is there: a statement is done whole or not at all."


def _done(action: str) -> str:
    try:
        return Action(action).done
    except ValueError:
        return "done"


def _some(versions: Sequence[str]) -> str:
    names = [sanitise(version, 80) for version in versions]
    return listed(names if len(names) < 4 else [*names[:2], f"{len(names) - 2} more"])
