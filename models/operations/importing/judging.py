"""What each row of a file would do, found out in sets: which user it means, what would change, and what forbids it.

The rules are those of `create` and `edit`; here they are asked for thousands of rows with a handful of statements.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from models.operations.bulk.rules import Judge
from models.operations.bulk.sql import Values, fetch, ids_in, numbers
from models.operations.importing.rows import FIELDS, UNRANKED, values_of
from models.operations.plan import json_value
from models.operations.transactions import is_postgres
from models.operations.values import cleaned, taken_error
from models.usernames import email_key, skeleton

if TYPE_CHECKING:
    from tortoise.backends.base.client import BaseDBAsyncClient

NEW_DEFAULTS: Final[Mapping[str, object]] = {"full_name": "", "is_verified": False, "must_change_password": False}
"""What a new user has where the file says nothing."""


@dataclass(frozen=True, slots=True)
class Known:
    """A user as the database has it; `beyond`: holds a permission that the actor does not."""

    id: int
    username_key: str
    email_key: str | None
    values: Mapping[str, Any]
    version: int
    is_superuser: bool
    is_deleted: bool
    beyond: bool


@dataclass(slots=True)
class Batch:
    """Rows on their way to a verdict, and the users that they may mean."""

    by_id: dict[int, Known]
    by_name: dict[str, Known]
    by_mail: dict[str, Known]
    as_read: Callable[[str], str] = str
    """What is read of a text that an export wrote: a file for people holds an escape for what cannot be seen."""


Row = tuple[int, int | None, str | None, str | None, str]
"""Line, id, username key, e-mail key, values as JSON: as the spool hands them out."""

Judged = tuple[str, int | None, int | None, str, str | None, str | None, str | None, int]
"""Verdict, target, version, label, look of a new name, changes as JSON, error, line: as the spool takes them."""


async def look_up(client: BaseDBAsyncClient, judge: Judge, rows: Sequence[Row]) -> Batch:
    """Read every user that these rows mean or clash with: three statements at most, each by index."""
    batch = Batch({}, {}, {})
    await _read(client, judge, batch, "id", [row[1] for row in rows if row[1] is not None])
    names = {row[2] for row in rows if row[2] is not None} - batch.by_name.keys()
    await _read(client, judge, batch, "username_key", sorted(names))
    mails = {row[3] for row in rows if row[3] is not None} - batch.by_mail.keys()
    await _read(client, judge, batch, "email_key", sorted(mails))
    return batch


async def _read(client: BaseDBAsyncClient, judge: Judge, batch: Batch, column: str, wanted: Sequence[Any]) -> None:
    if not wanted:
        return
    values = Values()
    beyond = "FALSE"
    if judge.beyond:
        now, among = values(judge.scene.now), ids_in(client, "b.role_id", values(numbers(client, judge.beyond)))
        beyond = (
            f"EXISTS (SELECT 1 FROM user_roles b WHERE b.user_id = u.id AND {among}"
            f" AND (b.expires_at IS NULL OR b.expires_at > {now}))"
        )
    kind = "int" if column == "id" else "text"
    given = values(list(wanted) if is_postgres(client) else json.dumps(list(wanted)))
    is_wanted = (
        f"u.{column} = ANY({given}::{kind}[])"
        if is_postgres(client)
        else f"u.{column} IN (SELECT value FROM json_each({given}))"
    )
    found = await fetch(
        client,
        "SELECT u.id, u.username_key, u.email_key, u.version, u.is_superuser, u.deleted_at, "
        + ", ".join(f"u.{name}" for name in FIELDS)
        + f", {beyond} AS beyond FROM users u WHERE {is_wanted}",
        *values.given,
    )
    for row in found:
        known = Known(
            row["id"],
            row["username_key"],
            row["email_key"],
            {name: _plain(name, row[name]) for name in FIELDS},
            row["version"],
            bool(row["is_superuser"]),
            row["deleted_at"] is not None,
            bool(row["beyond"]),
        )
        batch.by_id[known.id] = known
        batch.by_name[known.username_key] = known
        if known.email_key is not None:
            batch.by_mail[known.email_key] = known


def _plain(name: str, value: Any) -> Any:
    if name.startswith(("is_", "must_")):
        return bool(value)
    if name == "expires_at" and value is not None:
        read = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    return value


def judge_rows(rows: Sequence[Row], batch: Batch, judge: Judge) -> list[Judged]:
    """Return the verdict of each row. Pure; a thread's work."""
    return [_judged(row, batch, judge) for row in rows]


