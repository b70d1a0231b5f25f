"""What `shellback grants` makes is no drift, and whoever migrates is not told to drop it."""

from __future__ import annotations

import pytest

from tests.grants.tiers import TierDatabase
from tests.tui.cli.conftest import Run, run  # noqa: F401 - a fixture
from tui.grants import Tier
from tui.grants.recording import RECORDED, TRIGGERS
from tui.migrate.drift.reasons import GRANTED

pytestmark = pytest.mark.postgres_only


def test_the_triggers_of_the_grants_are_known(tiers: TierDatabase, run: Run) -> None:  # noqa: F811
    assert {name for _, name in TRIGGERS} == GRANTED
    ended = run("migrate", "drift", "--url", tiers.tier_url(Tier.DBA), "--benign")
    assert ended.code == 0, ended.out
    assert "No drift" in ended.out
    assert f"trigger {RECORDED}" in ended.out
    assert "DROP TRIGGER" not in ended.out
    tiers.server.execute(
        "CREATE TRIGGER mine BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION shellback_users_key()", tiers.name
    )
    assert run("migrate", "drift", "--url", tiers.tier_url(Tier.DBA)).code == 3
