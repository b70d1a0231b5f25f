"""Whether the commands may work here: on a database that is ours and of this program's version, with a password library
that verifies rightly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.cli.exits import Exit
from tui.cli.failure import Failure
from tui.database import Kind, identify

if TYPE_CHECKING:
    from tui.database import Database, Identity


def check_passwords() -> None:
    """Raises `Failure` when the password library that is installed would verify wrongly, with what to install."""
    from models.passwords import library_problem

    problem = library_problem()
    if problem is not None:
        raise Failure(problem, Exit.FAILED, kind="installation")


async def check_fit(database: Database) -> None:
    """Raises `Failure` (unavailable) with what is there instead and what to do."""
    trouble = _trouble(database.label, await identify(database))
    if trouble is not None:
        kind, sentence = trouble
        raise Failure(sentence, Exit.UNAVAILABLE, kind=kind)


def _trouble(label: str, found: Identity) -> tuple[str, str] | None:
    if found.kind is Kind.FOREIGN:
        return "foreign", f"{label} holds tables of another application. Nothing was touched. Check the URL."
    if found.ahead:
        return "ahead", f"{label} is newer than this Shellback (it has {found.ahead[-1]}). Update Shellback first."
    if found.kind is Kind.EMPTY:
        return "empty", f"{label} is empty. Create the schema and the first superuser: shellback init"
    if found.pending:
        count = len(found.pending)
        return "pending", f"{label} needs {count} migration{'s' * (count > 1)} first: shellback migrate apply"
    return None
