"""Rows of the audit that a tier writes itself: about its own people, in its own name, in the chain, or not at all."""

import json
from dataclasses import replace

import pytest
from tortoise.transactions import in_transaction

from models import Account, AuditEvent
from models.clock import database_now
from models.engines.errors import PermissionRefused
from models.operations import (
    Actor,
    ActorKind,
    AuditDraft,
    AuditOutcome,
    Change,
    Secret,
    Status,
    apply,
    plan_edit,
    record,
    system_actor,
)
from models.operations.audit.row import chain_hash, draft_row, event_payload
from models.operations.audit.verify import verify_chain
from models.operations.context import target_of
from models.operations.sign_in.answers import SignInRefused
from models.operations.sign_in.entering import UNKNOWN, sign_in
from tests.grants.tiers import TierDatabase
from tests.models.operations.people import acting, superuser, user
from tests.tui.cli.conftest import in_database
from tui.grants import Tier

pytestmark = pytest.mark.postgres_only


async def people() -> dict[str, Account]:
    made = [await superuser("root"), await user("olga", "operator"), await user("sara", "support")]
    return {one.username: one for one in [*made, await user("alice")]}


async def plant(draft: AuditDraft, number: int) -> None:
    """A row as Shellback would write it, but for its id."""
    async with in_transaction() as client:
        _, [named] = await client.execute_query("SELECT session_user::text AS role")
        [(seq, before)] = await AuditEvent.all().order_by("-seq").limit(1).values_list("seq", "hash")
        row = {**draft_row(draft, await database_now(client)), "db_user": named["role"], "seq": seq + 1}
        digest = chain_hash(before, event_payload(row))
        await AuditEvent.create(using_db=client, **row, prev_hash=before, hash=digest, id=number)


def test_a_tier_records_its_own_people_and_nobody_else(tiers: TierDatabase) -> None:
    found = in_database(tiers.url(tiers.server.user), people)
    about = target_of(found["alice"])
    sara = acting(found["sara"])
    nobody = replace(sara, user_id=None)

    def draft(who: str, **more: object) -> AuditDraft:
        return AuditDraft(acting(found[who]), "user.edit", about, **more)  # type: ignore[arg-type]

    async def write() -> None:
        for who in ("root", "olga", "alice"):
            with pytest.raises(PermissionRefused):
                await record(draft(who))
        denied = AuditOutcome.DENIED
        forged = (
            draft("olga", outcome=denied),
            AuditDraft(replace(sara, label="olga"), "user.edit", about),
            AuditDraft(replace(sara, label="olga"), "user.edit", about, denied),
            AuditDraft(replace(sara, label="nobody of this name"), "user.edit", about),
            AuditDraft(nobody, "user.edit", about),
            AuditDraft(nobody, "auth.sign_in", about, denied),
            AuditDraft(replace(nobody, label=UNKNOWN), "user.edit", about, denied),
            AuditDraft(replace(nobody, label=UNKNOWN), "auth.sign_in", about, denied),
            AuditDraft(replace(nobody, label="olga as somebody", kind=ActorKind.CLI), "user.edit", about),
            AuditDraft(replace(sara, label="root", kind=ActorKind.SYSTEM), "user.edit", about),
            # What only PostgreSQL reads, and no program any more.
            AuditDraft(sara, "user.edit", about, meta={"number": 10**200}),
            AuditDraft(sara, "user.edit", about, meta={"deep": json.loads("[" * 40 + "]" * 40)}),
        )
        for one in forged:
            with pytest.raises(PermissionRefused):
                await record(one)
        await record(draft("sara"))
        # Older than all, or in the way of a later one.
        for number in (-1, 1_000_000):
            with pytest.raises(PermissionRefused):
                await plant(draft("sara"), number)
        # A former name that she never had.
        once = (Change("username", "the boss", "sara"),)
        await record(AuditDraft(sara, "user.edit", target_of(found["sara"]), changes=once))
        with pytest.raises(PermissionRefused):
            await record(AuditDraft(replace(sara, label="the boss"), "user.edit", about))
        assert isinstance(await sign_in("nobody", Secret("x")), SignInRefused)
        await record(AuditDraft(Actor(None, "root", ActorKind.SYSTEM), "migrations.apply", about))

    in_database(tiers.tier_url(Tier.SUPPORT), write)

    async def above() -> None:
        """Who may stand for everybody still bears the name of whom it stands for."""
        await record(draft("olga"))
        with pytest.raises(PermissionRefused):
            await record(AuditDraft(replace(acting(found["root"]), label="olga"), "user.edit", about))
        await record(AuditDraft(system_actor(), "migrations.apply", about))

    in_database(tiers.tier_url(Tier.SUPERUSER), above)

    async def look() -> list[tuple[str, str]]:
        assert (await verify_chain()).is_whole
        rows = await AuditEvent.exclude(db_user=tiers.server.user).order_by("seq").values_list("actor_label", "db_user")
        return [(str(label), str(role)) for label, role in rows]

    role, higher = tiers.login(Tier.SUPPORT), tiers.login(Tier.SUPERUSER)
    written = in_database(tiers.url(tiers.server.user), look)
    assert written.pop(0) == ("sara", role)
    assert written[:4] == [("sara", role), (UNKNOWN, role), (f"root as {role}", role), ("olga", higher)]
    assert written[4][0].endswith(f" as {higher}")


def test_who_was_renamed_goes_on_under_the_old_name_until_somebody_else_has_it(tiers: TierDatabase) -> None:
    found = in_database(tiers.url(tiers.server.user), people)
    olga = acting(found["olga"])

    async def rename(who: Account, name: str) -> None:
        done = await apply(await plan_edit(acting(found["root"]), who, {"username": name}))
        assert done.status is Status.OK, done.sentence

    async def write() -> None:
        await record(AuditDraft(olga, "user.edit", target_of(found["alice"])))

    owner, operator = tiers.url(tiers.server.user), tiers.tier_url(Tier.OPERATOR)
    in_database(owner, lambda: rename(found["olga"], "olga.b"))
    in_database(operator, write)
    in_database(owner, lambda: rename(found["alice"], "olga"))
    with pytest.raises(PermissionRefused):
        in_database(operator, write)
