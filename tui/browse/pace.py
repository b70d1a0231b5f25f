"""How many keys one statement of a search walks: as many as it tests in a tenth of a second, learned as it goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

AIM: Final = 0.1
"""Seconds that a slice should take: hits and progress are shown at least so often, and Esc waits no longer."""

PATIENCE: Final = 2.0
"""Seconds after which a slice is given up and a shorter one is tried."""

FIRST: Final = 20_000
FIRST_BY_ID: Final = 100_000
"""Keys of the first slice. In the order of ids rows lie side by side; in any other they lie all over the table."""

LEAST: Final = 500
MOST: Final = 2_000_000


@dataclass(slots=True)
class Pace:
    """The keys of the next slice. The pages of one list share it, so that a search speeds up as it goes."""

    keys: int = FIRST

    def took(self, seconds: float) -> None:
        """Adapt to what a whole slice has taken; at most twice as many keys, or a quarter."""
        wanted = self.keys * AIM / max(seconds, 1e-4)
        self.keys = int(max(LEAST, min(MOST, max(self.keys / 4, min(self.keys * 2, wanted)))))

    def shorten(self) -> bool:
        """Take an eighth after a slice that took too long. Returns False when it was the least there is."""
        if self.keys <= LEAST:
            return False
        self.keys = max(LEAST, self.keys // 8)
        return True
