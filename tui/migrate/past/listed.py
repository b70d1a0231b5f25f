"""A list of migrations put together with what was written of runs: the log's rows, the local file, the journals.

past = read_past(project, listing, history, facts.label, facts.dialect)
past.listing, past.history, past.unfinished
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.migrate.past.history import History
from tui.migrate.past.journals import local_log_of, read_stories
from tui.migrate.past.logged import with_records
from tui.migrate.past.recovery import Unfinished, find_unfinished, live_runs
from tui.migrate.process.runs import local_log
from tui.migrate.process.runs.journal import is_live

if TYPE_CHECKING:
    from tui.migrate.source.project import Project
    from tui.migrate.states import Listing


@dataclass(frozen=True, slots=True)
class Past:
    """The listing with what is known of each entry, every record, and what is to be settled."""

    listing: Listing
    history: History
    unfinished: tuple[Unfinished, ...]


def read_past(project: Project, listing: Listing, history: History, database: str, dialect: str) -> Past:
    """Reads small files of this machine: call it off the event loop. `database` is its label, as the worker has it."""
    # Our own is known by its URL alone: a session and the worker may call it by different names.
    label = "" if project.is_own else database
    history = history.with_local(local_log.merged(local_log.read(local_log_of(project))), label)
    stories = read_stories(project, {record.run for record in history.records if record.is_half})
    live = live_runs(stories, [each.path for each in stories if not each.is_told and is_live(each.path)], history)
    listing = with_records(listing, history.records, live)
    return Past(listing, history, find_unfinished(listing, stories, live, history, label, dialect))
