"""The name of a new file: checked, and with the next number that nobody has. Pure but for the clock."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from tui.migrate.source.files import LONGEST_VERSION, number_of
from tui.sanitise import sanitise

DEFAULT: Final = "update"
"""As Aerich's."""
_NAME: Final = re.compile(r"[A-Za-z0-9_]+")
_STAMP: Final = "%Y%m%d%H%M%S"
LONGEST_NAME: Final = 150
"""Characters: with the number and the time it fits Aerich's column and every file system."""


def name_fault(name: str) -> str:
    """Why a name cannot be one, in a sentence; "" when it can."""
    if not name:
        return "A migration needs a name."
    if len(name) > LONGEST_NAME:
        return (
            f"The name has {len(name)} characters; {LONGEST_NAME} are the most ({LONGEST_VERSION} for the whole file)."
        )
    if not _NAME.fullmatch(name):
        better = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_").lower()[:LONGEST_NAME]
        hint = f" Try {better}." if better else ""
        return f"A name is made of letters, digits and underscores; {sanitise(name, 60)!r} is not.{hint}"
    return ""


def next_version(versions: Iterable[str], name: str, now: datetime | None = None) -> str:
    """The file's name: `7_20260301090000_name.py`, behind all numbers that files and rows of the database have.

    The first one is called init, as Aerich has it.
    """
    taken = [number for version in versions if (number := number_of(version)) is not None]
    stamp = (now or datetime.now().astimezone()).strftime(_STAMP)
    return f"{max(taken) + 1}_{stamp}_{name}.py" if taken else f"0_{stamp}_init.py"
