"""A database with the tables of `support.py`."""

import pytest

from tests.models.engines.support import create_ledger


@pytest.fixture
async def ledger_url(empty_url: str) -> str:
    await create_ledger(empty_url)
    return empty_url
