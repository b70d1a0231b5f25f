"""What a verb sees when it plans and when it writes: the same scene, unlocked or locked.

Rows of `users` are locked in the order of their ids, all by one statement, so that two writers never wait for each
other in a circle.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tortoise.expressions import Q

from models import Account, UserSession
from models.clock import database_now
from models.operations.effective import Permissions, permissions_of
from models.operations.plan import (
    Change,
    FieldConflict,
    FieldError,
    Json,
    Merged,
    Refusal,
    Secret,
    Status,
    Target,
    json_value,
)
from models.operations.refused import all_locked
from models.operations.sign_in.proofs import proofs_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.plan import Actor
    from models.user import AccountColumns

USER = "user"
"""The `kind` of a target that is a row of `users`."""


@dataclass(frozen=True, slots=True)
class Party:
    """A user as the guards see it."""

    account: Account
    permissions: Permissions


@dataclass(frozen=True, slots=True)
class Scene:
    """Who acts on whom, as the database has it.

    `other_superusers` counts the active ones that are not the target, `lasting_superusers` those of them without an end
    date. `session_over`: the actor's session was ended meanwhile. `proofs`: the classes that are proven in it now.
    """

    now: datetime
    actor: Party | None
    target: Party | None
    other_superusers: int = 0
    lasting_superusers: int = 0
    session_over: bool = False
    proofs: frozenset[str] = frozenset()

    @property
    def account(self) -> Account:
        """The target's row; only asked for once it is known to be there."""
        assert self.target is not None
        return self.target.account


@dataclass(frozen=True, slots=True)
class WriteContext:
    """An open transaction with its rows locked."""

    connection: BaseDBAsyncClient
    scene: Scene


@dataclass(frozen=True, slots=True)
class Written:
    """What a verb wrote: for the audit row, which follows in the same transaction, and for the outcome."""

    target: Target
    sentence: str
    changes: tuple[Change, ...]
    version_before: int | None
    version_after: int | None
    merged: tuple[Merged, ...] = ()
    secret: Secret | None = None
    secret_expires_at: datetime | None = None
    meta: Mapping[str, Json] = field(default_factory=dict)


class Stopped(Exception):
    """Raised inside the transaction to undo all of it, with how it ended instead."""

    def __init__(
        self,
        status: Status,
        sentence: str,
        *,
        version: int | None = None,
        errors: tuple[FieldError, ...] = (),
        refusals: tuple[Refusal, ...] = (),
        conflicts: tuple[FieldConflict, ...] = (),
        merged: tuple[Merged, ...] = (),
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.version = version
        self.errors = errors
        self.refusals = refusals
        self.conflicts = conflicts
        self.merged = merged


async def load_scene(
    client: BaseDBAsyncClient, actor: Actor, target_id: int | None, *, lock: bool, superusers: bool = False
) -> Scene:
    """Read actor and target; with `superusers` every superuser too, since a count is only true while all are locked.

    A soft-deleted target is there; the verb decides what that means.
    """
    ids = sorted({user_id for user_id in (actor.user_id, target_id) if user_id is not None})
    wanted = Q(id__in=ids) | Q(is_superuser=True) if superusers else Q(id__in=ids)
    query = Account.filter(wanted).using_db(client).order_by("id")
    accounts = await (query.select_for_update(no_key=True) if lock else query)
    if lock:
        await all_locked(client, ids, (account.id for account in accounts))
    # The clock is read after the locks are held: what expired while waiting has expired.
    now = await database_now(client)
    held = await permissions_of(client, [account for account in accounts if account.id in ids], now)
    parties = {account.id: Party(account, held[account.id]) for account in accounts if account.id in ids}
    others = [
        account for account in accounts if account.is_superuser and account.id != target_id and is_live(account, now)
    ]
    return Scene(
        now,
        parties.get(actor.user_id or 0),
        parties.get(target_id or 0),
        len(others),
        sum(1 for account in others if account.expires_at is None),
        await session_is_over(client, actor, now),
        await proofs_of(client, actor, now),
    )


async def session_is_over(client: BaseDBAsyncClient, actor: Actor, now: datetime) -> bool:
    """Whether the actor's session was ended, or every token of the account was made void. Whoever does locks the row of
    its user first, as every write locks its actor's."""
    if actor.session_id is None:
        return False
    open_ones = UserSession.filter(id=actor.session_id, user_id=actor.user_id, revoked_at=None, expires_at__gt=now)
    versions = await open_ones.using_db(client).values_list("token_version", "user__token_version")
    return not any(issued == counted for issued, counted in versions)


def is_live(account: AccountColumns, now: datetime) -> bool:
    """Whether the account counts as active: neither deactivated, deleted nor past its own end date."""
    return account.is_active and account.deleted_at is None and (account.expires_at is None or account.expires_at > now)


def target_of(account: AccountColumns) -> Target:
    """Return the row as the target of a plan."""
    return Target(USER, account.id, account.username, account.version, account.email)


def change(name: str, before: object, after: object) -> Change:
    """Return a change with both values JSON-ready."""
    return Change(name, json_value(before), json_value(after))
