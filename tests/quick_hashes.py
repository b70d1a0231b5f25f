"""Hashes of next to no cost, for tests of what is done with passwords: a real one takes 130 ms of a core and 64 MiB."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING
from unittest.mock import patch

from models.passwords import hashing

if TYPE_CHECKING:
    from passlib.context import CryptContext


@contextmanager
def quick_hashes() -> Iterator[None]:
    """Within it this process has a policy of its own: a hash of the real one is old there, and the other way round.

    Processes that are started meanwhile have the real one.
    """
    policy = _policy()
    with (
        patch.object(hashing, "hashing_policy", lambda: policy),
        patch.object(hashing, "NOBODYS", str(policy.hash("nobody's"))),
    ):
        yield


@cache
def _policy() -> CryptContext:
    return hashing.hashing_policy().copy(argon2__memory_cost=8, argon2__time_cost=1, argon2__parallelism=1)
