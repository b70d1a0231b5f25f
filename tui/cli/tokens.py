"""Where `login` keeps its session: one file a database, 0600, in the state directory.

The name of the file is made from the database, so that the token of one database is never sent to another.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tui.cli.failure import Failure, refused
from tui.settings.foreign import other_owner

if TYPE_CHECKING:
    from pathlib import Path

ENVIRONMENT: Final = "SHELLBACK_TOKEN"


@dataclass(frozen=True, slots=True)
class Kept:
    """A session that this machine may use. `repr` never shows the token."""

    token: str
    username: str = ""
    from_environment: bool = False

    def __repr__(self) -> str:
        return f"Kept(username={self.username!r}, from_environment={self.from_environment})"


def path_for(state: Path, database: str) -> Path:
    """The file of this database. `database` identifies it without secrets."""
    return state / "sessions" / f"{hashlib.sha256(database.encode()).hexdigest()[:32]}.json"


def keep(state: Path, database: str, token: str, username: str) -> Path:
    """Writes the session, whole or not at all, readable by its owner alone. Returns the file."""
    from models.private_files import whole_file  # whoever only looks for a session needs no models

    path = path_for(state, database)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with whole_file(path) as file:
        file.write(json.dumps({"database": database, "username": username, "token": token}).encode())
    return path


def find(state: Path, database: str) -> Kept | None:
    """The session for this database: `$SHELLBACK_TOKEN` first, then the file. None: nobody is signed in.

    A file that others can read is refused: its token must be taken as known to them.
    """
    from_environment = os.environ.get(ENVIRONMENT)
    if from_environment:
        return Kept(from_environment, from_environment=True)
    path = path_for(state, database)
    try:
        found = path.stat()
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Failure(f"The kept session {path} cannot be read ({type(error).__name__}).") from error
    if owner := other_owner(found):
        raise refused(f"The kept session {path} belongs to {owner}: delete it, and sign in again.")
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise refused(f"The kept session {path} can be read by others: delete it, and sign in again.")
    try:
        kept = json.loads(text)
        return Kept(str(kept["token"]), str(kept["username"]))
    except (ValueError, KeyError, TypeError):
        raise refused(f"The kept session {path} is damaged: delete it, and sign in again.") from None


def forget(state: Path, database: str) -> None:
    """Removes the file, if it is there."""
    path_for(state, database).unlink(missing_ok=True)
