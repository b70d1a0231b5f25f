"""Saved views: names, sharing, who may change whose, races; on a real database."""

import asyncio

import pytest
from tortoise.transactions import in_transaction

from models import Account, SavedView
from models.operations import (
    Outcome,
    Plan,
    RefusalCode,
    Status,
    TargetGone,
    ViewContent,
    apply,
    plan_change_view,
    plan_delete_view,
    plan_rename_view,
    plan_save_view,
    plan_share_view,
    plan_unshare_view,
    verify_chain,
)
from models.operations.view_names import OWN_LIMIT, SHARED_LIMIT
from models.view import BUILT_IN_NAMES
from tests.models.operations.people import acting, events, set_columns, superuser, user

pytestmark = pytest.mark.usefixtures("database")

LOCKED = ViewContent("is:locked", ("id", "username", "email"), "-created")


async def saved(account: Account, name: str, *, shared: bool = False) -> SavedView:
    outcome = await apply(await plan_save_view(acting(account), name, LOCKED, shared=shared))
    assert outcome.status is Status.OK, outcome.sentence
    return await SavedView.get(id=outcome.target.id)


def errors(of: Plan | Outcome) -> list[str]:
    return [error.field for error in of.errors]


async def test_a_view_is_saved_with_its_audit_row() -> None:
    maria = await user("maria", "support")
    outcome = await apply(await plan_save_view(acting(maria), "  Locked \t people ", LOCKED, reason="daily"))
    assert (outcome.status, outcome.sentence) == (Status.OK, "The view Locked people was saved.")
    row = await SavedView.get(id=outcome.target.id)
    assert (row.name, row.query, row.order) == ("Locked people", "is:locked", "-created")
    assert row.columns == ["id", "username", "email"]
    assert (row.owner_id, row.is_shared, row.version) == (maria.id, False, 1)
    assert row.created_at is not None
    assert row.created_at == row.updated_at
    (event,) = await events(action="views.save")
    assert (event.target_type, event.target_id, event.target_label) == ("view", row.id, "Locked people")
    assert event.changes == {
        "name": [None, "Locked people"],
        "query": [None, "is:locked"],
        "columns": [None, ["id", "username", "email"]],
        "order": [None, "-created"],
    }
    assert (event.reason, event.outcome) == ("daily", "ok")
    assert (await verify_chain()).is_whole


async def test_it_is_changed_renamed_shared_kept_and_deleted() -> None:
    maria = acting(await user("maria", "support"))
    view = (await apply(await plan_save_view(maria, "a", LOCKED))).target.id or 0
    assert (await apply(await plan_change_view(maria, view, ViewContent("ali")))).status is Status.OK
    assert (await apply(await plan_rename_view(maria, view, "A"))).sentence == "The view a is called A now."
    plan = await plan_share_view(maria, view)
    assert plan.effects == ("everybody who may see users can open it",)
    assert (await apply(plan)).sentence == "The view A is shared now."
    assert (await apply(await plan_share_view(maria, view))).status is Status.UNCHANGED
    row = await SavedView.get(id=view)
    assert (row.name, row.query, row.columns, row.order) == ("A", "ali", None, None)
    assert (row.is_shared, row.version) == (True, 4)
    assert (await apply(await plan_unshare_view(maria, view))).status is Status.OK
    assert (await apply(await plan_delete_view(maria, view))).sentence == "The view A was deleted."
    assert not await SavedView.exists()
    written = [event.action for event in await events(target_type="view", target_id=view)]
    assert written == [f"views.{verb}" for verb in ("save", "change", "rename", "share", "unshare", "delete")]
    (last,) = await events(action="views.delete")
    assert last.changes == {"name": ["A", None], "query": ["ali", None]}
    with pytest.raises(TargetGone):
        await plan_delete_view(maria, view)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "needs a name"),
        (" \n ", "needs a name"),
        ("x" * 101, "at most 100"),
        ("ali\u202ebob", "U+202E (position 4)"),
        ("\x1b[31mred", "U+001B (position 1)"),
        ("nul\0", "U+0000"),
        ("lone \ud800", "U+D800"),
        ("LOCKED now", "built-in"),
        ("ＬＯＣＫＥＤ ＮＯＷ", "built-in"),
    ],
)
async def test_names_that_cannot_be(name: str, says: str) -> None:
    maria = acting(await user("maria", "support"))
    plan = await plan_save_view(maria, name, LOCKED)
    assert errors(plan) == ["name"]
    assert says in plan.errors[0].sentence
    assert (await apply(plan)).status is Status.REFUSED
    async with in_transaction():
        view = await SavedView.create(owner_id=maria.user_id, name="mine", query="")
    assert errors(await plan_rename_view(maria, view.id, name)) == ["name"]
    assert await SavedView.all().count() == 1


async def test_a_name_is_only_text() -> None:
    maria = await user("maria", "support")
    for name in ("[bold]x[/]", "'; DROP TABLE saved_views; --", "ž\u0301", "مرحبا", "a" * 100, "🦊"):
        assert (await saved(maria, name)).name
    assert await SavedView.all().count() == 6


