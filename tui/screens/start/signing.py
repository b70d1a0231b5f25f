"""The steps of signing in that have no screen: verify, resume, end, change an own password. All raise DatabaseError.

Imports the operations only when called: these screens exist before the database stack does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.operations import Outcome, Plan, Secret, SignedIn, SignInRefused
    from tui.person import Person


async def enter(username: str, password: Secret, code: Secret | None = None) -> SignedIn | SignInRefused:
    """Verifies a password, and the code where one is asked for, and opens a session, with what this machine claims
    about the person."""
    from models.operations import claims_of_process, sign_in

    return await sign_in(username, password, code=code, claims=claims_of_process())


async def resume_session(token: str) -> SignedIn | SignInRefused:
    """Who holds this token."""
    from models.operations import Secret, claims_of_process, resume

    return await resume(Secret(token), claims=claims_of_process())


async def enter_again(
    person: Person, password: Secret, code: Secret | None = None, *, is_demo: bool = False
) -> SignedIn | SignInRefused:
    """Verifies the password of whoever locked the screen; the session before the lock ends. In a demo, whose password
    nobody chose, it is not asked for again."""
    from models.operations import SignedIn

    answer = await enter(person.username, password, code)
    if isinstance(answer, SignedIn):
        await end_session(person)
        if is_demo:
            from models.operations.sign_in.step_up import prove_for_life

            await prove_for_life(answer.session_id)
    return answer


async def end_session(person: Person) -> None:
    """Ends the session of this interface."""
    from models.operations import claims_of_process, sign_out

    if person.token is not None:
        await sign_out(person.token, claims=claims_of_process())


async def change_own_password(person: Person, current: Secret, new: Secret) -> Plan | Outcome:
    """Plans and applies; the plan comes back when the new password is not taken, with its field errors."""
    from models.operations import apply, plan_change_own_password

    plan = await plan_change_own_password(person.actor, current, new, keep_session=person.session_id)
    return await apply(plan) if plan.is_allowed else plan


async def check_password_change(outcome: Outcome) -> Plan | Outcome:
    """Asks what became of a change that nobody knows of."""
    from models.operations import check_again

    return await check_again(outcome)
