"""Saved views: save, change, rename, share, unshare and delete a named query of the users list.

A view is its owner's alone until it is shared; then everybody who may see users can open it, and its owner or a
superuser changes it. Whether the query parses is for whoever has the language to say: its text is kept as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from tortoise.expressions import F

from models import Account, SavedView
from models.operations.context import Stopped, Written, change, load_scene
from models.operations.guards import actor_may, enforce
from models.operations.plan import Action, Change, FieldError, Json, Plan, Refusal, RefusalCode, Status, Target
from models.operations.presence import TargetGone
from models.operations.refused import written_once
from models.operations.transactions import connection, is_postgres
from models.operations.view_names import clash, clean_name
from models.permissions import Codename

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.context import Scene, WriteContext
    from models.operations.plan import Actor

VIEW: Final = "view"
"""The `kind` of a target that is a row of `saved_views`."""

QUERY_LENGTH: Final = 4000
"""Characters of a query that are kept."""

VIEWS_LOCK: Final = 0x53_68_65_6C_6C_62_76
"""The key of PostgreSQL's advisory lock around names of views: "Shellbv"."""


@dataclass(frozen=True, slots=True)
class ViewContent:
    """What a view shows: the text of a query that parsed, the columns (None: those of whoever opens it), the order
    like `-created` (None: the one that goes with the query)."""

    query: str
    columns: tuple[str, ...] | None = None
    order: str | None = None

    def values(self) -> dict[str, Json]:
        """Return the columns of the row."""
        return {"query": self.query, "columns": list(self.columns) if self.columns else None, "order": self.order}


async def plan_save_view(
    actor: Actor, name: str, content: ViewContent, *, shared: bool = False, reason: str = "", ticket: str = ""
) -> Plan:
    """Plan a new view of the actor's own, open to everybody when it is `shared`."""
    client = connection()
    name, errors = clean_name(name)
    values: dict[str, Json] = {"name": name, **content.values(), "is_shared": shared}
    scene = await load_scene(client, actor, None, lock=False)
    owner_id = actor.user_id or 0
    return Plan(
        Action.SAVE_VIEW,
        actor,
        Target(VIEW, None, name),
        SaveViewStep(values),
        tuple(change(field, None, value) for field, value in values.items() if value not in (None, False)),
        errors or (*_too_long(content), *await clash(client, owner_id, values, 0)),
        tuple(actor_may(scene, Codename.USERS_VIEW)),
        (_SHARED,) if shared else (),
        reason=reason,
        ticket=ticket,
    )


async def plan_change_view(
    actor: Actor, view_id: int, content: ViewContent, *, reason: str = "", ticket: str = ""
) -> Plan:
    """Plan to give a view another query, columns and order. Raises `TargetGone`."""
    plan = await _plan_change(Action.CHANGE_VIEW, actor, view_id, content.values(), (), reason, ticket)
    return replace(plan, errors=(*plan.errors, *_too_long(content)))


async def plan_rename_view(actor: Actor, view_id: int, name: str, *, reason: str = "", ticket: str = "") -> Plan:
    """Plan another name for a view. Raises `TargetGone`."""
    name, errors = clean_name(name)
    plan = await _plan_change(Action.RENAME_VIEW, actor, view_id, {"name": name}, (), reason, ticket)
    return replace(plan, errors=errors or plan.errors)


async def plan_share_view(actor: Actor, view_id: int, *, reason: str = "", ticket: str = "") -> Plan:
    """Plan to open a view to everybody who may see users. Raises `TargetGone`."""
    return await _plan_change(Action.SHARE_VIEW, actor, view_id, {"is_shared": True}, (_SHARED,), reason, ticket)


async def plan_unshare_view(actor: Actor, view_id: int, *, reason: str = "", ticket: str = "") -> Plan:
    """Plan to keep a view to its owner again. Raises `TargetGone`."""
    effects = ("nobody but its owner sees it from then on",)
    return await _plan_change(Action.UNSHARE_VIEW, actor, view_id, {"is_shared": False}, effects, reason, ticket)


