"""What Shellback does all day, as one thing to be disturbed: a list, a sign-in, a save, a bulk. Each says whether its
answer is one that may be given, and whether what it said is so."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from models import Account, UserSession
from models.engines.errors import DatabaseError
from models.operations import Secret, Status, apply, plan_edit
from models.operations.bulk import BulkStatus, RowResult, SetField, apply_bulk, freeze_ids, plan_bulk
from models.operations.sign_in.answers import SignedIn
from models.operations.sign_in.entering import sign_in
from tests.faults.invariant import assert_invariant
from tests.models.operations.people import PASSWORD, acting, reread, superuser, user
from tui.browse.lists.orders import Order
from tui.browse.lists.pages import open_source
from tui.browse.retries import reading
from tui.browse.search.query import parse

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from uuid import UUID

    from models.operations import Actor

PEOPLE: Final = 8


@dataclass(slots=True)
class Office:
    """A superuser, some people, and every change that was called done or failed."""

    root: Account
    people: list[Account]
    acknowledged: list[UUID] = field(default_factory=list)
    refused: list[UUID] = field(default_factory=list)
    unknown: list[UUID] = field(default_factory=list)
    numbers: Any = field(default_factory=count)

    @property
    def actor(self) -> Actor:
        return acting(self.root)

    async def save(self) -> str:
        """One change of one person. What became of it, in one sentence; "" is done."""
        number = next(self.numbers)
        alice = await reading(lambda: reread(self.people[0]))
        plan = await reading(lambda: plan_edit(self.actor, alice, {"full_name": f"Alice {number}"}))
        outcome = await apply(plan)
        self._note(plan.op_id, outcome.status)
        return "" if outcome.is_ok else outcome.sentence

    async def bulk(self) -> str:
        """One change of everybody, in one transaction."""
        number = next(self.numbers)
        selection = await reading(lambda: freeze_ids([person.id for person in self.people]))
        verb = SetField("full_name", f"All {number}")
        plan = await reading(lambda: plan_bulk(self.actor, selection, verb))
        outcome = await apply_bulk(plan)
        if outcome.status is not BulkStatus.DONE or outcome.counts.get(RowResult.OK):
            self._note(plan.op_id, outcome.status)
        return "" if outcome.status is BulkStatus.DONE else outcome.sentence

    async def list(self) -> str:
        """The first page of everybody."""
        page = await reading(self._page)
        assert len(page.rows) == PEOPLE + 1
        return ""

    async def sign_in(self) -> str:
        """With the right password."""
        signed = await sign_in("root", Secret(PASSWORD))
        assert isinstance(signed, SignedIn)
        assert await reading(lambda: UserSession.filter(id=signed.session_id).exists())
        return ""

    async def _page(self) -> Any:
        source = await open_source(parse(""), Order())
        return await source.page(None, 50, forward=True)

    def _note(self, op_id: UUID, status: Status | BulkStatus) -> None:
        if status in {Status.OK, BulkStatus.DONE}:
            self.acknowledged.append(op_id)
        elif status in {Status.UNKNOWN, BulkStatus.UNKNOWN}:
            self.unknown.append(op_id)
        else:
            self.refused.append(op_id)

    async def check(self) -> None:
        """Fails unless everything that was said is so, and nobody holds anything."""
        await assert_invariant(acknowledged=self.acknowledged, refused=self.refused)


async def open_office() -> Office:
    """The people, in the database that the models of this process speak to."""
    return Office(await superuser(), [await user(f"person{n}", hashed_password="x") for n in range(PEOPLE)])


async def find_office() -> Office:
    """The people of an office that was opened before."""
    people = await Account.filter(username__startswith="person").order_by("id")
    return Office(await Account.get(username="root"), list(people))


async def said(work: Callable[[], Awaitable[str]]) -> str:
    """The sentence that the person gets: of the outcome, or of the error; "" when it is done."""
    try:
        return await work()
    except DatabaseError as error:
        return error.sentence
