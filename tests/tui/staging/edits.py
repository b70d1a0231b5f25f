"""Staged edits for tests, without a database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from models.operations.changesets.staged import StagedEdit
from models.operations.plan import Target

AT = datetime(2026, 3, 2, 14, 3, tzinfo=UTC)


def edit(user_id: int = 7, name: str = "alice", /, *, version: int = 3, **touched: Any) -> StagedEdit:
    base: dict[str, object] = {
        "username": name,
        "email": f"{name}@example.org",
        "full_name": "",
        "is_verified": False,
        "is_superuser": False,
        "must_change_password": False,
        "expires_at": None,
    }
    target = Target("user", user_id, name, version, f"{name}@example.org")
    return StagedEdit(target, base, touched or {"full_name": name.title()}, AT)
