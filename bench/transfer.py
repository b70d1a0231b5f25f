"""Export and import beside the least that could be done: `python -m bench.transfer --data DIR`.

Export of N users as CSV and JSON Lines against the same columns into a file (PostgreSQL: `COPY (SELECT ...) TO STDOUT`;
SQLite: the sqlite3 module's SELECT and csv.writer). Import of M new users, and of M changed ones, against one bare
INSERT (or UPDATE) and one INSERT of as many audit rows. DIR is what `python -m bench.fill` made, and is left as it was:
imports are written to a copy. `--in-place` writes to the filled database itself, where a copy would be too large: what
is done by hand is rolled back, so its COMMIT is not in its time; ours stays, so fill it anew afterwards. While ours
runs, a task measures the event loop's longest gap.
"""

from __future__ import annotations

import asyncio
import csv
import gc
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import asyncpg
import psutil

from bench.asking import asked_for_both, parser
from bench.copies import copies
from bench.fill import USERNAME
from bench.loop import GAP_AIM, timed
from bench.places import NAMES
from bench.table import milliseconds, ratio, spaced, table, verdict

if TYPE_CHECKING:
    from models.operations import Actor
    from tui.transfer.sheets import Format

EXPORT_AIM: Final = 3.0
TURNS: Final = 2
DAY: Final = "2026-01-01 00:00:00+00:00"
OP: Final = "00000000-0000-4000-8000-000000000000"

COLUMNS: Final = (
    "u.id, u.username, u.email, u.full_name, u.is_active, u.is_verified, u.must_change_password, u.expires_at,"
    " {roles} AS roles, u.created_at, a.last_login_at"
)
JOINED: Final = " FROM users u LEFT JOIN user_auth_state a ON a.user_id = u.id"
ROLES_POSTGRES: Final = (
    " LEFT JOIN (SELECT r.user_id, string_agg(n.name, ';') AS roles FROM user_roles r JOIN roles n ON n.id = r.role_id"
    " WHERE r.user_id <= {users} GROUP BY r.user_id) g ON g.user_id = u.id"
)
ROLES_SQLITE: Final = (
    "(SELECT group_concat(n.name, ';') FROM user_roles r JOIN roles n ON n.id = r.role_id WHERE r.user_id = u.id)"
)

USERS: Final = (
    "INSERT INTO users (username, username_key, email, email_key, full_name, hashed_password, has_usable_password,"
    " created_by_id, created_at, updated_at) SELECT {name}, {name}, {name} || '@example.org', {name} ||"
    " '@example.org', 'Imported Person', '!', FALSE, 1, {day}, {day} FROM {numbers}"
)
CHANGES: Final = "UPDATE users SET full_name = 'Changed Person', version = version + 1, updated_at = {day} WHERE {some}"
AUDIT: Final = (
    "INSERT INTO audit_events (op_id, at, actor_id, actor_label, actor_kind, action, target_type, target_id,"
    " target_label, batch_id, outcome, changes, version_before, version_after, meta, seq, prev_hash, hash)"
    " SELECT {op}, {day}, 1, 'admin', 'cli', 'users.import', 'user', id, username, {op}, 'ok', {changes}, version - 1,"
    " version, NULL, (SELECT max(seq) FROM audit_events) + id, {digest}, {digest} FROM users WHERE {some}"
)
FACTS: Final = (
    '{"email":[null,"somebody@example.org"],"full_name":[null,"Imported Person"],"username":[null,"imported"]}'
)


def main() -> None:
    asking = parser("transfer", __doc__)
    asking.add_argument("--export", type=int, default=1_000_000, metavar="N", help="users to export (1000000)")
    asking.add_argument("--import", type=int, default=100_000, metavar="N", dest="imported", help="users to import")
    asking.add_argument("--in-place", action="store_true", help="write to the filled database itself")
    asked = asking.parse_args()
    if asked_for_both("transfer", asked):
        return
    with (
        copies(asked.dialect, asked.data.resolve(), "transfer") as (url, fresh),
        tempfile.TemporaryDirectory() as folder,
    ):
        print("\n" + asyncio.run(_exports(asked.dialect, url, asked.export, Path(folder))))
        at = Imports(asked.dialect, (lambda: url) if asked.in_place else fresh, asked.in_place, asked.imported)
        print("\n" + asyncio.run(_imports(at, Path(folder))))


# Export ---------------------------------------------------------------------------------------------------------------


