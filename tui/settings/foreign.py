"""Whether somebody else could have written a file or a folder. Looks at modes and owners, reads nothing."""

from __future__ import annotations

import grp
import os
import pwd
import stat
from typing import TYPE_CHECKING

from tui.settings.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path


def refuse_foreign(path: Path, what: str) -> None:
    """Raise `SettingsError` where others may write `path`, or own it; `what` says what it is there for. What is not
    there, or may not be looked at, passes. A link counts as what it leads to."""
    try:
        found = path.stat()
    except OSError:
        return
    if who := other_writers(found):
        raise SettingsError(f"{who} may write to {path}, {what}: look at it, and run chmod go-w {path}.")
    if (owner := other_owner(found)) is not None:
        raise SettingsError(f"{path}, {what}, belongs to {owner}: look at it, and make it yours with chown.")


def other_writers(found: os.stat_result) -> str | None:
    """Who else may write there, for the beginning of a sentence; None where nobody may."""
    if found.st_mode & stat.S_IWOTH:
        return "Every user of this machine"
    if found.st_mode & stat.S_IWGRP and not _is_private_group(found.st_gid, found.st_uid):
        return f"The group {_group_name(found.st_gid)}"
    return None


def other_owner(found: os.stat_result) -> str | None:
    """The name of an owner who is neither this user nor root. To root, whose machine it is, nobody is foreign: in a
    container the files of the host are another user's."""
    here = os.geteuid()
    if here == 0 or found.st_uid in (0, here):
        return None
    try:
        return pwd.getpwuid(found.st_uid).pw_name
    except KeyError:
        return str(found.st_uid)


def _is_private_group(group: int, owner: int) -> bool:
    """Whether nobody but the owner is in the group: many systems give each user such a one, and a umask of 002."""
    try:
        user = pwd.getpwuid(owner)
        members = set(grp.getgrgid(group).gr_mem)
    except KeyError:
        return False
    return group == user.pw_gid and members <= {user.pw_name}


def _group_name(group: int) -> str:
    try:
        return grp.getgrgid(group).gr_name
    except KeyError:
        return str(group)
