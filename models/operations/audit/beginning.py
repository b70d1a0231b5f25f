"""Where the chain begins that is in the table: at its first row, or behind what archives hold; and whether the list of
archives, which is what lets rows go, agrees with itself and with the trail.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from tortoise.exceptions import FieldError

from models import AuditArchive, AuditEvent
from models.operations.audit.row import GENESIS

ARCHIVED: Final = "audit.archive"
"""The action of the row that an archive leaves in the chain."""


@dataclass(frozen=True, slots=True)
class Start:
    """Behind which row a check begins. `archived_to` is the last row that archives hold, 0 without any."""

    seq: int = 0
    hash: str = GENESIS
    archived_to: int = 0
    archived_hash: str = GENESIS


async def start_of_trail() -> Start:
    """Return where the chain goes on behind the archives.

    Rows that an archive holds and that are not yet taken out of the table are checked too: the first of them says
    itself what it follows, and the last must be the one that the archive names.
    """
    last = await AuditArchive.all().order_by("-last_seq").limit(1).values_list("last_seq", "last_hash")
    if not last:
        return Start()
    seq, digest = last[0]
    first = await AuditEvent.all().order_by("seq").limit(1).values_list("seq", "prev_hash")
    if first and first[0][0] <= seq:
        return Start(first[0][0] - 1, str(first[0][1]), seq, digest)
    return Start(seq, digest, seq, digest)


async def bad_archives() -> str:
    """What is wrong with the list of archives: it is what lets rows go, so each must continue the one before, and the
    chain must have a row that says who made the last one."""
    expected, last = 1, None
    async for archive in AuditArchive.all().order_by("last_seq"):
        if archive.first_seq != expected or archive.rows != archive.last_seq - archive.first_seq + 1:
            return (
                f"The archive {archive.file_name} says that it holds rows {archive.first_seq} to {archive.last_seq}, "
                f"and should begin with row {expected}."
            )
        expected, last = archive.last_seq + 1, archive
    if last is None:
        return ""
    told: list[Any]
    try:
        events = AuditEvent.filter(action=ARCHIVED, outcome="ok", seq__gt=last.last_seq)
        told = [row["meta"] for row in await events.values("meta")]
    except (FieldError, ValueError, TypeError):
        return f"What the trail says of the archive {last.file_name} cannot be read."
    for said in told:
        if isinstance(said, dict) and said.get("last_seq") == last.last_seq:
            same = (said.get("last_hash"), said.get("sha256")) == (last.last_hash, last.file_sha256)
            return "" if same else f"The archive {last.file_name} is not what the trail says of it."
    return f"Nobody is recorded to have made the archive {last.file_name}: its rows may have been taken out by force."
