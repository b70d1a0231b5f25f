"""Names of saved views: what one may look like, and whether it is free.

A person has no two views of the same name, nor has everybody: shared names are unique among the shared ones, and those
of the built-in views are nobody's. Names are the same when they are so without case and width.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from models import SavedView
from models.operations.plan import FieldError
from models.usernames import key
from models.view import BUILT_IN_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tortoise.backends.base.client import BaseDBAsyncClient

NAME_LENGTH: Final = 100
"""Characters of a name: the width of `saved_views.name`."""

OWN_LIMIT: Final = 200
"""Views that a person can have."""

SHARED_LIMIT: Final = 500
"""Views that can be shared, by everybody together: the list of them is read whole."""


def clean_name(name: str) -> tuple[str, tuple[FieldError, ...]]:
    """Return the name as it is kept, single-spaced, and what is wrong with it."""
    clean = " ".join(unicodedata.normalize("NFC", name).split())
    if not clean:
        return clean, (FieldError("name", "A view needs a name."),)
    if len(clean) > NAME_LENGTH:
        many = f"A name has at most {NAME_LENGTH} characters; this one has {len(clean)}."
        return clean, (FieldError("name", many),)
    for position, character in enumerate(clean, 1):
        if unicodedata.category(character)[0] == "C":
            unseen = f"A name cannot hold U+{ord(character):04X} (position {position}): it cannot be seen."
            return clean, (FieldError("name", unseen),)
    if key(clean) in {key(taken) for taken in BUILT_IN_NAMES}:
        return clean, (FieldError("name", "A built-in view has this name. Choose another one."),)
    return clean, ()


async def clash(
    client: BaseDBAsyncClient, owner_id: int, values: Mapping[str, object], view_id: int
) -> tuple[FieldError, ...]:
    """Return why a view (`view_id`, 0 for a new one) cannot have this `name` or cannot be shared: two short reads."""
    wanted = key(str(values["name"]))
    own = SavedView.filter(owner_id=owner_id).exclude(id=view_id).using_db(client).limit(OWN_LIMIT)
    names = [key(str(name)) for name in await own.values_list("name", flat=True)]
    if wanted in names:
        return (FieldError("name", "There is a view of this name already. Choose another one."),)
    if not view_id and len(names) >= OWN_LIMIT:
        return (FieldError("name", f"You have {OWN_LIMIT} views already. Delete one first."),)
    if values["is_shared"]:
        shared = SavedView.filter(is_shared=True).exclude(id=view_id).using_db(client).limit(SHARED_LIMIT)
        names = [key(str(name)) for name in await shared.values_list("name", flat=True)]
        if wanted in names:
            return (FieldError("name", "A shared view has this name already. Choose another one."),)
        if len(names) >= SHARED_LIMIT:
            return (FieldError("name", f"There are {SHARED_LIMIT} shared views already. Unshare one first."),)
    return ()