async def _exports(dialect: str, url: str, users: int, folder: Path) -> str:
    from tui.transfer.sheets import Format

    bare: list[float] = []
    found: dict[Format, list[tuple[float, float, float]]] = {form: [] for form in Format}
    rows = size = 0
    for _ in range(TURNS):
        rows, seconds = await asyncio.to_thread(_bare_export, dialect, url, users, folder / "bare.csv")
        bare.append(seconds)
        size = (folder / "bare.csv").stat().st_size
        for form in Format:
            found[form].append(await _our_export(url, users, folder / "ours", form, rows))
    base = min(bare)
    named = "COPY TO STDOUT" if dialect == "postgres" else "SELECT and csv.writer"
    lines = [[named, milliseconds(base), "", spaced(rows / base), f"{size / base / 1e6:.0f} MB/s", "", "", ""]]
    for form, turns in found.items():
        seconds, memory, gap = min(turn[0] for turn in turns), max(t[1] for t in turns), max(t[2] for t in turns)
        met = verdict(max(seconds / base / EXPORT_AIM, gap / GAP_AIM), 1.0) if form is Format.CSV else ""
        rate = f"{(folder / 'ours').stat().st_size / seconds / 1e6:.0f} MB/s" if form is Format.JSONL else ""
        lines.append(
            [
                f"export, {form}",
                milliseconds(seconds),
                ratio(seconds, base),
                spaced(rows / seconds),
                rate,
                f"+{memory / 1e6:.0f} MB",
                milliseconds(gap),
                met,
            ]
        )
    aims = f"aims: x{EXPORT_AIM}, {milliseconds(GAP_AIM)}"
    title = f"{NAMES[dialect]}: export of {spaced(rows)} users, best of {TURNS} ({aims})"
    header = ["", "time", "ratio", "users/s", "", "memory", "gap", ""]
    return table(title, header, lines)


def _bare_export(dialect: str, url: str, users: int, path: Path) -> tuple[int, float]:
    if dialect == "postgres":
        return asyncio.run(_bare_copy(url, users, path))
    select = f"SELECT {COLUMNS.format(roles=ROLES_SQLITE)}{JOINED} WHERE u.id <= {users} ORDER BY u.id"
    with closing(sqlite3.connect(url.removeprefix("sqlite://"))) as connection, path.open("w", newline="") as file:
        begun = time.perf_counter()
        csv.writer(file).writerows(connection.execute(select))
        file.flush()
        seconds = time.perf_counter() - begun
        return connection.execute("SELECT count(*) FROM users WHERE id <= ?", (users,)).fetchone()[0], seconds


async def _bare_copy(url: str, users: int, path: Path) -> tuple[int, float]:
    connection = await asyncpg.connect(url)
    try:
        select = f"SELECT {COLUMNS.format(roles='g.roles')}{JOINED}{ROLES_POSTGRES.format(users=users)}"
        begun = time.perf_counter()
        status = await connection.copy_from_query(
            f"{select} WHERE u.id <= {users} ORDER BY u.id", output=path, format="csv"
        )
        return int(status.split()[-1]), time.perf_counter() - begun
    finally:
        await connection.close()


async def _our_export(url: str, users: int, path: Path, form: Format, rows: int) -> tuple[float, float, float]:
    """Seconds, bytes of memory more at the worst moment, and the longest gap."""
    from tui.browse.lists.orders import parse_order
    from tui.browse.search.query import parse
    from tui.database import open_database
    from tui.settings import parse_url
    from tui.transfer.columns import DEFAULT
    from tui.transfer.export import ExportRequest, export_users

    async with await open_database(parse_url(url)):
        request = ExportRequest(parse(f"id:<={users}"), parse_order("id"), DEFAULT, form, path, force=True)
        actor = await _admin()
        await export_users(ExportRequest(parse("id:<=100"), request.order, DEFAULT, form, path, force=True), actor)
        gc.collect()
        with Memory() as memory:
            step, done = await timed(export_users(request, actor))
        assert done.rows == rows, (done.rows, rows)
        return step.seconds, memory.growth, step.gap


# Import ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Imports:
    """Where imports are written to, and how many users. `fresh` gives the URL for each turn."""

    dialect: str
    fresh: Callable[[], str]
    in_place: bool
    users: int


async def _imports(at: Imports, folder: Path) -> str:
    lines, users = [], at.users
    for what in ("new", "changed"):
        bare = min([await asyncio.to_thread(_bare_import, at, at.fresh(), what) for _ in range(TURNS)])
        url = at.fresh()
        path = folder / f"{what}.csv"
        await _make_file(url, path, users, what)
        planned, applied, memory, gap = await _our_import(url, path, users)
        words = {"new": "INSERT", "changed": "UPDATE"}[what]
        lines.append([f"{words} and INSERT by hand", milliseconds(bare), "", spaced(users / bare), "", ""])
        lines.append(_line(f"read, compare, try: {what}", planned, bare, users, memory, gap))
        lines.append(_line(f"import: {what}", applied, bare, users, memory, gap))
    aim = f"aim: {milliseconds(GAP_AIM)}"
    title = f"{NAMES[at.dialect]}: import of {spaced(users)} users, longest gap for both steps ({aim})"
    return table(title, ["", "time", "ratio", "users/s", "memory", "gap"], lines)


