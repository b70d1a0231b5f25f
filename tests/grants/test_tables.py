"""The lists of tables and columns name what the models have, so that a new column is thought of.

And an operator is told what goes with an account.
"""

import pytest
from tortoise import Tortoise

from models import Account, MfaFactor, OneTimeToken
from models.operations.deletion.dependants import preview
from models.operations.transactions import connection
from tests.grants.tiers import TierDatabase
from tests.models.operations.people import user
from tests.tui.cli.conftest import in_database
from tui.database import Database
from tui.grants import Tier
from tui.grants.privileges import APPLICATION
from tui.grants.tables import ACCOUNT, AUDIT_TABLES, FACTOR, TABLES, TOKEN


async def test_every_column_but_the_secrets_is_named(database: Database) -> None:
    assert set(ACCOUNT) == set(Account._meta.db_fields)
    assert set(MfaFactor._meta.db_fields) - set(FACTOR) == {"secret_encrypted"}
    assert set(OneTimeToken._meta.db_fields) - set(TOKEN) == {"token_hash", "password_fingerprint"}


async def test_every_table_has_an_owner(database: Database) -> None:
    assert Tortoise.apps is not None
    ours = {str(model._meta.db_table) for model in Tortoise.apps["models"].values()}
    assert ours == {*TABLES, *AUDIT_TABLES}
    assert {one.table for one in APPLICATION} == ours


@pytest.mark.postgres_only
def test_an_operator_is_told_what_goes_with_an_account(tiers: TierDatabase) -> None:
    async def make() -> int:
        return (await user("alice", "support")).id

    number = in_database(tiers.url(tiers.server.user), make)

    async def count() -> dict[str, int | None]:
        return {one.reference.place: one.rows for one in await preview(connection(), number)}

    found = in_database(tiers.tier_url(Tier.OPERATOR), count)
    assert found["user_roles.user_id"] == 1
    assert found["user_sessions.user_id"] == 0
