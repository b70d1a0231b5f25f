"""Whether somebody who is signed in may apply migrations now. Headless it is the operating system that decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.operations import Actor, Refusal


async def apply_refusals(actor: Actor) -> tuple[Refusal, ...]:
    """Return what stands against it: the account, the permission, then the password that was not given again. Nothing
    for an actor without a session. Raises `DatabaseError`."""
    if actor.session_id is None:
        return ()
    from models.operations.context import load_scene
    from models.operations.guards import actor_may, proven
    from models.operations.sign_in.proofs import StepUpClass
    from models.operations.transactions import connection
    from models.permissions import Codename

    scene = await load_scene(connection(), actor, None, lock=False)
    return tuple(actor_may(scene, Codename.MIGRATIONS_APPLY)) or tuple(proven(scene, StepUpClass.MIGRATIONS))
