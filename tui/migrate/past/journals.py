"""Where runs of this machine are written down beside their database: crash journals, and the local log.

Both are in `state_dir()/migrations`, which only the person may read.
"""

from __future__ import annotations

import getpass
import hashlib
import re
import socket
import uuid
from collections.abc import Container
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tui.migrate.process.runs import local_log
from tui.migrate.process.runs.journal import Story, is_live, peek, read_story
from tui.settings import state_dir

if TYPE_CHECKING:
    from models.operations import Actor
    from tui.migrate.plans.planning import RunPlan
    from tui.migrate.source.project import Project

KEPT: Final = 50
"""Journals of runs that are over and told; older ones are removed when a new run begins."""
OLDEST_DAYS: Final = 180
"""A journal goes after half a year, told or not: nobody came back to that project."""
_NAME: Final = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}\.jsonl")


def run_order(plan: RunPlan, actor: Actor | None = None) -> dict[str, Any]:
    """What the worker is told of writing down a run: `log` and `journal` of its order. Removes old journals."""
    clean()
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    log = log_order(plan.project, actor, plan.reason)
    return {"log": log, "journal": str(_folder() / "runs" / f"{stamp}-{log['run'][:8]}.jsonl")}


def log_order(project: Project, actor: Actor | None, reason: str) -> dict[str, str]:
    """What the worker is told of the log: `log` of its order."""
    return {
        "run": str(uuid.uuid4()),
        "actor": actor_words(actor),
        "reason": reason,
        "local": str(local_log_of(project)),
        "project": key_of(project),
    }


def actor_words(actor: Actor | None) -> str:
    """`maria (deploy@web1)`: the account, where there is one, and who the operating system says it is."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "?"
    system = f"{user}@{socket.gethostname()}"
    return f"{actor.label} ({system})" if actor is not None and actor.user_id is not None else system


def key_of(project: Project) -> str:
    """By what a journal knows its project again: the folder, or our own database."""
    return project.own_url.label if project.own_url is not None else str(project.root)


def local_log_of(project: Project) -> Path:
    """The local file for runs of this project's app that the database takes no row of."""
    key = f"{key_of(project)}\n{project.app}"
    return _folder() / f"log-{hashlib.sha256(key.encode('utf-8', 'surrogateescape')).hexdigest()[:16]}.jsonl"


def read_stories(project: Project, runs: Container[str] = ()) -> tuple[Story, ...]:
    """The runs of this project's app that were begun on this machine, oldest first.

    Of one whose end was told only the beginning is read, unless it is among `runs`.
    """
    found = []
    for path in _journals():
        story = peek(path)
        if story is None or (story.project, story.app) != (key_of(project), project.app):
            continue
        whole = story if story.is_told and story.run not in runs else read_story(path)
        if whole is not None:
            found.append(whole)
    return tuple(found)


def mark_told(path: Path) -> None:
    """Somebody was shown how this run ended: it is not brought up again. A journal that is gone needs no mark."""
    with suppress(OSError):
        if path.exists():
            local_log.append(path, {"turn": "told", "at": datetime.now(UTC).isoformat()})


def clean() -> None:
    """Removes journals of runs that are over and told, but for the newest."""
    journals = [path for path in _journals() if not is_live(path)]
    oldest = f"{datetime.now(UTC) - timedelta(days=OLDEST_DAYS):%Y%m%dT%H%M%SZ}"
    gone = [path for path in journals if path.name < oldest]
    over = [path for path in journals if path.name >= oldest and _is_told(path)]
    for path in (*gone, *over[:-KEPT]):
        path.unlink(missing_ok=True)


def _is_told(path: Path) -> bool:
    story = peek(path)
    return story is None or story.is_told


def _journals() -> list[Path]:
    try:
        return sorted(path for path in (_folder() / "runs").iterdir() if _NAME.fullmatch(path.name))
    except OSError:
        return []


def _folder() -> Path:
    return state_dir() / "migrations"
