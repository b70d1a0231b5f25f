"""Create a user, and the first superuser of an empty installation."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from tortoise.exceptions import IntegrityError

from models import Account, User
from models.operations.context import USER, Scene, Stopped, Written, change, load_scene
from models.operations.credentials.new_password import (
    MadePassword,
    PasswordMethod,
    hash_change,
    make_password,
    policy_errors,
)
from models.operations.credentials.reset_options import EXPIRES_IN
from models.operations.guards import actor_may, enforce, proven
from models.operations.looks import hold_looks
from models.operations.plan import (
    Action,
    ActorKind,
    Change,
    FieldError,
    Plan,
    Refusal,
    RefusalCode,
    Secret,
    Status,
    Target,
)
from models.operations.sign_in.proofs import StepUpClass
from models.operations.text import moment
from models.operations.transactions import connection, is_postgres
from models.operations.uniqueness import look_alike_errors, taken_names
from models.operations.values import cleaned, names_of, stored, taken, unknown_fields
from models.permissions import Codename

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.context import WriteContext
    from models.operations.plan import Actor

FIRST_LOCK: Final = 0x53_68_65_6C_6C_62_66
"""The key of PostgreSQL's advisory lock around the first superuser: "Shellbf"."""


async def plan_create(
    actor: Actor,
    values: Mapping[str, object],
    password: Secret | PasswordMethod | None = None,
    *,
    reason: str = "",
    ticket: str = "",
) -> Plan:
    """Plan a new user with these fields. Any password is temporary: to be changed within 24 h.

    `password` is one that came from elsewhere, a way to generate one, or None: no sign-in by password.
    """
    client = connection()
    how = PasswordMethod.DISABLE if password is None else password
    good, errors = _fields(values)
    scene = await load_scene(client, actor, None, lock=False)
    if isinstance(how, Secret):
        errors = (*errors, *policy_errors(how, names_of(good)))
    usable = how is not PasswordMethod.DISABLE
    return Plan(
        Action.CREATE,
        actor,
        Target(USER, None, str(good.get("username", "")), email=_email(good)),
        CreateStep(good, how, temporary=True),
        _changes(good, usable=usable, temporary=usable),
        (*errors, *await taken_names(client, None, good)),
        tuple(_may_create(scene, good)),
        (f"the password must be changed at the first sign-in, before {moment(scene.now + EXPIRES_IN)}",)
        if usable
        else ("nobody can sign in with a password until one is set",),
        reason=reason,
        ticket=ticket,
    )


async def plan_create_first_superuser(
    actor: Actor, values: Mapping[str, object], password: Secret, *, reason: str = "", ticket: str = ""
) -> Plan:
    """Plan the first superuser. `actor` is the person at the machine, of kind system and without an account."""
    client = connection()
    good, errors = _fields({**values, "is_superuser": True})
    return Plan(
        Action.CREATE_FIRST_SUPERUSER,
        actor,
        Target(USER, None, str(good.get("username", "")), email=_email(good)),
        CreateStep(good, password, temporary=False, is_first=True),
        _changes(good, usable=True, temporary=False),
        (*errors, *policy_errors(password, names_of(good)), *await taken_names(client, None, good)),
        tuple(await _not_first(client, actor)),
        ("may do everything, and make other superusers",),
        reason=reason,
        ticket=ticket,
    )


@dataclass(frozen=True, slots=True)
class CreateStep:
    """The cleaned fields, how the password comes about, and once prepared its hash."""

    values: Mapping[str, object]
    how: PasswordMethod | Secret
    temporary: bool
    is_first: bool = False
    made: MadePassword | None = field(default=None, repr=False)
    counts_superusers: bool = False

    async def prepare(self) -> CreateStep:
        """Hash, before any transaction is open."""
        return replace(self, made=await make_password(self.how))

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """Insert the row; a name that was taken meanwhile is an error of its field."""
        assert self.made is not None
        client, now = context.connection, context.scene.now
        if self.is_first:
            # No row to lock is there yet: two first starts at once would both find nobody.
            if is_postgres(client):
                await client.execute_query("SELECT pg_advisory_xact_lock($1)", [FIRST_LOCK])
            enforce(await _not_first(client, plan.actor), context.scene)
        else:
            enforce(_may_create(context.scene, self.values), context.scene)
        await hold_looks(client, [self.values.get("username")])
        look_alikes = await look_alike_errors(client, None, self.values)
        if look_alikes:
            raise Stopped(Status.REFUSED, "Nothing was created.", errors=look_alikes)
        temporary = self.temporary and self.made.is_usable
        expires_at = now + EXPIRES_IN if temporary else None
        row: dict[str, Any] = {
            **stored(self.values),
            "hashed_password": self.made.hashed,
            "has_usable_password": self.made.is_usable,
            "must_change_password": temporary or bool(self.values.get("must_change_password")),
            "password_changed_at": now if self.made.is_usable else None,
            "password_expires_at": expires_at,
            "created_by_id": plan.actor.user_id,
            "created_at": now,
            "updated_at": now,
        }
        try:
            user = await User.create(using_db=client, **row)
        except IntegrityError as error:
            errors = taken(error, self.values)
            if not errors:
                raise
            raise Stopped(Status.REFUSED, "Nothing was created.", errors=errors) from error
        target = Target(USER, user.id, user.username, user.version, user.email)
        return Written(
            target,
            f"{target} was created.",
            (*plan.changes, *((change("password_expires_at", None, expires_at),) if expires_at else ())),
            None,
            user.version,
            secret=self.made.shown,
            secret_expires_at=expires_at if self.made.shown else None,
        )


def _fields(values: Mapping[str, object]) -> tuple[dict[str, object], tuple[FieldError, ...]]:
    known = {name: value for name, value in values.items() if value is not None}
    good, errors = cleaned({"username": "", **known})
    return good, (*unknown_fields(values), *errors)


def _email(values: Mapping[str, object]) -> str | None:
    return str(values["email"]) if values.get("email") else None


def _changes(values: Mapping[str, object], *, usable: bool, temporary: bool) -> tuple[Change, ...]:
    fields = tuple(change(name, None, value) for name, value in values.items() if value not in (None, "", False))
    flags: tuple[Change, ...] = (change("has_usable_password", None, usable),)
    if temporary and not values.get("must_change_password"):
        flags = (*flags, change("must_change_password", None, True))
    return (*fields, hash_change(), *flags) if usable else (*fields, *flags)


def _may_create(scene: Scene, values: Mapping[str, object]) -> Iterator[Refusal]:
    yield from actor_may(scene, Codename.USERS_CREATE)
    if values.get("is_superuser"):
        if scene.actor and not scene.actor.account.is_superuser:
            yield Refusal(RefusalCode.SUPERUSER_ONLY, "Only a superuser makes a superuser.")
        yield from proven(scene, StepUpClass.ROLES)


async def _not_first(client: BaseDBAsyncClient, actor: Actor) -> list[Refusal]:
    if actor.kind is not ActorKind.SYSTEM:
        return [Refusal(RefusalCode.PERMISSION, "The first superuser is made at first start, by nobody's account.")]
    if await Account.filter(is_superuser=True, deleted_at=None).using_db(client).exists():
        return [Refusal(RefusalCode.SUPERUSER_EXISTS, "There is a superuser already. Sign in with that account.")]
    return []
