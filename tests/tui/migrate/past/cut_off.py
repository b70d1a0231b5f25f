"""Runs that were cut off: until something is left of one, and what is left then."""

import asyncio
import json

from tests.tui.migrate.projects import query, url_of
from tui.migrate.listing import Look
from tui.migrate.past.journals import read_stories
from tui.migrate.past.recovery import Unfinished
from tui.migrate.source.project import Project
from tui.migrate.states import State
from tui.settings import parse_url

LOOSE = "CREATE TABLE one (id int); {endless}; CREATE TABLE three (id int)"


DOWN = "DROP TABLE three; DROP TABLE one"


SLOW = "1_slow.py"


KEEP_ON = {"sqlite": "", "postgres": "SET client_connection_check_interval = 0;"}
"""The server is not to notice that the client is gone."""


def states(found: Look) -> dict[str, State]:
    return {entry.version: entry.state for entry in found.listing.entries}


def only(found: Look) -> Unfinished:
    (one,) = found.unfinished
    return one


async def until_quiet(project: Project) -> None:
    """PostgreSQL notices after two seconds that nobody waits any more."""
    url = url_of(project)
    if parse_url(url).dialect == "postgres":
        question = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'shellback migrate'"
        while await query(url, question) != [(0,)]:  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.05)


def cut_the_journal(project: Project, turn: str) -> None:
    """Leaves what a journal holds when its worker is killed right before this line."""
    path = read_stories(project)[-1].path
    lines = path.read_text().splitlines()
    turns = [json.loads(line)["turn"] for line in lines]
    path.write_text("".join(f"{line}\n" for line in lines[: turns.index(turn)]))
