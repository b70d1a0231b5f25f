"""Who is asked for the password again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from models.operations import (
    Actor,
)
from tests.models.operations.people import acting, superuser

if TYPE_CHECKING:
    from models import Account
    from tui.database import Database
from tests.models.operations.sign_in.step_up.proving import session


@pytest.fixture
async def root(database: Database) -> Account:
    return await superuser()


@pytest.fixture
async def actor(root: Account) -> Actor:
    """A superuser with an open session, who has proven nothing."""
    return replace(acting(root), session_id=await session(root))
