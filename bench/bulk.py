"""A bulk of so many users beside the bare UPDATE and INSERT of as many rows, and beside an action of Django admin.

`python -m bench.bulk --data DIR --users 100000`, DIR being what `python -m bench.fill` made. The baseline is what one
would write by hand, without guards, locks, chain or batches: one UPDATE of the users, one INSERT ... SELECT of an audit
row each with the same columns filled, one COMMIT. The action of Django admin is one UPDATE, without an audit.

Each turn takes the next active users of a copy, made once: SQLite a copied file, PostgreSQL a database cloned from the
filled one. `--in-place` changes the filled database itself, where a copy would be too large; fill it anew afterwards.
While ours runs, a task measures the event loop's longest gap.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import asyncpg

from bench.asking import asked_for_both, parser
from bench.copies import copies
from bench.django_admin.visits import DjangoAdmin, django_admin
from bench.fill import USERNAME
from bench.loop import GAP_AIM, Timed, timed
from bench.places import Place, fetch
from bench.table import milliseconds, ratio, spaced, table, verdict

if TYPE_CHECKING:
    from models.operations.bulk import Verb

AIM: Final = 2.0
TURNS: Final = 3

UPDATE: Final = (
    "UPDATE users SET is_active = FALSE, deactivated_at = {now}, deactivation_reason = 'bench', token_version ="
    " token_version + 1, version = version + 1, updated_at = {now} WHERE {chosen}"
)
INSERT: Final = (
    "INSERT INTO audit_events (op_id, at, actor_id, actor_label, actor_kind, action, target_type, target_id,"
    " target_label, batch_id, outcome, reason, changes, version_before, version_after, meta, seq, prev_hash, hash)"
    " SELECT {op}, {now}, 1, 'admin', 'cli', 'users.deactivate', 'user', id, username, {op}, 'ok', 'bench',"
    " {changes}, version - 1, version, {meta}, id, {digest}, {digest} FROM users WHERE {chosen}"
)
CHANGES: Final = (
    '{"deactivated_at":[null,"2026-01-01T00:00:00.000000+00:00"],"deactivation_reason":[null,"bench"],'
    '"is_active":[true,false],"token_version":[0,1]}'
)
ACTIVE: Final = "is_active AND deleted_at IS NULL AND NOT is_superuser"
SPAN: Final = (
    f"SELECT min(id), max(id), count(*) FROM (SELECT id FROM users WHERE {ACTIVE} ORDER BY id LIMIT {{users}}) t"
)
"""From the first to the last of the next active users."""

OP: Final = "'00000000-0000-4000-8000-000000000000'"
DIGEST: Final = "'" + "0" * 64 + "'"


def main() -> None:
    asking = parser("bulk", __doc__)
    asking.add_argument("--users", type=int, default=100_000, metavar="N", help="users of the bulk (100000)")
    asking.add_argument("--in-place", action="store_true", help="change the filled database itself")
    asking.add_argument("--without-django", action="store_true", help="leave Django admin out")
    asked = asking.parse_args()
    if asked_for_both("bulk", asked):
        return
    directory = asked.data.resolve()
    with copies(asked.dialect, directory, "bulk") as (filled, fresh), ExitStack() as stack:
        url = filled if asked.in_place else fresh()
        place = Place(asked.dialect, url, url.removeprefix("sqlite://"), 0, "", "", "", "", "")
        django = None if asked.without_django else stack.enter_context(django_admin(place, directory / "django"))
        print("\n" + asyncio.run(_measure(place, asked.users, django)))


async def _measure(place: Place, users: int, django: DjangoAdmin | None) -> str:
    from models.operations.bulk import Activate, Deactivate, GrantRole

    rows = []
    bare: list[float] = []
    acted: list[float] = []
    turns: list[tuple[Timed, ...]] = []
    for _ in range(TURNS):
        bare.append(await asyncio.to_thread(_bare, place, await _next(place, users), users))
        turns.append(await _ours(place.url, await _next(place, users), Deactivate()))
        if django is not None:
            first, last = await _next(place, users)
            query = {"id__gte": first, "id__lte": last, "is_active__exact": 1}
            acted.append((await asyncio.to_thread(django.act, "deactivate", first, query)).seconds)
    base = min(bare)
    frozen, planned, applied = (min(steps, key=lambda step: step.seconds) for steps in zip(*turns, strict=True))
    rows.append(["UPDATE + INSERT by hand", milliseconds(base), "", spaced(users / base), "", ""])
    rows.append(_row("freeze all that match", frozen, base, users))
    rows.append(_row("preview", planned, base, users))
    rows.append(_row("bulk deactivate", applied, base, users, judged=True))
    span = await _next(place, users)
    for verb in (GrantRole("support"), Deactivate(), Activate()):
        *_, step = await _ours(place.url, span, verb)
        if verb != Deactivate():
            rows.append(_row(f"bulk {verb.words().lower()}", step, base, users))
    if acted:
        rows.append(_row("Django admin, an UPDATE without an audit", Timed(min(acted), 0.0), base, users))
    people = spaced(users)
    aims = f"aims: x{AIM}, {GAP_AIM * 1000:.0f} ms"
    title = f"{place.name}, {people} users, best of {TURNS}, with the longest gap of the event loop ({aims})"
    return table(title, ["", "time", "ratio", "users/s", "gap", ""], rows)


def _row(name: str, step: Timed, base: float, users: int, *, judged: bool = False) -> list[str]:
    met = verdict(max(step.seconds / base / AIM, step.gap / GAP_AIM), 1.0) if judged else ""
    rate = spaced(users / step.seconds)
    return [name, milliseconds(step.seconds), ratio(step.seconds, base), rate, milliseconds(step.gap), met]


async def _next(place: Place, users: int) -> tuple[int, int]:
    """The ids of the first and the last of the next so many active users."""
    found = (await asyncio.to_thread(fetch, place.dialect, place.driver, SPAN.format(users=users)))[0]
    if found[2] < users:
        raise SystemExit(f"There are not enough active users left: fill {spaced((3 * TURNS + 2) * users)} or more.")
    return int(found[0]), int(found[1])


def _bare(place: Place, span: tuple[int, int], users: int) -> float:
    """As many rows by hand: the ids in a table that is there already, as a selection is."""
    chosen = f"SELECT id FROM users WHERE {ACTIVE} AND id BETWEEN {span[0]} AND {span[1]} ORDER BY id LIMIT {users}"
    if place.dialect == "sqlite":
        with closing(sqlite3.connect(place.driver, isolation_level=None)) as connection:
            for pragma in ("journal_mode=WAL", "synchronous=FULL"):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute(f"CREATE TEMP TABLE chosen AS {chosen}")
            now = "'2026-01-01 00:00:00.000000+00:00'"
            begun = time.perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            for sql in _statements("id IN (SELECT id FROM chosen)", now, ""):
                connection.execute(sql)
            connection.execute("COMMIT")
            return time.perf_counter() - begun
    return asyncio.run(_bare_postgres(place.driver, chosen))


async def _bare_postgres(url: str, chosen: str) -> float:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"CREATE TEMP TABLE chosen AS {chosen}")
        await connection.execute("ANALYZE chosen")
        begun = time.perf_counter()
        async with connection.transaction():
            for sql in _statements("id IN (SELECT id FROM chosen)", "now()", "::"):
                await connection.execute(sql)
        return time.perf_counter() - begun
    finally:
        await connection.close()


def _statements(chosen: str, now: str, cast: str) -> tuple[str, str]:
    typed = {"op": "uuid", "json": "jsonb"} if cast else {}
    op = OP + (f"::{typed['op']}" if typed else "")
    json = f"::{typed['json']}" if typed else ""
    return UPDATE.format(now=now, chosen=chosen), INSERT.format(
        op=op,
        now=now,
        chosen=chosen,
        changes=f"'{CHANGES}'{json}",
        meta="'{\"ended_sessions\":0}'" + json,
        digest=DIGEST,
    )


async def _ours(url: str, span: tuple[int, int], verb: Verb) -> tuple[Timed, Timed, Timed]:
    """How long it takes to freeze, to preview and to apply."""
    from models.operations import Actor, ActorKind
    from models.operations.bulk import Activate, RowResult, apply_bulk, plan_bulk
    from tui.browse.lists.selection import freeze
    from tui.browse.search.query import parse

    with TemporaryDirectory() as directory:
        async with _opened(url) as account:
            actor = Actor(account, "admin", ActorKind.CLI)
            state = "is:inactive" if verb == Activate() else "is:active"
            query = parse(f"{state} -is:superuser id:{span[0]}..{span[1]}")
            await plan_bulk(actor, await freeze(parse(f'"{USERNAME}"')), verb)  # imports what is imported once
            frozen, selection = await timed(freeze(query))
            planned, plan = await timed(plan_bulk(actor, selection, verb, reason="bench"))
            applied, outcome = await timed(apply_bulk(plan, journal=Path(directory) / "bench.bulk"))
        assert outcome.count(RowResult.OK) == plan.changing, outcome.sentence
        assert outcome.is_ok, outcome.sentence
        return frozen, planned, applied


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[int]:
    """The copy, opened; the id of its superuser."""
    from models import Account
    from tui.database import open_database
    from tui.settings import parse_url

    async with await open_database(parse_url(url)):
        yield (await Account.get(username_key=USERNAME)).id


if __name__ == "__main__":
    main()