async def plan_put_back_view(
    action: Action, actor: Actor, view_id: int, values: Mapping[str, Json], *, reason: str = "", ticket: str = ""
) -> Plan:
    """Plan to give a view former values of any of its columns: an undo, of this action. Raises `TargetGone`."""
    effects = (_SHARED,) if values.get("is_shared") else ()
    return await _plan_change(_OPPOSITES.get(action, action), actor, view_id, values, effects, reason, ticket)


async def plan_delete_view(actor: Actor, view_id: int, *, reason: str = "", ticket: str = "") -> Plan:
    """Plan to delete a view; its query stays in the audit. Raises `TargetGone`."""
    client = connection()
    scene = await load_scene(client, actor, None, lock=False)
    row = await _visible(client, view_id, actor)
    if row is None:
        raise TargetGone(f"There is no view #{view_id}.")
    return Plan(
        Action.DELETE_VIEW,
        actor,
        _target(row),
        DeleteViewStep(),
        tuple(change(name, getattr(row, name), None) for name in _FIELDS if getattr(row, name) not in (None, False)),
        refusals=tuple(await _may_change(client, scene, row)),
        effects=("everybody loses it",) if row.is_shared else (),
        reason=reason,
        ticket=ticket,
    )


_SHARED: Final = "everybody who may see users can open it"
_OPPOSITES: Final = {Action.SHARE_VIEW: Action.UNSHARE_VIEW, Action.UNSHARE_VIEW: Action.SHARE_VIEW}
_FIELDS: Final = ("name", "query", "columns", "order", "is_shared")


@dataclass(frozen=True, slots=True)
class SaveViewStep:
    """The columns of the new row."""

    values: Mapping[str, Json]
    counts_superusers: bool = False

    async def prepare(self) -> SaveViewStep:
        """Nothing to do beforehand."""
        return self

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """Insert the row, if the name is still free."""
        enforce(actor_may(context.scene, Codename.USERS_VIEW), context.scene)
        assert plan.actor.user_id is not None
        await _free(context, plan.actor.user_id, self.values, 0)
        now = context.scene.now
        row: dict[str, Any] = {**self.values, "owner_id": plan.actor.user_id, "created_at": now, "updated_at": now}
        view = await SavedView.create(using_db=context.connection, **row)
        target = _target(view)
        return Written(target, f"The view {target.label} was saved.", plan.changes, None, view.version)


@dataclass(frozen=True, slots=True)
class ChangeViewStep:
    """The columns that get another value."""

    values: Mapping[str, Json]
    counts_superusers: bool = False

    async def prepare(self) -> ChangeViewStep:
        """Nothing to do beforehand."""
        return self

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """Compare the version and set."""
        row = await _as_seen(context, plan)
        changes = tuple(change(f, getattr(row, f), v) for f, v in self.values.items() if getattr(row, f) != v)
        if self.values.keys() & {"name", "is_shared"}:
            kept = {"name": row.name, "is_shared": row.is_shared}
            await _free(context, row.owner_id, kept | dict(self.values), row.id)
        values: dict[str, Any] = dict(self.values)
        written_once(
            await SavedView.filter(id=row.id, version=row.version)
            .using_db(context.connection)
            .update(**values, version=F("version") + 1, updated_at=context.scene.now)
        )
        target = replace(plan.target, label=str(self.values.get("name", row.name)))
        return Written(target, _done(plan, target), changes, row.version, row.version + 1)


@dataclass(frozen=True, slots=True)
class DeleteViewStep:
    """Nothing but the plan's target is needed."""

    counts_superusers: bool = False

    async def prepare(self) -> DeleteViewStep:
        """Nothing to do beforehand."""
        return self

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """Delete the row at the version that was seen."""
        row = await _as_seen(context, plan)
        written_once(await SavedView.filter(id=row.id, version=row.version).using_db(context.connection).delete())
        return Written(plan.target, f"The view {plan.target.label} was deleted.", plan.changes, row.version, None)


