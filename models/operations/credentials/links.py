"""One-time links: a random token given out once, of which only the SHA-256 is stored.

A link works for 30 minutes and once. A newer one voids the older ones, and so does any change of the password, whoever
makes it: the link remembers what the stored hash was. What happens when one is used is in `redeem`.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from models import OneTimeToken
from models.engines.errors import PermissionRefused
from models.operations.plan import Secret
from models.operations.sign_in.session import hash_token
from models.operations.sign_in.stored_secrets import stored_fingerprint

if TYPE_CHECKING:
    from datetime import datetime

    from models.operations.context import WriteContext
    from models.operations.plan import Actor

LINK_FOR: Final = timedelta(minutes=30)
TOKEN_BYTES: Final = 32
RESET: Final = "reset"
"""The `purpose` of a link that sets a password."""

PLACE: Final = "{token}"
"""Where the token stands in a template such as `https://app.example/reset?token={token}`."""


def new_token() -> Secret:
    """Return 32 random bytes as 43 characters that need no quoting in a URL."""
    return Secret(secrets.token_urlsafe(TOKEN_BYTES))


def link_of(token: Secret, template: str) -> Secret:
    """Return the URL that the person opens; the bare token where there is no template.

    Raises ValueError unless the template has exactly one `{token}`: a link without it would be sent and never work.
    """
    if not template:
        return token
    if template.count(PLACE) != 1:
        raise ValueError("a template of a link has exactly one {token}")
    return Secret(template.replace(PLACE, token.reveal()))


async def issue_link(context: WriteContext, actor: Actor, user_id: int, token: Secret) -> datetime:
    """Store the token's hash in the caller's transaction; return when the link ends.

    It works for the password as it is stored now. The older links must have been voided before. Raises
    `PermissionRefused` where the database shows nothing of that password to its role.
    """
    now = context.scene.now
    marked = await stored_fingerprint(context.connection, user_id)
    if marked is None:
        raise PermissionRefused("The database does not let its role make a link for this account.")
    await OneTimeToken.create(
        using_db=context.connection,
        user_id=user_id,
        purpose=RESET,
        token_hash=hash_token(token),
        created_by_id=actor.user_id,
        created_at=now,
        expires_at=now + LINK_FOR,
        password_fingerprint=marked,
    )
    return now + LINK_FOR
