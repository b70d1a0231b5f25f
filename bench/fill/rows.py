"""The people of a benchmark as rows, range by range, so that several processes can make them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final, NamedTuple

from bench.fill import PASSWORD, SEED
from models.passwords import hash_password
from models.passwords.hashing import NOBODYS
from tui.demo.lives import World, life
from tui.demo.rows import (
    ADMIN,
    AUTH_COLUMNS,
    ROLE_COLUMNS,
    USER_COLUMNS,
    Row,
    auth_row,
    role_row,
    somebody,
    user_row,
)

COLUMNS: Final = {"users": USER_COLUMNS, "user_auth_state": AUTH_COLUMNS, "user_roles": ROLE_COLUMNS}
"""What is filled, in an order that foreign keys allow."""

CHUNK: Final = 20_000
"""People made at once: about 10 MB of text."""


class Crowd(NamedTuple):
    """Everything a process needs to make its share; it is pickled."""

    world: World
    roles: dict[str, int]
    hashed: str

    def ranges(self) -> Iterator[range]:
        """The numbers of all people, in chunks."""
        everybody = range(self.world.people)
        return (everybody[start : start + CHUNK] for start in range(0, len(everybody), CHUNK))


def crowd(people: int, roles: dict[str, int]) -> Crowd:
    """So many people, now; `roles` has the ids by name."""
    return Crowd(World(people, SEED, int(time.time())), roles, hash_password(PASSWORD))


def rows(of: Crowd, numbers: range) -> dict[str, list[Row]]:
    """The rows of these people by table."""
    made: dict[str, list[Row]] = {table: [] for table in COLUMNS}
    for number in numbers:
        who, lived = somebody(number, of.world), life(number, of.world)
        made["users"].append(user_row(number, who, lived, of.hashed if lived.usable else NOBODYS))
        for table, row in (
            ("user_auth_state", auth_row(number, lived, of.world)),
            ("user_roles", role_row(number, lived, of.roles, ADMIN.username)),
        ):
            if row is not None:
                made[table].append(row)
    return made