def _line(name: str, seconds: float, base: float, users: int, memory: float, gap: float) -> list[str]:
    rate = spaced(users / seconds)
    return [name, milliseconds(seconds), ratio(seconds, base), rate, f"+{memory / 1e6:.0f} MB", milliseconds(gap)]


def _bare_import(at: Imports, url: str, what: str) -> float:
    users = at.users
    if at.dialect == "postgres":
        return asyncio.run(_bare_import_postgres(at, url, what))
    with closing(sqlite3.connect(url.removeprefix("sqlite://"), isolation_level=None)) as connection:
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")
        numbers = f"(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {users}) SELECT i FROM n)"
        last = connection.execute("SELECT max(id) FROM users").fetchone()[0]
        statements = _by_hand(what, users, last, numbers, f"'{DAY}'", f"'{OP}'", f"'{FACTS}'")
        begun = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        for statement in statements:
            connection.execute(statement)
        connection.execute("ROLLBACK" if at.in_place else "COMMIT")
        return time.perf_counter() - begun


async def _bare_import_postgres(at: Imports, url: str, what: str) -> float:
    connection = await asyncpg.connect(url)
    try:
        last = await connection.fetchval("SELECT max(id) FROM users")
        numbers = f"generate_series(1, {at.users}) AS n(i)"
        day, op, facts = f"'{DAY}'::timestamptz", f"'{OP}'::uuid", f"'{FACTS}'::jsonb"
        begun = time.perf_counter()
        await connection.execute("BEGIN")
        for statement in _by_hand(what, at.users, last, numbers, day, op, facts):
            await connection.execute(statement)
        await connection.execute("ROLLBACK" if at.in_place else "COMMIT")
        return time.perf_counter() - begun
    finally:
        await connection.close()


def _by_hand(what: str, users: int, last: int, numbers: str, day: str, op: str, facts: str) -> list[str]:
    digest = "'" + "0" * 64 + "'"
    if what == "new":
        some = f"id > {last}"
        first = USERS.format(name="'imported' || i", numbers=numbers, day=day)
    else:
        some = f"id IN (SELECT id FROM users WHERE NOT is_superuser AND deleted_at IS NULL ORDER BY id LIMIT {users})"
        first = CHANGES.format(day=day, some=some)
    return [first, AUDIT.format(op=op, day=day, digest=digest, changes=facts, some=some)]


async def _make_file(url: str, path: Path, users: int, what: str) -> None:
    # A second run in place means other users, and another change. In letters that nothing looks like: what a name costs
    # depends on how many of 0, 1, l, m and o it has.
    stamp = str(int(time.time())).translate(str.maketrans("0123456789", "bdfghjkpqt"))
    if what == "new":
        with path.open("w") as file:
            file.write("username,email,full_name\n")
            names = (f"imported{stamp}{n}" for n in range(1, users + 1))
            file.writelines(f"{name},{name}@example.org,Imported Person\n" for name in names)
        return
    from models import Account
    from tui.database import open_database
    from tui.settings import parse_url

    async with await open_database(parse_url(url)):
        people = Account.filter(is_superuser=False, deleted_at=None).order_by("id").limit(users)
        ids = [row["id"] for row in await people.values("id")]
    with path.open("w") as file:
        file.write("id,full_name\n")
        file.writelines(f"{number},Changed Person {stamp}\n" for number in ids)


async def _our_import(url: str, path: Path, users: int) -> tuple[float, float, float, float]:
    """Seconds to plan and to apply, bytes of memory more at the worst moment, and the longest gap."""
    from tui.database import open_database
    from tui.settings import parse_url
    from tui.transfer.importing import apply_file, plan_file, request_of

    async with await open_database(parse_url(url)):
        actor = await _admin()
        gc.collect()
        with Memory() as memory:
            planning, planned = await timed(plan_file(request_of(path), actor))
            applying, outcome = await timed(apply_file(planned))
        planned.close()
        assert outcome.created + outcome.updated == users, outcome.sentence
        return planning.seconds, applying.seconds, memory.growth, max(planning.gap, applying.gap)


# Both -----------------------------------------------------------------------------------------------------------------


class Memory:
    """How much this process grew, at its largest, while inside."""

    growth = 0.0

    def __enter__(self) -> Self:
        self._process = psutil.Process()
        self._before = self._process.memory_info().rss
        self._over = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watcher.join()

    def _watch(self) -> None:
        while not self._over.wait(0.02):
            self.growth = max(self.growth, self._process.memory_info().rss - self._before)


async def _admin() -> Actor:
    from models import Account
    from models.operations import Actor, ActorKind

    return Actor((await Account.get(username_key=USERNAME)).id, USERNAME, ActorKind.CLI)


if __name__ == "__main__":
    main()
