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
import gc
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.asking import asked_for_both, parser
from bench.copies import copies
from bench.fill import USERNAME
from bench.loop import GAP_AIM, timed
from bench.memory import Memory
from bench.places import NAMES
from bench.table import milliseconds, ratio, spaced, table, verdict
from bench.transfer_by_hand import bare_export, bare_import

if TYPE_CHECKING:
    from models.operations import Actor
    from tui.transfer.sheets import Format

EXPORT_AIM: Final = 3.0
TURNS: Final = 2


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
        rows, seconds = await asyncio.to_thread(bare_export, dialect, url, users, folder / "bare.csv")
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
        bare = min([await _by_hand(at, what) for _ in range(TURNS)])
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


async def _by_hand(at: Imports, what: str) -> float:
    return await asyncio.to_thread(bare_import, at.dialect, at.fresh(), at.users, what, keep=not at.in_place)


def _line(name: str, seconds: float, base: float, users: int, memory: float, gap: float) -> list[str]:
    rate = spaced(users / seconds)
    return [name, milliseconds(seconds), ratio(seconds, base), rate, f"+{memory / 1e6:.0f} MB", milliseconds(gap)]


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


async def _admin() -> Actor:
    from models import Account
    from models.operations import Actor, ActorKind

    return Actor((await Account.get(username_key=USERNAME)).id, USERNAME, ActorKind.CLI)


if __name__ == "__main__":
    main()
