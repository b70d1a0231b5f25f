"""From a launch to an open database and what stands before it (who is signed in, what is pending), and back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Final

from tui.screens.areas import AREAS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.database import Database, Identity
    from tui.launch import Launch, Opening, Report
    from tui.person import Person


CLOSE_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Found:
    """An open database of ours. Without `person` somebody has to sign in; `is_new` comes before that."""

    opening: Opening
    identity: Identity
    has_superuser: bool
    person: Person | None = None

    @property
    def is_new(self) -> bool:
        """Whether the schema is not current, or nobody could sign in."""
        return bool(self.identity.pending) or not self.has_superuser


async def open_and_look(launch: Launch, report: Report) -> Found:
    """Opens the database and looks at it, importing the database stack in a thread first.

    Raises what opening raises, and `OpenError` for a database that is not ours or newer than this program; nothing
    stays open then.
    """
    problem = await asyncio.to_thread(_import_stack)
    if problem is not None:
        from tui.database import OpenError

        raise OpenError(problem)
    # The server's answers are waited for anyway: meanwhile the screen that nearly everybody sees first is imported.
    ahead = asyncio.create_task(asyncio.to_thread(AREAS[0].load))
    try:
        opening = await launch.opener(report)
        try:
            return await _look(opening)
        except BaseException:
            await opening.database.close()
            raise
    finally:
        await asyncio.wait([ahead])


def _import_stack() -> str | None:
    """Some 150 ms of imports that the first paint does not wait for; what is wrong with the password library."""
    import_module("models.operations")
    import_module("tui.database")
    problem: str | None = import_module("models.passwords").library_problem()
    return problem


async def _look(opening: Opening) -> Found:
    from models.operations import SignedIn, superuser_exists
    from tui.database import Kind, OpenError, identify
    from tui.person import person_of
    from tui.screens.start.signing import resume_session

    database = opening.database
    identity = await identify(database)
    if identity.kind is Kind.FOREIGN:
        raise OpenError(f"{database.label} holds tables of another application. Nothing was touched. Check the URL.")
    if identity.ahead:
        raise OpenError(
            f"{database.label} is newer than this Shellback (it has {identity.ahead[-1]}). Update Shellback first."
        )
    if identity.pending:
        if database.read_only:
            raise OpenError(
                f"{database.label} needs {len(identity.pending)} migrations and is open read-only. "
                "Open it once with an account that may change it."
            )
        return Found(opening, identity, has_superuser=False)
    if not await superuser_exists():
        return Found(opening, identity, has_superuser=False)
    person = None
    if opening.token:
        answer = await resume_session(opening.token)
        if isinstance(answer, SignedIn) and not answer.must_change_password:
            # Without its token: leaving the interface does not end a session that `shellback login` keeps.
            person = person_of(answer)
    return Found(opening, identity, has_superuser=True, person=person)


async def close_and_sign_out(
    database: Database, person: Person | None, trouble: Callable[[BaseException], object]
) -> None:
    """Ends the session of this interface and closes the database: a server that stands still does not keep anybody."""
    from tui.screens.start.signing import end_session

    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            if person is not None:
                await end_session(person)
    except Exception as error:  # noqa: BLE001 - the session ends by itself after 8 h
        trouble(error)
    finally:
        await database.close()
