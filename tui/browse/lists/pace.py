"""How many keys one statement of a search walks.

As many as it tests in a tenth of a second, learned as it goes; or, where a list could be sorted instead, so many that a
page is likely to be among them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

AIM: Final = 0.1
"""Seconds that a slice should take: hits and progress are shown at least so often, and Esc waits no longer."""

PATIENCE: Final = 2.0
"""Seconds after which a slice is given up and a shorter one is tried."""

FIRST: Final = 10_000
FIRST_BY_ID: Final = 20_000
"""Keys of the first slice: few, so that the first hits are there soon. In the order of ids rows lie side by side; in
any other they lie all over the table."""

GROWTH: Final = 8
"""So many times as many keys the next slice has at most."""

MARGIN: Final = 1.25
"""Keys to try, in those among which a page is expected: where the rows of a list lie at random, they are enough."""

LEAST: Final = 500
MOST: Final = 2_000_000


@dataclass(slots=True)
class Pace:
    """The keys of the next slice. The pages of one list share it, so that a search speeds up as it goes."""

    keys: int = FIRST

    def took(self, seconds: float) -> None:
        """Adapt to what a whole slice has taken; at most GROWTH times as many keys, or a quarter."""
        wanted = self.keys * AIM / max(seconds, 1e-4)
        self.keys = int(max(LEAST, min(MOST, max(self.keys / 4, min(self.keys * GROWTH, wanted)))))

    def shorten(self) -> bool:
        """Take an eighth after a slice that took too long. Returns False when it was the least there is."""
        if self.keys <= LEAST:
            return False
        self.keys = max(LEAST, self.keys // 8)
        return True


@dataclass(slots=True)
class Trial:
    """A walk that is tried before a list of ids is looked up and sorted: `share` of the keys pass, as far as is known.

    It is worth while when a page is to be expected among far fewer keys than the list has, and tried as long as it
    succeeds: those who pass can stand all at one end of the order.
    """

    share: float = 0.0
    most: int = 0

    def keys(self, rows: int) -> int:
        """Return the keys to walk for so many rows; 0: take the list."""
        wanted = int(rows * MARGIN / self.share) if self.share else 0
        return wanted if wanted <= self.most else 0

    def failed(self) -> None:
        """Take the list from now on."""
        self.most = 0


@dataclass(slots=True)
class Extent:
    """Whether the list of ids that an access starts from has grown beyond its limit since: it is walked from then on,
    since the list ends at the limit and would keep the others back."""

    outgrown: bool = False
