"""What a check of the audit found, as values: of the chain, and of the anchors that were compared with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from models.operations.audit.anchors import Anchor


@dataclass(frozen=True, slots=True)
class BadRow:
    """The first row at which the chain does not hold, and what is wrong with it."""

    seq: int
    id: int
    problem: str


@dataclass(frozen=True, slots=True)
class BadAnchor:
    """An anchor that does not agree with the trail, and how."""

    anchor: Anchor
    problem: str


@dataclass(frozen=True, slots=True)
class AnchorReport:
    """What a comparison with anchors found. `agreed` of `read` lines agree; `archived` rows are not in the table any
    more, `foreign` anchors are of other databases, `unreadable` lines are none. `latest` is the last one that agrees.
    """

    read: int = 0
    agreed: int = 0
    archived: int = 0
    foreign: int = 0
    unreadable: int = 0
    disagreeing: int = 0
    bad: tuple[BadAnchor, ...] = ()
    latest_seq: int = 0
    latest_at: datetime | None = None

    @property
    def own(self) -> int:
        """How many are of this database."""
        return self.read - self.foreign - self.unreadable


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What a check of the chain found. `tip_seq` and `tip_hash` are those of the last good row: anchor them outside.

    `first_seq` is the first row that was checked; what came before is in an archive, or was not asked for. `lacking`
    are triggers that should refuse changes of the trail and are not there. `anchors` None: none were compared.
    """

    rows: int
    tip_seq: int
    tip_hash: str
    bad: BadRow | None = None
    first_seq: int = 1
    archived_to: int = 0
    archives: str = ""
    lacking: tuple[str, ...] = ()
    anchors: AnchorReport | None = None

    @property
    def is_whole(self) -> bool:
        """Whether every row that is there is as it was written, and no anchor says otherwise."""
        return self.bad is None and not self.archives and not (self.anchors and self.anchors.bad)
