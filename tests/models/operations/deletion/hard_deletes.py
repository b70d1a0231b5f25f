"""What tests of hard deletes do: one from end to end, and the looks at what it reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import Account
from models.operations import (
    apply,
    plan_hard_delete,
)
from models.operations.deletion.dependants import Dependant
from models.operations.deletion.hard import confirmed, expected
from models.operations.transactions import connection

if TYPE_CHECKING:
    from models.operations import Actor, Outcome, Plan


FOREIGN = """
CREATE TABLE orders (id integer PRIMARY KEY, buyer_id integer REFERENCES users (id) ON DELETE {action});
CREATE INDEX orders_buyer ON orders (buyer_id);
"""


def place(plan: Plan, table: str) -> Dependant:
    """The one relation with this table."""
    (found,) = [one for one in plan.dependants if one.reference.name == table]
    return found


async def rows(table: str) -> int:
    found = await connection().execute_query_dict(f"SELECT count(*) AS number FROM {table}")
    return int(found[0]["number"])


async def hard_delete(actor: Actor, account: Account) -> Outcome:
    plan = await plan_hard_delete(actor, account.id)
    return await apply(confirmed(plan, expected(plan)))
