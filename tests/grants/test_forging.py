"""Rows of the audit that a tier writes itself: about its own people, in its own name, in the chain, or not at all."""

import pytest

from models import Account, AuditEvent
from models.engines.errors import PermissionRefused
from models.operations import AuditDraft, AuditOutcome, record
from models.operations.audit.verify import verify_chain
from models.operations.context import target_of
from tests.grants.tiers import TierDatabase
from tests.models.operations.people import acting, superuser, user
from tests.tui.cli.conftest import in_database
from tui.grants import Tier

pytestmark = pytest.mark.postgres_only


def test_a_tier_records_its_own_people_and_nobody_else(tiers: TierDatabase) -> None:
    async def people() -> dict[str, Account]:
        made = [await superuser("root"), await user("olga", "operator"), await user("sara", "support")]
        return {one.username: one for one in [*made, await user("alice")]}

    found = in_database(tiers.url(tiers.server.user), people)

    def draft(who: str, **more: object) -> AuditDraft:
        return AuditDraft(acting(found[who]), "user.edit", target_of(found["alice"]), **more)  # type: ignore[arg-type]

    async def write() -> None:
        for who in ("root", "olga", "alice"):
            with pytest.raises(PermissionRefused):
                await record(draft(who))
        with pytest.raises(PermissionRefused):
            await record(draft("olga", outcome=AuditOutcome.DENIED))
        await record(draft("sara"))

    in_database(tiers.tier_url(Tier.SUPPORT), write)

    async def look() -> list[tuple[str, str]]:
        assert (await verify_chain()).is_whole
        rows = await AuditEvent.filter(action="user.edit").values_list("actor_label", "db_user")
        return [(str(label), str(role)) for label, role in rows]

    written = in_database(tiers.url(tiers.server.user), look)
    assert written == [("sara", tiers.login(Tier.SUPPORT))]
