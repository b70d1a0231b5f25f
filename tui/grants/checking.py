"""Compares a database with what the SQL would make. Reads the catalogue only, as whoever is connected.

More than the SQL makes is a difference too: somebody who was granted a column, a policy beside ours, a member of the
owner. What belongs to the application's own other tables is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from tui.grants import catalogue
from tui.grants.choice import Choice, Tier
from tui.grants.functions import SIGNATURES
from tui.grants.policies import NAMED, policies
from tui.grants.privileges import APPLICATION, PRIVILEGES, Privilege
from tui.grants.recording import CALLED, EMPTIED, OF_THE_OWNER, RECORDED, RECORDED_HASH, TRIGGERS
from tui.grants.reset_links import MARK
from tui.grants.script import statements
from tui.grants.tables import AUDIT_TABLES, GUARDED, MIGRATIONS, TABLES

Ask = Callable[..., Awaitable[Sequence[Mapping[str, Any]]]]
"""Runs a query with its values, `$1` and so on, and returns the rows by name."""

_BODY: Final = re.compile(r"CREATE OR REPLACE FUNCTION .+?\.(\w+)\((.*?)\$\$(.*?)\$\$;", re.DOTALL)
_MOMENTS: Final = {
    RECORDED: 29,
    RECORDED_HASH: 17,
    EMPTIED: 32,
    MARK: 7,
    "audit_events_append_only": 50,
    "audit_events_archived_only": 11,
    "audit_archives_append_only": 58,
}
"""When each fires, as PostgreSQL adds it up: rows 1, before 2, INSERT 4, DELETE 8, UPDATE 16, TRUNCATE 32. The others
fire after the INSERT."""

_OF_MIGRATIONS: Final = ("shellback_append_only", "shellback_archived_only", "shellback_users_key")
"""Functions that are there without any tier."""

_KEEPS: Final = (
    ("audit_events", "audit_events_append_only", "shellback_append_only"),
    ("audit_events", "audit_events_archived_only", "shellback_archived_only"),
    ("audit_archives", "audit_archives_append_only", "shellback_append_only"),
)
"""The triggers of the migrations, without which the audit is a table like any other."""


async def differences(ask: Ask, choice: Choice) -> list[str]:
    """Return what differs, each as a sentence; nothing when all is as the SQL makes it. Raises what `ask` raises."""
    there = {row["name"] for row in await ask(catalogue.TABLES, choice.schema)}
    missing = [name for name in (*TABLES, *AUDIT_TABLES) if name not in there]
    if missing:
        return [f"There is no table {name} in the schema {choice.schema}." for name in missing]
    return [
        *_roles(choice, await ask(catalogue.ROLES, _names(choice))),
        *_members(choice, await ask(catalogue.MEMBERS, _names(choice))),
        *_owners(choice, await ask(catalogue.TABLES, choice.schema)),
        *_security(choice, await ask(catalogue.TABLES, choice.schema)),
        *_policies(choice, await ask(catalogue.POLICIES, choice.schema)),
        *_privileges(choice, there, await ask(catalogue.PRIVILEGES, choice.schema, _watched(there))),
        *_places(choice, await ask(catalogue.PLACES, choice.schema)),
        *_triggers(await ask(catalogue.TRIGGERS, choice.schema)),
        *_functions(choice, await ask(catalogue.FUNCTIONS, choice.schema)),
    ]


def _names(choice: Choice) -> list[str]:
    return [choice.owner_role, choice.audit_role, *map(choice.role, choice.tiers)]


def _watched(there: set[str]) -> list[str]:
    return [name for name in (*TABLES, *AUDIT_TABLES, *MIGRATIONS) if name in there]


def _roles(choice: Choice, rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    found = {row["name"]: row for row in rows}
    for name in _names(choice):
        if name not in found:
            yield f"There is no role {name}."
        elif more := found[name]["more"]:
            yield f"The role {name} may more than a tier: {', '.join(more)}."


def _members(choice: Choice, rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Whoever is a member of an owner is the owner. Members of a tier are its people."""
    owners = {choice.owner_role, choice.audit_role}
    dba = choice.role(Tier.DBA)
    for row in rows:
        group, member = row["role"], row["member"]
        if group in owners and (group, member) != (choice.owner_role, dba):
            yield f"{member} is a member of {group}, and with that owns its tables."
        elif (group, member) == (choice.owner_role, dba) and row["inherits"]:
            yield f"{member} has the rights of {group} without SET ROLE, and so reads every table."
        if member in {choice.role(tier) for tier in choice.tiers} and group not in owners:
            yield f"The tier {member} is a member of {group}, and has its rights."
        if group in {choice.role(tier) for tier in choice.tiers} and row["passes"]:
            yield f"{member} works under {group} and passes by row security."


