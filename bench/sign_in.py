"""Whether the time of a refused sign-in tells why: unknown, disabled, locked and wrong beside each other.

`python -m bench.sign_in [--turns 30] [--dialect sqlite|postgres]`, on a fresh database of its own. Every account is
tried once a turn, one after the other in another order each turn, so that what else the machine does hits all alike.
The baseline is a wrong password of an active account; the aim is a median within 15 % of it. An account of its own for
each turn, or the third failure would make it another case.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from bench.asking import asked_for_both
from bench.places import NAMES
from bench.table import milliseconds, ratio, table
from tests.postgres import start_postgres

if TYPE_CHECKING:
    from tortoise.backends.base.client import BaseDBAsyncClient

    from tests.postgres import PostgresServer

AIM: Final = 0.15
TURNS: Final = 30
KINDS: Final = {
    "wrong": "wrong password (baseline)",
    "unknown": "no such account",
    "disabled": "deactivated, the right password",
    "locked": "locked, the right password",
    "deleted": "deleted, the right password",
    "no password": "password sign-in disabled",
    "broken": "a stored hash that nobody can verify",
}
RIGHT: Final = "granite otter 41 lantern"
WRONG: Final = "granite otter 42 lantern"


def main() -> None:
    asking = argparse.ArgumentParser(
        prog="python -m bench.sign_in", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    asking.add_argument("--turns", type=int, default=TURNS, metavar="N", help=f"sign-ins of each kind ({TURNS})")
    asking.add_argument("--dialect", choices=(*NAMES, "both"), default="both")
    asked = asking.parse_args()
    if asked_for_both("sign_in", asked):
        return
    with _fresh(asked.dialect) as url:
        print("\n" + asyncio.run(_measure(NAMES[asked.dialect], url, asked.turns)), flush=True)


@contextmanager
def _fresh(dialect: str) -> Iterator[str]:
    """A database with the current schema."""
    from tui.migrate.schema import create_schema

    with ExitStack() as stack:
        if dialect == "postgres":
            server: PostgresServer = stack.enter_context(start_postgres())
            name = f"sign_in_{uuid4().hex}"
            server.create(name)
            url = server.url(name)
        else:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="shellback-sign-in-"))
            path = Path(folder) / "sign_in.sqlite3"
            path.touch(0o600)
            url = f"sqlite://{path}"
        asyncio.run(create_schema(url))
        yield url


async def _measure(name: str, url: str, turns: int) -> str:
    from models.operations import Secret, SignedIn, sign_in
    from tui.database import open_database
    from tui.settings import parse_url

    times: dict[str, list[float]] = {kind: [] for kind in KINDS}
    answers = set()
    async with await open_database(parse_url(url)):
        await _people(turns)
        await sign_in("nobody", Secret(WRONG))  # the hashing library is imported once
        for turn in range(turns):
            for kind in random.sample(list(KINDS), len(KINDS)):
                password = Secret(WRONG if kind == "wrong" else RIGHT)
                begun = time.perf_counter()
                answer = await sign_in(_username(kind, turn), password)
                times[kind].append(time.perf_counter() - begun)
                assert not isinstance(answer, SignedIn), kind
                answers.add(answer)
    base = median(times["wrong"])
    rows = [[KINDS[kind], *_row(times[kind], base)] for kind in KINDS]
    title = (
        f"{name}: {turns} refused sign-ins of each kind, {len(answers)} different answer{'s' * (len(answers) > 1)} "
        f"(aim: medians within {AIM:.0%} of the baseline)"
    )
    return table(title, ["", "median", "ratio", "quarter", "three quarters", ""], rows)


def _row(times: list[float], base: float) -> list[str]:
    middle = median(times)
    low, _, high = quantiles(times, n=4)
    met = "met" if abs(middle / base - 1) <= AIM else "MISSED"
    return [milliseconds(middle), ratio(middle, base), milliseconds(low), milliseconds(high), met]


def _username(kind: str, turn: int) -> str:
    return f"{kind.replace(' ', '-')}.{turn}"


async def _people(turns: int) -> None:
    """A staff account of each kind for each turn, all with one password."""
    from models import Role, User, UserAuthState, UserRole
    from models.clock import database_now
    from models.operations.transactions import write_transaction
    from models.passwords import hash_password

    hashed = hash_password(RIGHT)

    async def write(client: BaseDBAsyncClient) -> None:
        now = await database_now(client)
        role = await Role.get(name="support", using_db=client)
        for turn in range(turns):
            for kind in KINDS:
                if kind == "unknown":
                    continue
                every: dict[str, dict[str, object]] = {
                    "disabled": {"is_active": False},
                    "deleted": {"deleted_at": now, "is_active": False},
                    "no password": {"has_usable_password": False},
                    "broken": {"hashed_password": hashed[:40]},
                }
                fields = every.get(kind, {})
                values: dict[str, object] = {"username": _username(kind, turn), "hashed_password": hashed, **fields}
                user = await User.create(using_db=client, **values)
                await UserRole.create(using_db=client, user_id=user.id, role_id=role.id)
                if kind == "locked":
                    until = now + timedelta(hours=1)
                    await UserAuthState.create(using_db=client, user_id=user.id, locked_until=until)

    await write_transaction(write)


if __name__ == "__main__":
    main()
