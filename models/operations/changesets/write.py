"""Writing the rows of a changeset inside its transaction, once every one of them may be written.

Two rows can exchange a username or an address: a key that one row gives up and another takes is first put aside, since
no constraint of either dialect waits for COMMIT.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from tortoise.exceptions import IntegrityError
from tortoise.expressions import F

from models import Account, OneTimeToken
from models.operations.audit.writing import AuditDraft, append_all
from models.operations.changesets.rows import RowState
from models.operations.changesets.scene import open_links_of
from models.operations.context import target_of
from models.operations.plan import Action
from models.operations.refused import none_left, written_once
from models.operations.values import stored, taken

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.changesets.rows import Asked, Row
    from models.operations.changesets.scene import SetScene
    from models.operations.plan import Json


class Blocked(Exception):
    """Raised inside the transaction to undo all of it. `rows` is what every row came to; some of them block."""

    def __init__(self, rows: tuple[Row, ...]) -> None:
        super().__init__("a row stops the changeset")
        self.rows = rows


async def write_rows(
    client: BaseDBAsyncClient, asked: Asked, rows: tuple[Row, ...], scene: SetScene
) -> tuple[Row, ...]:
    """Write the rows that are READY, each once, and their audit rows in one batch; return all rows as they are then.

    Raises `Blocked` for a name that another program took meanwhile, `Stopped` for a row that cannot be written.
    """
    ready = [row for row in rows if row.state is RowState.READY]
    voided = await _void_links(client, [row.edit.user_id for row in ready if "email" in row.values], scene)
    await _put_aside(client, ready, scene)
    written = {row.edit.user_id: await _write_row(client, row, rows, scene) for row in ready}
    # Last before COMMIT: from here on the chain is locked for everybody.
    await append_all(client, [_draft(asked, row, voided) for row in written.values()])
    return tuple(written.get(row.edit.user_id, row) for row in rows)


async def _put_aside(client: BaseDBAsyncClient, ready: Sequence[Row], scene: SetScene) -> None:
    """Free the keys that change hands inside the changeset. The version stays: the row itself is written next."""
    columns = {row.edit.user_id: stored(row.values) for row in ready}
    for user_id in _giving(columns, "username_key", scene.usernames):
        aside = f"~{user_id}~{uuid4().hex[:16]}"  # no username begins so
        rows = Account.filter(id=user_id).using_db(client)
        written_once(await rows.update(username=aside, username_key=aside))
    for user_id in _giving(columns, "email_key", scene.emails):
        written_once(await Account.filter(id=user_id).using_db(client).update(email_key=None))


def _giving(columns: dict[int, dict[str, object]], column: str, holders: Mapping[str, int]) -> list[int]:
    """Return who has a key that another row takes."""
    found = set()
    for user_id, values in columns.items():
        wish = values.get(column)
        holder = holders.get(wish) if isinstance(wish, str) else None
        if holder is not None and holder != user_id and holder in columns:
            found.add(holder)
    return sorted(found)


async def _write_row(client: BaseDBAsyncClient, row: Row, rows: tuple[Row, ...], scene: SetScene) -> Row:
    """Compare and set."""
    account = row.account
    assert account is not None
    try:
        count = (
            await Account.filter(id=account.id, version=account.version)
            .using_db(client)
            .update(**stored(row.values), version=F("version") + 1, updated_at=scene.now)
        )
    except IntegrityError as error:
        errors = taken(error, row.values)
        if not errors:
            raise
        sentence = " ".join(one.sentence for one in errors)
        bad = replace(row, state=RowState.INVALID, sentence=sentence, plan=replace(row.plan, errors=errors))
        raise Blocked(tuple(bad if one is row else one for one in rows)) from error
    written_once(count)
    return replace(row, state=RowState.WRITTEN, version_after=account.version + 1)


async def _void_links(client: BaseDBAsyncClient, ids: Sequence[int], scene: SetScene) -> dict[int, int]:
    """Make the unused one-time links of these users worthless; return how many of each."""
    counts = await open_links_of(client, ids)
    if counts:
        open_ones = OneTimeToken.filter(user_id__in=list(counts), used_at=None, revoked_at=None).using_db(client)
        await open_ones.update(revoked_at=scene.now)
        await none_left(open_ones)
    return counts


def _draft(asked: Asked, row: Row, voided: dict[int, int]) -> AuditDraft:
    assert row.version_after is not None
    assert row.account is not None
    user_id = row.edit.user_id
    meta: dict[str, Json] = {"voided_links": voided.get(user_id, 0)} if "email" in row.values else {}
    return AuditDraft(
        asked.actor,
        Action.EDIT,
        target_of(row.account),
        changes=row.plan.changes,
        reason=asked.reason,
        ticket=asked.ticket,
        version_before=row.version_after - 1,
        version_after=row.version_after,
        batch_id=asked.op_id,
        meta=meta,
        op_id=asked.op_id,
    )
