"""Where a write with a secret fails: neither the errors nor a traceback with every local variable holds the secret."""

from __future__ import annotations

import io
import traceback
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console
from rich.traceback import Traceback

from models.engines.errors import DatabaseError
from models.operations import (
    PasswordMethod,
    ResetOptions,
    Secret,
    Status,
    apply,
    plan_change_own_password,
    plan_reset,
    redeem_reset,
)
from models.operations.credentials.reset import ResetStep
from tests.models.operations.people import PASSWORD, acting, events, superuser, user
from tests.models.operations.raw import execute

if TYPE_CHECKING:
    from models.operations import Plan
    from models.operations.context import WriteContext, Written
    from models.operations.plan import Step
    from tui.database import Database

NEW = "seven gentle rivers meet"

SQLITE = """
CREATE TRIGGER refuse_{table} BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, 'refused for the test'); END;
"""
POSTGRES = """
CREATE FUNCTION refuse_{table}() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'refused for the test: %', NEW; END $$;
CREATE TRIGGER refuse_{table} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_{table}();
"""


@dataclass
class Seen:
    """What was raised, as text, and the secrets that were under way."""

    errors: list[str] = field(default_factory=list)
    whole: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list, repr=False)  # this test itself is in the traceback


@dataclass(frozen=True)
class Watched:
    """A step that keeps the traceback of its own failure, with all locals, as a debugger or a crash reporter would."""

    step: Step
    seen: Seen
    counts_superusers: bool = False

    async def prepare(self) -> Watched:
        prepared = await self.step.prepare()
        if isinstance(prepared, ResetStep):
            made = prepared.made.shown if prepared.made else prepared.token
            self.seen.secrets += [made.reveal()] if made else []
        return replace(self, step=prepared)

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        try:
            return await self.step.write(context, plan)
        except DatabaseError as error:
            one: BaseException | None = error
            while one is not None:
                # The driver's own error is for logs of its type: what it says is never shown.
                if isinstance(one, DatabaseError):
                    self.seen.errors += [str(one), repr(one)]
                one = one.__cause__
            lines = traceback.TracebackException.from_exception(error, capture_locals=True).format()
            console = Console(file=io.StringIO(), width=4000)
            console.print(Traceback.from_exception(type(error), error, error.__traceback__, show_locals=True))
            assert isinstance(console.file, io.StringIO)
            self.seen.whole += ["".join(lines), console.file.getvalue()]
            raise


async def refuse(database: Database, table: str, event: str) -> None:
    """From now on the database refuses to write this table, quoting the row where it can."""
    sql = SQLITE if database.url.path is not None else POSTGRES
    await execute(database, sql.format(table=table, event=event))


@pytest.mark.parametrize("table", ["users", "audit_events"])
@pytest.mark.parametrize("method", [PasswordMethod.GENERATE, PasswordMethod.WORDS])
async def test_a_failed_reset(database: Database, method: PasswordMethod, table: str) -> None:
    root, alice = await superuser(), await user("alice")
    await refuse(database, table, "INSERT" if table == "audit_events" else "UPDATE")
    seen = Seen()
    plan = await plan_reset(acting(root), alice.id, ResetOptions(method))
    outcome = await apply(replace(plan, step=Watched(plan.step, seen)))
    assert outcome.status is Status.ERROR
    assert outcome.secret is None
    assert bool(seen.errors) == (table == "users")
    _nothing_of(seen, outcome)


async def test_a_failed_link(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    await refuse(database, "one_time_tokens", "INSERT")
    seen = Seen()
    plan = await plan_reset(acting(root), alice.id, ResetOptions(PasswordMethod.LINK))
    outcome = await apply(replace(plan, step=Watched(plan.step, seen)))
    assert outcome.status is Status.ERROR
    assert seen.errors
    _nothing_of(seen, outcome)


async def test_a_failed_change_of_ones_own(database: Database) -> None:
    alice = await user("alice")
    await refuse(database, "users", "UPDATE")
    seen = Seen(secrets=[PASSWORD, NEW])
    plan = await plan_change_own_password(acting(alice), Secret(PASSWORD), Secret(NEW))
    outcome = await apply(replace(plan, step=Watched(plan.step, seen)))
    assert outcome.status is Status.ERROR
    assert seen.errors
    _nothing_of(seen, outcome)


async def test_a_failed_redemption(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    outcome = await apply(await plan_reset(acting(root), alice.id, ResetOptions(PasswordMethod.LINK)))
    assert outcome.secret is not None
    token = outcome.secret.reveal()
    await refuse(database, "users", "UPDATE")
    failed = await redeem_reset(Secret(token), Secret(NEW))
    assert failed.status is Status.ERROR
    _nothing_of(Seen(secrets=[token, NEW]), failed)
    assert [event.action for event in await events(outcome="ok")] == ["users.reset_password"]


def _nothing_of(seen: Seen, outcome: Any) -> None:
    assert seen.secrets
    told = [*seen.errors, *seen.whole, outcome.sentence, repr(outcome), repr(outcome.plan), str(outcome.as_json())]
    for secret in seen.secrets:
        assert not any(secret in text for text in told)
    # The errors that a screen shows hold no hash either, whatever the server quoted.
    assert not any("$argon2" in text for text in [*seen.errors, outcome.sentence, repr(outcome)])
