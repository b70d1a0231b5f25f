"""How the connection is, in the lines of Status: since when, why, what is done about it, and what the last fault was.

Known without asking the database, so it is true while that does not answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from tui.terminal.connection import State

if TYPE_CHECKING:
    from tui.app import ShellbackApp
    from tui.terminal.connection import Fault

BY_ITSELF: Final = "asked again every few seconds by itself; leave it running"


def connection_lines(shell: ShellbackApp) -> Sequence[tuple[str, str]]:
    """Return labels and what is true now; nothing while no database is open."""
    connection, database = shell.connection, shell.database
    state = connection.state
    if database is None or state is None:
        return []
    since, fault = clock(connection.since), connection.fault
    match state:
        case State.LOST:
            lines = [("connection", f"lost since {since}")]
            lines += [("because", fault.sentence)] if fault is not None else []
            lines += [("meanwhile", BY_ITSELF)]
        case State.WAITING:
            lines = [("connection", f"waiting for an answer since {since}")]
        case State.READ_ONLY:
            lines = [("connection", f"read-only since {since}: {why_read_only(shell)}")]
        case State.CONNECTED:
            lines = [("connection", f"connected since {since}")]
    if state is not State.LOST and fault is not None:
        lines.append(("last fault", fault_words(fault)))
    replica = database.replica
    if replica is not None:
        lines.append(("lists from", replica.whence.sentence or replica.whence.words))
    return lines


def why_read_only(shell: ShellbackApp) -> str:
    """Return who does not want changes: the person, the server, or the file."""
    database = shell.database
    if shell.launch.read_only:
        return "it was started with --read-only"
    if database is not None and database.standby:
        return "this server is a standby and takes no changes"
    return "the database file takes no changes"


def fault_words(fault: Fault) -> str:
    """Return `14:02:40 to 14:03:11: The connection to the database was lost.`"""
    began, ended = clock(fault.began), clock(fault.ended) if fault.ended is not None else "now"
    return f"{began} to {ended}: {fault.sentence}" if ended != began else f"{began}: {fault.sentence}"


def clock(moment: datetime) -> str:
    """Return the time of day here, as the list of errors has it."""
    return f"{moment.astimezone():%H:%M:%S}"
