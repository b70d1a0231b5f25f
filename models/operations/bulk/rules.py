"""Who of the selected users may be changed, and who need not be: the guards of the single verbs, as one SELECT.

The same text answers the preview (counted) and the batch (row by row, after locking). What needs counting one after the
other, the last superuser, is in `superusers.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models import RolePermission
from models.operations.bulk.sql import Values, frozen, ids_in, numbers
from models.operations.bulk.verdicts import Verdict
from models.operations.guards import actor_may, proven
from models.operations.sign_in.proofs import ASKED_ABOVE, StepUpClass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.context import Scene
    from models.operations.plan import Refusal
    from models.permissions import Codename

FACTS = ("id", "version", "label", "verdict", "is_superuser", "expires_at", "is_live")
"""What `facts_sql` selects before the columns of the rule."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What else will happen, counted: a join to the facts `v` of the users that will change, and the sentence."""

    join: str
    sentence: Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a verb asks of its users.

    `join` and `already` are SQL on the user `u`: what is joined to it, and the condition that there is nothing to do;
    `:value` in them is `value`, `:now` the moment.
    `columns` are read for the changes. `ends_superusers`: the last one could be lost by it; `stay`: not at once, they
    only get an end date. `changes_roles`: also a few of them need the password. `effects` are counted, `also` is said
    as it is.
    """

    needs: tuple[Codename, ...]
    already: str
    columns: tuple[str, ...] = ()
    join: str = ""
    value: object = None
    ranked: bool = True
    not_yourself: bool = False
    ends_superusers: bool = False
    stay: bool = False
    versioned: bool = True
    deleted: bool = False
    changes_roles: bool = False
    effects: tuple[Effect, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judge:
    """The actor, as it decides on others: `beyond` are the roles that allow something the actor may not."""

    scene: Scene
    beyond: tuple[int, ...]


async def judge_of(client: BaseDBAsyncClient, scene: Scene) -> Judge:
    """Return the actor of the scene as a judge."""
    actor = scene.actor
    if actor is None or actor.account.is_superuser:
        return Judge(scene, ())
    mine = actor.permissions.codenames
    rows = await RolePermission.all().using_db(client).values_list("role_id", "codename")
    return Judge(scene, tuple(sorted({int(role_id) for role_id, codename in rows if codename not in mine})))


def may_start(rule: Rule, scene: Scene, total: int) -> Iterator[Refusal]:
    """Refuse an actor who may do it to nobody, or who has not given the password again for so many."""
    yield from may_go_on(rule, scene)
    if total > ASKED_ABOVE:
        yield from proven(scene, StepUpClass.BULK)
    elif rule.changes_roles:
        yield from proven(scene, StepUpClass.ROLES)


def may_go_on(rule: Rule, scene: Scene) -> Iterator[Refusal]:
    """Refuse an actor who may do it to nobody any more. The password was given for the whole, when it began."""
    yield from actor_may(scene, *rule.needs)


def facts_sql(
    client: BaseDBAsyncClient, rule: Rule, judge: Judge, values: Values, ids: Sequence[int], versions: Sequence[int]
) -> str:
    """Return the SELECT of FACTS and the rule's columns (`c0`, `c1`, ...), a row a user, in no order.

    A user who is not there any more has a verdict and an id, and nothing else.
    """
    now = values(judge.scene.now)
    columns = "".join(f", {column} AS c{number}" for number, column in enumerate(rule.columns))
    live = f"u.is_active AND u.deleted_at IS NULL AND (u.expires_at IS NULL OR u.expires_at > {now})"
    joined = marked(rule.join, values, judge.scene, rule.value)
    return (
        f"SELECT f.id AS id, u.version AS version, u.username AS label, {_verdict(client, rule, judge, values, now)}"
        f" AS verdict, u.is_superuser AS is_superuser, u.expires_at AS expires_at, {live} AS is_live{columns}"
        f" FROM {frozen(client, values, ids, versions)} LEFT JOIN users u ON u.id = f.id {joined}"
    )


def marked(text: str, values: Values, scene: Scene, value: object = None) -> str:
    """Return a piece of SQL with the marks of `:now` and `:value`, whose values are added."""
    for name, meant in ((":now", scene.now), (":value", value)):
        if name in text:
            text = text.replace(name, values(meant))
    return text


def _verdict(client: BaseDBAsyncClient, rule: Rule, judge: Judge, values: Values, now: str) -> str:
    actor = judge.scene.actor
    cases = [("u.id IS NULL", Verdict.GONE)]
    if not rule.deleted:
        cases.append(("u.deleted_at IS NOT NULL", Verdict.DELETED))
    if rule.not_yourself and actor is not None:
        cases.append((f"u.id = {values(actor.account.id)}", Verdict.YOURSELF))
    if actor is None or not actor.account.is_superuser:
        cases.append(("u.is_superuser", Verdict.SUPERUSER))
    if rule.ranked and judge.beyond:
        among = ids_in(client, "b.role_id", values(numbers(client, judge.beyond)))
        held = f"b.user_id = u.id AND {among} AND (b.expires_at IS NULL OR b.expires_at > {now})"
        cases.append((f"EXISTS (SELECT 1 FROM user_roles b WHERE {held})", Verdict.RANK))
    cases.append((marked(rule.already, values, judge.scene, rule.value), Verdict.UNCHANGED))
    if rule.versioned:
        cases.append(("u.version <> f.version", Verdict.CHANGED))
    whens = " ".join(f"WHEN {condition} THEN {verdict.value}" for condition, verdict in cases)
    return f"CASE {whens} ELSE {Verdict.OK.value} END"