def _owners(choice: Choice, rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for row in rows:
        name, owner = row["name"], row["owner"]
        wanted = choice.audit_role if name in AUDIT_TABLES else choice.owner_role
        if name in (*TABLES, *AUDIT_TABLES, *MIGRATIONS) and owner != wanted:
            yield f"The table {name} belongs to {owner}, not to {wanted}."


def _security(choice: Choice, rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:  # noqa: ARG001 - as its neighbours
    for row in rows:
        if row["name"] in GUARDED and not row["secured"]:
            yield f"Row security of {row['name']} is off: every row is as good as any other."


def _policies(choice: Choice, rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    found = {(row["table"], row["name"]): row for row in rows}
    known = {tier_policy.name for tier_policy in policies(choice)}
    for policy in policies(choice):
        row = found.pop((policy.table, policy.name), None)
        if row is None:
            yield f"The policy {policy.name} of {policy.table} is not there."
            continue
        wanted = (policy.verb, (policy.role,), _plain(policy.using, choice), _plain(policy.check, choice))
        if wanted != (row["verb"], (*row["roles"],), _plain(row["using"], choice), _plain(row["check"], choice)):
            yield f"The policy {policy.name} of {policy.table} is another one now."
    others = tuple(f"{NAMED}{tier.value}_" for tier in Tier if tier not in choice.tiers)
    for table, name in found:
        if table in GUARDED and name not in known and not (others and name.startswith(others)):
            yield f"The policy {name} of {table} is not one of ours, and adds rows to what may be seen or written."


def _plain(expression: str | None, choice: Choice) -> str:
    """An expression without what PostgreSQL adds when it prints one: parentheses, casts, blanks, quotes, the schema."""
    text = re.sub(r"::(text\[\]|text|character varying|bpchar)", "", expression or "")
    text = text.replace(f'"{choice.schema}".', "").replace(f"{choice.schema}.", "")
    return re.sub(r'[\s()"]', "", text).lower()


def _privileges(choice: Choice, there: set[str], rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    held: dict[str, set[tuple[str, str, str]]] = {}
    for row in rows:
        if row["grantee"] != row["owner"]:
            held.setdefault(row["grantee"], set()).add((row["table"], row["column"], row["verb"]))
    for tier in choice.tiers:
        yield from _compared(choice.role(tier), held.pop(choice.role(tier), set()), _expected(PRIVILEGES[tier], there))
    for app in choice.apps:
        wanted = _expected(APPLICATION, there)
        yield from _compared(app, held.pop(app, set()) & wanted, wanted)
    audit = _expected(tuple(one for one in APPLICATION if one.table in AUDIT_TABLES), there)
    yield from _compared(choice.owner_role, held.pop(choice.owner_role, set()), audit)
    yield from _compared(choice.audit_role, held.pop(choice.audit_role, set()), set())
    ours = {choice.role(tier) for tier in Tier}
    for grantee, more in sorted(held.items()):
        if grantee not in ours:
            yield from _compared(grantee or "PUBLIC", more, set())


def _expected(privileges: Sequence[Privilege], there: set[str]) -> set[tuple[str, str, str]]:
    return {
        (one.table, column, one.verb) for one in privileges if one.table in there for column in (one.columns or ("",))
    }


def _compared(role: str, held: set[tuple[str, str, str]], wanted: set[tuple[str, str, str]]) -> Iterator[str]:
    for table, column, verb in sorted(held - wanted):
        yield f"{role} may {verb} {_of(table, column)}, which nobody granted here."
    for table, column, verb in sorted(wanted - held):
        yield f"{role} may not {verb} {_of(table, column)}."


def _of(table: str, column: str) -> str:
    return f"{table}.{column}" if column else table


def _places(choice: Choice, rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    tiers = {choice.role(tier) for tier in choice.tiers}
    for row in rows:
        who, what, verb = row["grantee"], row["place"], row["verb"]
        if not who:
            yield f"PUBLIC has {verb} on the {what}: every role of the server does."
        elif who in tiers and (what, verb) not in {("database", "CONNECT"), ("schema", "USAGE")}:
            yield f"{who} has {verb} on the {what}, which nobody granted here."


def _triggers(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    found = {(row["table"], row["name"]): row for row in rows}
    wanted = [(table, name, CALLED[name]) for table, name in TRIGGERS]
    for table, name, function in (*wanted, *_KEEPS):
        row = found.get((table, name))
        if row is None:
            yield f"The trigger {name} of {table} is not there."
        elif not row["fires"]:
            yield f"The trigger {name} of {table} is off."
        elif row["function"] != function:
            yield f"The trigger {name} of {table} runs {row['function']}."
        elif row["moments"] != _MOMENTS.get(name, 4) or not row["always"]:
            yield f"The trigger {name} of {table} fires at other moments now."


def _functions(choice: Choice, rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    found = {row["name"]: row for row in rows}
    tiers = {choice.role(tier) for tier in choice.tiers}
    made = _BODY.findall(statements(choice))
    for name in sorted(found.keys() - {name for name, *_ in made} - {*_OF_MIGRATIONS}):
        yield f"The function {name} is not one of ours, or not any more."
    for name, how, body in made:
        row = found.get(name)
        owner = choice.owner_role if name in (*SIGNATURES, *OF_THE_OWNER) else choice.audit_role
        if row is None:
            yield f"The function {name} is not there."
            continue
        if row["body"].split() != body.split():
            yield f"The function {name} does something else now."
        fixed = {"search_path=pg_catalog, pg_temp"} | ({"TimeZone=UTC"} if "SET timezone" in how else set())
        if row["as_owner"] != ("SECURITY DEFINER" in how) or {*row["settings"]} != fixed:
            yield f"The function {name} runs with other rights or other settings now."
        if row["owner"] != owner:
            yield f"The function {name} belongs to {row['owner']}, not to {owner}."
        may = {*row["callers"]} - {row["owner"], choice.owner_role}
        if name not in SIGNATURES and may:
            yield f"The function {name} may be called by {', '.join(sorted(who or 'PUBLIC' for who in may))}."
        elif name in SIGNATURES:
            for who in sorted(may - {choice.role(tier) for tier in Tier}):
                yield f"The function {name} may be called by {who or 'PUBLIC'}."
            for who in sorted(tiers - may):
                yield f"The function {name} may not be called by {who}."
