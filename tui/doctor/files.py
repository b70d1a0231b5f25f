"""Who else on this machine can reach the files: the configuration, the kept sessions, an SQLite database."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tui.doctor.check import Check, failed, ok, warning

WRITABLE: Final = stat.S_IWGRP | stat.S_IWOTH
REACHABLE: Final = stat.S_IRWXG | stat.S_IRWXO


def check_files(config: Path, state: Path, database: Path | None) -> list[Check]:
    """Look at the configuration file, the state directory with its sessions, and the SQLite file if there is one."""
    return [_configuration(config), *_state(state), *(_database(database) if database is not None else ())]


def _configuration(path: Path) -> Check:
    """It names commands that are run for passwords: who may write it, acts as you."""
    mode = _mode(path)
    if mode is None:
        return ok("configuration", f"There is no {path}: the defaults hold.")
    for place, held in ((path, mode), (path.parent, _mode(path.parent) or 0)):
        if held & WRITABLE:
            sentence = f"Others can write {place} (mode {held:04o}), which may name programs to run."
            return failed("configuration", sentence, f"chmod go-w {place}")
    return ok("configuration", f"{path} is yours alone to write (mode {mode:04o}).")


def _state(directory: Path) -> Iterator[Check]:
    mode = _mode(directory)
    if mode is None:
        yield ok("state directory", f"There is no {directory} yet.")
        return
    if mode & WRITABLE:
        yield failed("state directory", f"Others can write {directory} (mode {mode:04o}).", f"chmod 700 {directory}")
    elif mode & REACHABLE:
        yield warning(
            "state directory", f"Others can look into {directory} (mode {mode:04o}).", f"chmod 700 {directory}"
        )
    else:
        yield ok("state directory", f"{directory} is yours alone (mode {mode:04o}).")
    kept = sorted(file for file in (directory / "sessions").glob("*.json"))
    open_to_others = [file for file in kept if (_mode(file) or 0) & REACHABLE]
    if open_to_others:
        many = f"{len(open_to_others)} of {len(kept)} kept sessions" if len(kept) > 1 else "The kept session"
        yield failed(
            "sessions",
            f"{many} can be read by others: take the tokens in them as known.",
            f"rm {' '.join(map(str, open_to_others))}, sign in again, and end the old ones: users revoke-sessions",
        )
    elif kept:
        yield ok("sessions", f"{len(kept)} kept session{'s' * (len(kept) > 1)}, readable by you alone.")
    else:
        yield ok("sessions", "No session is kept here.")


def _database(path: Path) -> Iterator[Check]:
    found = [
        (file, mode) for suffix in ("", "-wal", "-shm") if (mode := _mode(file := Path(f"{path}{suffix}"))) is not None
    ]
    if not found:
        return
    reachable = [(file, mode) for file, mode in found if mode & REACHABLE]
    if reachable:
        places = " ".join(str(file) for file, _ in reachable)
        yield failed(
            "database file",
            f"Other users of this machine can reach {reachable[0][0]} (mode {reachable[0][1]:04o}).",
            f"chmod 600 {places}",
        )
    elif (_mode(path.parent) or 0) & WRITABLE and not (_mode(path.parent) or 0) & stat.S_ISVTX:
        yield failed("database file", f"Others can replace files in {path.parent}.", f"chmod go-w {path.parent}")
    else:
        yield ok("database file", f"{path} is yours alone (mode {found[0][1]:04o}).")


def _mode(path: Path) -> int | None:
    """The permission bits; None for what is not there or may not be looked at."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return None
