"""What a changeset reads, planning and writing alike: a fixed number of queries however many users are staged.

Names that look alike are asked for by their spellings, some hundred for each new username: that one is read in chunks.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tortoise.expressions import Q

from models import Account, OneTimeToken
from models.clock import database_now
from models.operations.audit.trail import authors_of_all, deleters
from models.operations.context import USER, Party, session_is_over
from models.operations.effective import permissions_of
from models.operations.looks import hold_looks
from models.operations.refused import all_locked
from models.operations.sign_in.proofs import proofs_of
from models.operations.uniqueness import spellings_of_each
from models.operations.values import cleaned, stored

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.audit.trail import Author
    from models.operations.changesets.staged import StagedEdit
    from models.operations.plan import Actor

SPELLINGS_AT_ONCE: Final = 2_000
"""Names asked for in one query: more of them would keep the interface for longer than a frame to put it together."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The keys that the staged names would take, and every spelling that looks like one of the usernames.

    Made before any transaction: spelling a name out takes some milliseconds.
    """

    usernames: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    alike: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetScene:
    """Who acts on whom. `superusers` is every one of them where one could be lost, else empty.

    `usernames` and `emails` are who has a key that is wanted now, `alike` every (id, username) that looks like one.
    `proofs`: the classes that are proven in the actor's session.
    """

    now: datetime
    actor: Party | None
    session_over: bool
    parties: Mapping[int, Party]
    superusers: Sequence[Account] = ()
    authors: Mapping[int, Mapping[str, Author]] = field(default_factory=dict)
    deleters: Mapping[int, Author] = field(default_factory=dict)
    usernames: Mapping[str, int] = field(default_factory=dict)
    emails: Mapping[str, int] = field(default_factory=dict)
    alike: Sequence[tuple[int, str]] = ()
    links: Mapping[int, int] = field(default_factory=dict)
    proofs: frozenset[str] = frozenset()


async def wanted_names(edits: Iterable[StagedEdit]) -> Wanted:
    """Return what to look for, spelled out in a thread. Values that cannot be taken want nothing."""
    columns = [stored(cleaned(edit.touched)[0]) for edit in edits]
    names = [str(each["username"]) for each in columns if "username" in each]
    return Wanted(
        frozenset(str(each["username_key"]) for each in columns if "username_key" in each),
        frozenset(str(each["email_key"]) for each in columns if each.get("email_key") is not None),
        await asyncio.to_thread(_spelled, names) if names else (),
    )


def _spelled(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(frozenset().union(*map(spellings_of_each, names))))


async def load_set(
    client: BaseDBAsyncClient, actor: Actor, edits: Sequence[StagedEdit], wanted: Wanted, *, lock: bool
) -> SetScene:
    """Read the actor and every staged user, locked in the order of their ids by one statement where `lock` says so."""
    ids = sorted({edit.user_id for edit in edits} | ({actor.user_id} if actor.user_id is not None else set()))
    counting = any(_may_end_a_superuser(edit) for edit in edits)
    asked = Q(id__in=ids) | Q(is_superuser=True) if counting else Q(id__in=ids)
    query = Account.filter(asked).using_db(client).order_by("id")
    accounts = await (query.select_for_update(no_key=True) if lock else query)
    if lock:
        await all_locked(client, ids, (account.id for account in accounts))
        await hold_looks(client, [edit.touched.get("username") for edit in edits])
    # The clock is read after the locks are held: what expired while waiting has expired.
    now = await database_now(client)
    acting = frozenset(ids)
    shown = [account for account in accounts if account.id in acting]
    held = await permissions_of(client, shown, now)
    parties = {account.id: Party(account, held[account.id]) for account in shown}
    gone = [edit.user_id for edit in edits if _is_gone(parties.get(edit.user_id))]
    moved = {
        edit.user_id: edit.version
        for edit in edits
        if edit.user_id in parties and parties[edit.user_id].account.version != edit.version
    }
    usernames = await _holders(client, "username_key", wanted.usernames)
    return SetScene(
        now,
        parties.get(actor.user_id or 0),
        await session_is_over(client, actor, now),
        parties,
        [account for account in accounts if account.is_superuser] if counting else (),
        await authors_of_all(client, USER, moved),
        await deleters(client, USER, gone),
        usernames,
        await _holders(client, "email_key", wanted.emails),
        await _alike(client, wanted.alike),
        await open_links_of(client, [edit.user_id for edit in edits if "email" in edit.touched]),
        await proofs_of(client, actor, now),
    )


async def open_links_of(client: BaseDBAsyncClient, ids: Collection[int]) -> dict[int, int]:
    """Return how many one-time links of each of these users are not used yet; nobody without one is in it."""
    if not ids:
        return {}
    rows = OneTimeToken.filter(user_id__in=list(ids), used_at=None, revoked_at=None).using_db(client)
    return dict(Counter(user_id for (user_id,) in await rows.values_list("user_id")))


def _is_gone(party: Party | None) -> bool:
    return party is None or party.account.deleted_at is not None


def _may_end_a_superuser(edit: StagedEdit) -> bool:
    return edit.base.get("is_superuser") is True and not edit.touched.keys().isdisjoint({"is_superuser", "expires_at"})


async def _holders(client: BaseDBAsyncClient, column: str, keys: Collection[str]) -> dict[str, int]:
    """Return who has each of these keys."""
    if not keys:
        return {}
    rows = await Account.filter(**{f"{column}__in": sorted(keys)}).using_db(client).values_list(column, "id")
    return dict(rows)


async def _alike(client: BaseDBAsyncClient, names: Sequence[str]) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for start in range(0, len(names), SPELLINGS_AT_ONCE):
        chunk = names[start : start + SPELLINGS_AT_ONCE]
        rows = Account.filter(username_key__in=chunk).using_db(client).order_by("id")
        found += [(user_id, username) for user_id, username in await rows.values_list("id", "username")]
    return found
