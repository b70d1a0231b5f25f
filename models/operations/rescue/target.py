"""Whom a rescue means by a name, and what it does to that account besides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from models import Account, AuditEvent, MfaFactor
from models.clock import database_now
from models.operations.access import auth_state, live_sessions, open_links
from models.operations.context import USER
from models.operations.credentials.reset_options import EXPIRES_IN
from models.operations.deletion.restoration import former_names
from models.operations.plan import Action
from models.operations.text import counted, moment
from models.operations.uniqueness import taken_names
from models.usernames import lookup_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.context import Scene

DELETIONS: Final = 20
"""Deletions of a name that are looked at for the account that had it."""


@dataclass(frozen=True, slots=True)
class Found:
    """Whom a name means: an account, maybe a deleted one that was called so; None where it is to be made.
    `names` are the username and the address that a deleted one gets back."""

    account: Account | None
    names: Mapping[str, object] = field(default_factory=dict)


async def find(client: BaseDBAsyncClient, username: str) -> Found:
    """Return whom the name means: who has it, else the newest deleted account that had it."""
    wanted = lookup_key(username)
    account = await Account.filter(username_key=wanted).using_db(client).first() if wanted else None
    if account is None and wanted:
        deletions = (
            await AuditEvent.filter(action=str(Action.DELETE), target_type=USER, outcome="ok", target_label=username)
            .using_db(client)
            .order_by("-id")
            .limit(DELETIONS)
            .values_list("target_id", flat=True)
        )
        deleted = Account.filter(id__in=deletions, deleted_at__not_isnull=True).using_db(client).order_by("-deleted_at")
        for one in await deleted:
            if lookup_key((await former_names(client, one)).username or "") == wanted:
                account = one
                break
    if account is None or account.deleted_at is None:
        return Found(account)
    former = await former_names(client, account)
    names = {"username": former.username or account.username, "email": former.email}
    if names["email"] is not None and await taken_names(client, account.id, {"email": names["email"]}):
        del names["email"]
    kept = {name: value for name, value in names.items() if value and getattr(account, name) != value}
    return Found(account, kept)


async def effects_of(client: BaseDBAsyncClient, scene: Scene) -> tuple[str, ...]:
    """Return what a rescue of this account does besides, in sentences."""
    account = scene.account
    factors = await MfaFactor.filter(user_id=account.id).using_db(client).count()
    sessions, links = await live_sessions(client, account.id, scene.now), await open_links(client, account.id)
    state = await auth_state(client, account.id)
    found = [await temporary_words(client)]
    if sessions:
        found.append(f"{counted(sessions, 'session')} will be ended")
    if links:
        found.append(f"{counted(links, 'unused one-time link')} will stop working")
    if factors:
        found.append(f"{counted(factors, 'authenticator')} will be removed: the password alone signs in")
    if state is not None and (state.failed_count or state.locked_until):
        found.append("failures and the lock are cleared")
    return tuple(found)


async def temporary_words(client: BaseDBAsyncClient) -> str:
    """Return what becomes of the password."""
    until = moment(await database_now(client) + EXPIRES_IN)
    return f"a password is generated, to be changed at the first sign-in, before {until}"
