"""COMMIT on a file: what fails before its last frame did not happen, what fails after it is asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from models import Account
from tests.faults.failing_sync import failing_sync
from tests.faults.invariant import assert_invariant
from tests.faults.sqlite_child import played
from tests.faults.work import find_office, open_office, said
from tests.models.engines.support import engine

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.sqlite_only


@pytest.mark.parametrize("scene", ["unknown", "settled", "aborted"])
async def test_a_sync_that_fails_at_commit(database_url: str, tmp_path: Path, scene: str) -> None:
    """SQLite rolls back, and its frames lie in the -wal: a crash brings them back, unless somebody wrote over them."""
    async with engine(database_url):
        await open_office()
    environment, flag = failing_sync(tmp_path)
    first, then = played(database_url, scene, str(flag), environment=environment)
    assert first["status"] == "ok"
    acknowledged = [UUID(first["op_id"])]
    async with engine(database_url):
        name = (await Account.get(username="person0")).full_name
        match scene:
            case "unknown":
                assert then["status"] == "unknown"
                assert name in {"Before", "In doubt"}
                if name == "In doubt":
                    acknowledged.append(UUID(then["op_id"]))
            case "settled":
                assert (then["status"], name) == ("ok", "Again")
                acknowledged.append(UUID(then["op_id"]))
            case "aborted":
                assert then["status"] != "ok"
                assert "Nothing was changed" in then["sentence"]
                assert name == "Before"
                await assert_invariant(refused=[UUID(then["op_id"])])
        await assert_invariant(acknowledged=acknowledged)
        office = await find_office()
        assert await said(office.save) == ""
        await office.check()