async def _plan_change(
    action: Action,
    actor: Actor,
    view_id: int,
    values: Mapping[str, Json],
    effects: tuple[str, ...],
    reason: str,
    ticket: str,
) -> Plan:
    client = connection()
    scene = await load_scene(client, actor, None, lock=False)
    row = await _visible(client, view_id, actor)
    if row is None:
        raise TargetGone(f"There is no view #{view_id}.")
    touched = {name: value for name, value in values.items() if getattr(row, name) != value}
    errors: tuple[FieldError, ...] = ()
    if touched.keys() & {"name", "is_shared"}:
        errors = await clash(client, row.owner_id, {"name": row.name, "is_shared": row.is_shared} | touched, row.id)
    changes: tuple[Change, ...] = tuple(change(name, getattr(row, name), value) for name, value in touched.items())
    return Plan(
        action,
        actor,
        _target(row),
        ChangeViewStep(touched),
        changes,
        errors,
        tuple(await _may_change(client, scene, row)),
        effects,
        reason=reason,
        ticket=ticket,
    )


async def _visible(client: BaseDBAsyncClient, view_id: int, actor: Actor) -> SavedView | None:
    """The view, if the actor can know of it: another person's is not there until it is shared."""
    row = await SavedView.get_or_none(id=view_id, using_db=client)
    return row if row is not None and (row.is_shared or row.owner_id == actor.user_id) else None


async def _as_seen(context: WriteContext, plan: Plan) -> SavedView:
    """The locked row at the version of the plan, and the actor may change it; else `Stopped`."""
    client = context.connection
    row = await SavedView.filter(id=plan.target.id).using_db(client).select_for_update().first()
    if row is None or not (row.is_shared or row.owner_id == plan.actor.user_id):
        raise Stopped(Status.GONE, f"The view {plan.target.label} is not there any more. Nothing was changed.")
    enforce(await _may_change(client, context.scene, row), context.scene)
    if row.version != plan.target.version:
        sentence = f"Nothing was changed: the view {plan.target.label} is not as you saw it. Look again."
        raise Stopped(Status.CONFLICT, sentence, version=row.version)
    return row


async def _free(context: WriteContext, owner_id: int, values: Mapping[str, object], view_id: int) -> None:
    """Raise `Stopped` if the name is taken. Names are compared folded, which no unique index does."""
    if is_postgres(context.connection):
        await context.connection.execute_query("SELECT pg_advisory_xact_lock($1)", [VIEWS_LOCK])
    errors = await clash(context.connection, owner_id, values, view_id)
    if errors:
        raise Stopped(Status.REFUSED, "Nothing was saved.", errors=errors)


async def _may_change(client: BaseDBAsyncClient, scene: Scene, row: SavedView) -> list[Refusal]:
    found = list(actor_may(scene, Codename.USERS_VIEW))
    if scene.actor is None or scene.actor.account.id == row.owner_id or scene.actor.account.is_superuser:
        return found
    owner = await Account.filter(id=row.owner_id).using_db(client).first()
    whose = owner.username if owner else "somebody else"
    reason = f"The view {row.name} is {whose}'s: only {whose} or a superuser changes it. Save it under another name."
    return [*found, Refusal(RefusalCode.PERMISSION, reason, _target(row))]


def _target(row: SavedView) -> Target:
    return Target(VIEW, row.id, row.name, row.version)


def _too_long(content: ViewContent) -> Iterator[FieldError]:
    if len(content.query) > QUERY_LENGTH:
        yield FieldError(
            "query", f"A view keeps at most {QUERY_LENGTH} characters; this query has {len(content.query)}."
        )


def _done(plan: Plan, target: Target) -> str:
    return {
        Action.RENAME_VIEW: f"The view {plan.target.label} is called {target.label} now.",
        Action.SHARE_VIEW: f"The view {target.label} is shared now.",
        Action.UNSHARE_VIEW: f"The view {target.label} is its owner's alone again.",
    }.get(plan.action, f"The view {target.label} was changed.")
