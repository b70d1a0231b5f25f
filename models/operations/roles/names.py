"""Names and descriptions of roles: what one may look like, and whether the name is free.

Two names are the same when they are so without case and width. The table compares them exactly, so an older or a
hand-made row can break every rule here: such a name is shown, and can be worked on; only a new name must be good.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from models import Role
from models.operations.plan import FieldError
from models.usernames import key

if TYPE_CHECKING:
    from tortoise.backends.base.client import BaseDBAsyncClient

NAME_LENGTH: Final = 50
"""Characters of a name: the width of `roles.name`."""

DESCRIPTION_LENGTH: Final = 255
"""Characters of a description: the width of `roles.description`."""

MOST_ROLES: Final = 500
"""Roles that there can be: every list of them is read whole."""

_KINDS: Final = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Mn", "Mc"})
_PUNCTUATION: Final = frozenset("._-+&/ ")


def clean_role_name(name: str) -> tuple[str, tuple[FieldError, ...]]:
    """Return the name as it is kept, single-spaced, and what is wrong with it."""
    clean = " ".join(unicodedata.normalize("NFKC", name).split())
    if not clean:
        return clean, (FieldError("name", "A role needs a name."),)
    if len(clean) > NAME_LENGTH:
        many = f"A name has at most {NAME_LENGTH} characters; this one has {len(clean)}."
        return clean, (FieldError("name", many),)
    for position, character in enumerate(clean, 1):
        if unicodedata.category(character) not in _KINDS and character not in _PUNCTUATION:
            which = f"U+{ord(character):04X} (position {position})"
            return clean, (FieldError("name", f"Letters, digits, spaces and . _ - + & / make a name, not {which}."),)
    if not any(character.isalpha() for character in clean):
        return clean, (FieldError("name", "A name needs a letter: digits alone are an id."),)
    return clean, ()


def clean_description(text: str) -> tuple[str, tuple[FieldError, ...]]:
    """Return the description as it is kept, on one line, and what is wrong with it."""
    clean = " ".join(unicodedata.normalize("NFC", text).split())
    if len(clean) > DESCRIPTION_LENGTH:
        many = f"A description has at most {DESCRIPTION_LENGTH} characters; this one has {len(clean)}."
        return clean, (FieldError("description", many),)
    for position, character in enumerate(clean, 1):
        if unicodedata.category(character)[0] == "C":
            unseen = f"A description cannot hold U+{ord(character):04X} (position {position}): it cannot be seen."
            return clean, (FieldError("description", unseen),)
    return clean, ()


async def name_taken(client: BaseDBAsyncClient, name: str, role_id: int) -> tuple[FieldError, ...]:
    """Return why the role `role_id` (0 for a new one) cannot have this name; one short read."""
    others = Role.all().exclude(id=role_id).using_db(client).limit(MOST_ROLES)
    names = [str(other) for other in await others.values_list("name", flat=True)]
    if key(name) in {key(other) for other in names}:
        return (FieldError("name", "There is a role of this name already. Choose another one."),)
    if not role_id and len(names) >= MOST_ROLES:
        return (FieldError("name", f"There are {MOST_ROLES} roles already. Delete one first."),)
    return ()
