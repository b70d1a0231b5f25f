"""Samples of the keys of a list, for `spread.py`: of a short list itself, of the planner's statistics, of rows all over
the range of ids. None reads more than a bounded number of rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from tui.browse.cost.means import id_ends, sample_ids
from tui.browse.lists.access import Stretch
from tui.browse.lists.orders import SERVED_BY
from tui.browse.lists.pages import UserSource, rows_of
from tui.browse.lists.statements import range_length_sql, ranked_sql, sampled_sql
from tui.browse.sql import Sql, dialect, rows

SAMPLE: Final = 2000
"""Rows that are looked up by id: some 10 ms. A share is right within 2 percent, mostly."""

ENOUGH: Final = 500
"""Keys with which a share is right within some percent."""

RANKED: Final = 200_000
"""Keys of a range that are read whole, from the index alone: some 50 ms."""

KNOTS: Final = 200

_READ: Final[Mapping[str, Callable[[str], Any]]] = {
    "username_key": str,
    "email_key": str,
    "id": int,
    "created_at": datetime.fromisoformat,
    "deleted_at": datetime.fromisoformat,
    "last_login_at": datetime.fromisoformat,
    "locked_until": datetime.fromisoformat,
}
"""How the statistics' texts become values of a column."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Keys of a stretch in any order, and for how many rows (or which share of them) each stands."""

    keys: tuple[tuple[Any, ...], ...] = ()
    weights: tuple[float, ...] = ()


async def ranked(source: UserSource) -> list[Sample] | None:
    """Return the keys at every 200th part of each stretch, when the list is short enough to be read; else None."""
    stretches = source.access.stretches
    if not source.access.listed:
        if not all(stretch.segment.within and stretch.segment.covers for stretch in stretches):
            return None
        for stretch in stretches:
            length = await rows(range_length_sql(stretch, RANKED + 1))
            if int(length[0]["n"]) > RANKED:
                return None
    found = []
    for stretch in stretches:
        records = await rows_of(stretch, ranked_sql(stretch, RANKED, KNOTS))
        keys = _keys(stretch, records)
        total = int(records[0]["total"]) if records else 0
        found.append(Sample(keys, (total / max(1, len(keys)),) * len(keys)))
    return found


async def sampled(source: UserSource) -> list[Sample]:
    """Return the keys of those of some 2000 users that the list has, or of four times as many when it has few."""
    ends = await id_ends()
    if ends is None:
        return []
    found = await _among(source, sample_ids(ends, SAMPLE))
    if 0 < sum(len(sample.keys) for sample in found) < ENOUGH and ends[1] - ends[0] >= SAMPLE:
        found = await _among(source, sample_ids(ends, 4 * SAMPLE))
    return found


async def _among(source: UserSource, ids: list[int]) -> list[Sample]:
    found = []
    for stretch in source.access.stretches:
        keys = _keys(stretch, await rows(sampled_sql(stretch, ids)))
        found.append(Sample(keys, (1.0,) * len(keys)))
    return found


async def statistics(source: UserSource) -> list[Sample] | None:
    """Return what PostgreSQL's statistics know of the order's column; None where they know nothing, and on SQLite.

    A value that many rows share is in `most_common_vals` and not in the histogram. Its rows are taken to be spread
    evenly over the ids.
    """
    if dialect() != "postgres":
        return None
    table, (column, *_) = SERVED_BY[source.order.by]
    found = await rows(
        Sql(
            "SELECT s.null_frac, s.histogram_bounds::text::text[] AS bounds,"
            " s.most_common_vals::text::text[] AS common, s.most_common_freqs AS shares, t.reltuples AS rows,"
            " (SELECT reltuples FROM pg_class WHERE oid = to_regclass('users')) AS users"
            " FROM pg_stats s JOIN pg_class t ON t.oid = to_regclass(s.tablename)"
            " WHERE s.schemaname = ANY (current_schemas(false)) AND s.tablename = ? AND s.attname = ?",
            (table, column),
        )
    )
    ends = await id_ends()
    if not found or ends is None or found[0]["users"] <= 0 or found[0]["rows"] < 0:
        return None
    known = found[0]
    there = known["rows"] * (1 - known["null_frac"])
    width = len(source.access.stretches[0].segment.keys)
    values = _of_histogram(known, _READ[column], width, ends)
    nulls = [(int(ends[0] + (ends[1] - ends[0]) * number / KNOTS),) for number in range(1, KNOTS + 1)]
    samples = [Sample(tuple(key for key, _ in values), tuple(share * there for _, share in values))]
    if len(source.access.stretches) > 1:
        missing = max(0.0, known["users"] - there)
        samples.append(Sample(tuple(nulls), (missing / KNOTS,) * KNOTS) if missing >= 1 else Sample())
    return samples


def _of_histogram(
    known: Any, read: Callable[[str], Any], width: int, ends: tuple[int, int]
) -> list[tuple[tuple[Any, ...], float]]:
    """Keys and their shares of the rows that are not null."""
    not_null = max(1e-9, 1 - known["null_frac"])
    common = [
        (read(text), share / not_null) for text, share in zip(known["common"] or (), known["shares"] or (), strict=True)
    ]
    bounds = sorted(read(text) for text in known["bounds"] or [])
    rest = max(0.0, 1 - sum(share for _, share in common))
    found = [((bound, 0)[:width], rest / (len(bounds) - 1)) for bound in bounds[1:]] if len(bounds) > 1 else []
    first, last = ends
    for value, share in common:
        parts = max(1, round(share * KNOTS)) if width > 1 else 1
        ids = (first + (last - first) * number // parts for number in range(1, parts + 1))
        found += [((value, user_id)[:width], share / parts) for user_id in ids]
    return found


def _keys(stretch: Stretch, records: Sequence[Any]) -> tuple[tuple[Any, ...], ...]:
    return tuple(tuple([record[key] for key in stretch.segment.keys]) for record in records)
