"""Undo of what was done to saved views."""

from __future__ import annotations

import pytest

from models import SavedView
from models.operations import (
    Status,
    TargetGone,
    ViewContent,
    plan_change_view,
    plan_delete_view,
    plan_rename_view,
    plan_save_view,
    plan_share_view,
    plan_undo,
)
from tests.models.operations.people import acting, superuser, user
from tests.models.operations.undo.doing import done, last, undo

pytestmark = pytest.mark.usefixtures("database")


async def test_each_verb_on_a_view_is_undone_and_its_undo_too() -> None:
    root = await superuser()
    saved = await done(plan_save_view(acting(root), "locked", ViewContent("is:locked", ("id", "username"), "-created")))
    view = int(saved.target_id or 0)
    changed = await done(plan_change_view(acting(root), view, ViewContent("is:active")))
    assert (await undo(acting(root), changed)).status is Status.OK
    row = await SavedView.get(id=view)
    assert (row.query, row.columns, row.order) == ("is:locked", ["id", "username"], "-created")
    renamed = await done(plan_rename_view(acting(root), view, "other"))
    assert (await undo(acting(root), renamed)).status is Status.OK
    assert (await SavedView.get(id=view)).name == "locked"
    shared = await done(plan_share_view(acting(root), view))
    assert (await undo(acting(root), shared)).sentence == "Undone. The view locked is its owner's alone again."
    assert (await undo(acting(root), await last())).status is Status.OK
    assert (await SavedView.get(id=view)).is_shared
    assert "undone already" not in (await undo(acting(root), shared)).sentence
    deleted = await done(plan_delete_view(acting(root), view))
    assert (await undo(acting(root), deleted)).status is Status.OK
    row = await SavedView.get(name="locked")
    assert (row.query, row.columns, row.order, row.owner_id) == ("is:locked", ["id", "username"], "-created", root.id)
    again = await last()
    assert "undone already" in (await undo(acting(root), deleted)).sentence
    assert (await undo(acting(root), again)).status is Status.OK
    assert not await SavedView.exists()


async def test_a_view_that_was_changed_since_stays() -> None:
    root = await superuser()
    saved = await done(plan_save_view(acting(root), "one", ViewContent("is:locked")))
    view = int(saved.target_id or 0)
    await done(plan_rename_view(acting(root), view, "two"))
    assert "was changed since it was saved" in (await undo(acting(root), saved)).sentence
    await done(plan_change_view(acting(root), view, ViewContent("is:active")))
    renaming = (await SavedView.get(id=view)).version
    assert renaming == 3


async def test_nobody_undoes_on_a_view_that_they_cannot_see() -> None:
    root, maria = await superuser(), await user("maria", "operator")
    saved = await done(plan_save_view(acting(root), "mine", ViewContent("is:locked")))
    with pytest.raises(TargetGone):
        await plan_undo(acting(maria), saved.op_id)
    deleted = await done(plan_delete_view(acting(root), int(saved.target_id or 0)))
    assert "somebody else's own" in (await undo(acting(maria), deleted)).sentence