def _judged(row: Row, batch: Batch, judge: Judge) -> Judged:
    line, user_id, name, mail, given = row
    values = values_of(given)
    if user_id is not None:
        known = batch.by_id.get(user_id)
        if known is None:
            return _wrong(line, f"There is no user #{user_id}.", values)
    else:
        known = batch.by_name.get(name or "")
        values.pop("username") if known is not None else None
    if known is None:
        return _new(line, values, mail, batch)
    return _changed(line, values, known, batch, judge, name)


def _new(line: int, values: dict[str, Any], mail: str | None, batch: Batch) -> Judged:
    if mail is not None and mail in batch.by_mail:
        return _wrong(line, taken_error("email").sentence, values)
    username = str(values["username"])
    changes = {field: [None, json_value(value)] for field, value in values.items() if value not in (None, "", False)}
    changes["has_usable_password"] = [None, False]
    return "create", None, None, username, skeleton(username), _json(changes), None, line


def _changed(line: int, values: dict[str, Any], known: Known, batch: Batch, judge: Judge, name: str | None) -> Judged:
    label = str(known.values["username"])
    touched = {field: value for field, value in values.items() if not _is_already(field, value, known, batch)}
    error = _forbidden(touched, known, judge) if touched else None
    if known.is_deleted:
        error = f"{label} (#{known.id}) is deleted. Restore the account first."
    other = batch.by_mail.get(email_key(touched.get("email")) or "")
    if error is None and other is not None and other.id != known.id:
        error = taken_error("email").sentence
    named = batch.by_name.get(name or "") if "username" in touched else None
    if error is None and named is not None and named.id != known.id:
        error = taken_error("username").sentence
    changes = {field: [json_value(known.values[field]), json_value(value)] for field, value in touched.items()}
    verdict = "error" if error else "update" if touched else "unchanged"
    renamed = "username" in touched and name != known.username_key
    look = skeleton(str(touched["username"])) if renamed else None
    return verdict, known.id, known.version, label, look, _json(changes) if touched else None, error, line


def _is_already(field: str, value: object, known: Known, batch: Batch) -> bool:
    """Whether the user has this value, perhaps in a form that other programs wrote (spaces, accents in two parts), or
    as our own export wrote it: a file that goes out and comes back changes nothing."""
    now = known.values[field]
    if not isinstance(now, str):
        return bool(now == value)
    return now == value or any(cleaned({field: text})[0].get(field) == value for text in (now, batch.as_read(now)))


def _forbidden(touched: Mapping[str, Any], known: Known, judge: Judge) -> str | None:
    """The rules of `edit.edit_refusals`, on what was read already."""
    label, actor = known.values["username"], judge.scene.actor
    if known.is_superuser and not (actor and actor.account.is_superuser):
        return f"{label} is a superuser; only a superuser may change that account."
    if known.beyond and not touched.keys() <= UNRANKED:
        return f"{label} holds permissions that you do not."
    if touched.get("expires_at") is not None:
        if actor and actor.account.id == known.id:
            return "You cannot set an end date on your own account. Ask a colleague."
        if known.is_superuser:
            return f"{label} is a superuser: give that account its end date in its own form."
    return None


def _wrong(line: int, sentence: str, values: Mapping[str, Any]) -> Judged:
    return "error", None, None, str(values.get("username") or ""), None, None, sentence, line


def _json(changes: Mapping[str, object]) -> str:
    return json.dumps(changes, ensure_ascii=False)
