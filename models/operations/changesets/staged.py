"""An edit that waits in a changeset: the row as the person saw it, and what they made of it. A value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from models.operations.context import target_of
from models.operations.plan import Target, json_value
from models.operations.values import EDITABLE, snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from models import Account
    from models.operations.plan import Json

MOST: Final = 500
"""Users of one changeset. It is read by a person, row by row, and written in one transaction: more is a bulk."""


@dataclass(frozen=True, slots=True)
class StagedEdit:
    """`target` has the id and the version that were seen, `base` every editable field as it was then, `touched` those
    that shall be written, as typed or cleaned. `staged_at` is this machine's clock, aware."""

    target: Target
    base: Mapping[str, object]
    touched: Mapping[str, object]
    staged_at: datetime

    @classmethod
    def of(cls, account: Account, values: Mapping[str, object], at: datetime) -> Self:
        """Return the edit of a row as it was loaded. Values that are as they were are not touched; the others
        stand in the order of the form."""
        base = snapshot(account)
        order = {name: number for number, name in enumerate(EDITABLE)}
        names = sorted(values, key=lambda name: order.get(name, len(order)))
        touched = {name: values[name] for name in names if name not in base or base[name] != values[name]}
        return cls(target_of(account), base, touched, at)

    @property
    def user_id(self) -> int:
        """The id of the user."""
        assert self.target.id is not None
        return self.target.id

    @property
    def version(self) -> int:
        """The version that was seen."""
        return self.target.version or 0

    def saw(self, account: Account) -> bool:
        """Whether the row is as it was seen. The web service does not know of versions: the values count too."""
        return account.version == self.version and snapshot(account) == self.base

    def as_json(self) -> dict[str, Json]:
        """Return the edit as a JSON object."""
        return {
            "target": self.target.as_json(),
            "was": {name: json_value(self.base.get(name)) for name in self.touched},
            "yours": {name: json_value(value) for name, value in self.touched.items()},
            "staged_at": json_value(self.staged_at),
        }