async def test_names_are_unique_to_a_person_and_among_the_shared() -> None:
    maria, ann = await user("maria", "support"), await user("ann", "support")
    view = await saved(maria, "Straße", shared=True)
    assert errors(await plan_save_view(acting(maria), "STRASSE", LOCKED)) == ["name"]
    hers = await saved(ann, "strasse")
    clash = await plan_share_view(acting(ann), hers.id)
    assert clash.errors[0].sentence == "A shared view has this name already. Choose another one."
    assert (await apply(clash)).status is Status.REFUSED
    assert errors(await plan_save_view(acting(ann), "STRASSE", LOCKED, shared=True)) == ["name"]
    await apply(await plan_unshare_view(acting(maria), view.id))
    assert (await apply(await plan_share_view(acting(ann), hers.id))).status is Status.OK
    other = await saved(maria, "other", shared=True)
    assert errors(await plan_rename_view(acting(maria), other.id, "strasse")) == ["name"]


async def test_who_sees_and_changes_what() -> None:
    maria, ann, root = await user("maria", "support"), await user("ann", "support"), await superuser()
    view = await saved(maria, "hers")
    for other in (ann, root):
        with pytest.raises(TargetGone):
            await plan_rename_view(acting(other), view.id, "mine")
    await apply(await plan_share_view(acting(maria), view.id))
    for plan in (
        await plan_change_view(acting(ann), view.id, ViewContent("x")),
        await plan_rename_view(acting(ann), view.id, "mine"),
        await plan_unshare_view(acting(ann), view.id),
        await plan_delete_view(acting(ann), view.id),
    ):
        assert [refusal.code for refusal in plan.refusals] == [RefusalCode.PERMISSION]
        assert "maria's" in plan.refusals[0].reason
        assert (await apply(plan)).status is Status.REFUSED
    assert len(await events(target_type="view", outcome="denied")) == 4
    assert (await apply(await plan_rename_view(acting(root), view.id, "ours"))).status is Status.OK
    row = await SavedView.get(id=view.id)
    assert (row.owner_id, row.name) == (maria.id, "ours")
    assert (await apply(await plan_delete_view(acting(root), view.id))).status is Status.OK


async def test_the_guards_decide_again_when_it_is_written() -> None:
    maria, ann = await user("maria", "support"), await superuser("ann")
    view = await saved(maria, "hers", shared=True)
    rename = await plan_rename_view(acting(ann), view.id, "x")
    share = await plan_save_view(acting(maria), "later", LOCKED)
    await set_columns(ann, is_superuser=False)
    await set_columns(maria, is_active=False)
    assert (await apply(rename)).refusals
    assert (await apply(share)).refusals[0].code is RefusalCode.ACTOR_INACTIVE
    assert [row.name for row in await SavedView.all()] == ["hers"]


async def test_who_may_not_see_users_saves_no_view() -> None:
    dba = await user("dba", "dba")
    plan = await plan_save_view(acting(dba), "x", LOCKED)
    assert [refusal.code for refusal in plan.refusals] == [RefusalCode.PERMISSION]


async def test_a_view_changed_or_gone_meanwhile() -> None:
    maria = acting(await user("maria", "support"))
    view = (await apply(await plan_save_view(maria, "a", LOCKED))).target.id or 0
    late, later = await plan_rename_view(maria, view, "b"), await plan_delete_view(maria, view)
    await apply(await plan_rename_view(maria, view, "c"))
    assert (await apply(late)).status is Status.CONFLICT
    assert (await apply(later)).status is Status.CONFLICT
    last = await plan_rename_view(maria, view, "d")
    await apply(await plan_delete_view(maria, view))
    assert (await apply(last)).status is Status.GONE
    assert len(await events(target_type="view", outcome="conflict")) == 3


async def test_a_view_with_the_id_of_a_user_touches_no_user() -> None:
    """The id of a target is a user's only when its kind says so."""
    root = await superuser()
    async with in_transaction():
        view = await SavedView.create(id=root.id, owner_id=root.id, name="x", query="")
    assert (await apply(await plan_delete_view(acting(root), view.id))).status is Status.OK
    assert (await Account.get(id=root.id)).version == root.version


async def test_two_at_once_do_not_share_the_same_name() -> None:
    people = [await user(f"p{n}", "support") for n in range(6)]
    plans = [await plan_save_view(acting(p), "One", LOCKED, shared=True) for p in people]
    outcomes = await asyncio.gather(*(apply(plan) for plan in plans))
    assert sorted(outcome.status for outcome in outcomes) == [Status.OK, *[Status.REFUSED] * 5]
    assert [errors(o) for o in outcomes if not o.is_ok] == [["name"]] * 5
    assert await SavedView.filter(is_shared=True).count() == 1


async def test_limits() -> None:
    maria, ann = await user("maria", "support"), await user("ann", "support")
    async with in_transaction():
        await SavedView.bulk_create(
            SavedView(owner_id=maria.id, name=f"v{n}", query="", is_shared=False) for n in range(OWN_LIMIT)
        )
    full = await plan_save_view(acting(maria), "more", LOCKED)
    assert full.errors[0].sentence == "You have 200 views already. Delete one first."
    other = await SavedView.get(owner_id=maria.id, name="v0")
    assert (await apply(await plan_rename_view(acting(maria), other.id, "w"))).status is Status.OK
    async with in_transaction():
        for n in range(0, SHARED_LIMIT, 100):
            await SavedView.bulk_create(
                SavedView(owner_id=maria.id, name=f"s{m}", query="", is_shared=True) for m in range(n, n + 100)
            )
    assert "500 shared views" in (await plan_save_view(acting(ann), "x", LOCKED, shared=True)).errors[0].sentence
    long = await plan_save_view(acting(ann), "x", ViewContent("x" * 4001))
    assert errors(long) == ["query"]


def test_built_in_names_are_taken_once() -> None:
    assert len({name.casefold() for name in BUILT_IN_NAMES}) == len(BUILT_IN_NAMES) == 7
