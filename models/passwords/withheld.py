"""Verifying where the database compares: what is known of a stored hash is its form, scheme, cost and salt, with the
digest blotted out (`shellback grants`). From a form and what was typed comes the hash that would be stored.

Nothing here asks a database. It costs what a verify costs, also where there is no form.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from models.passwords.hashing import Verdict, forms_of, is_old, spend_a_verify
from models.passwords.stored import BCRYPT_BYTES, parse

if TYPE_CHECKING:
    from collections.abc import Sequence

_PREFIXED: Final = {"django_argon2": ("argon2", "argon2"), "django_bcrypt": ("bcrypt", "bcrypt$")}
"""Handlers that only put something in front of another one: that one, and what stands in front."""

_DIGEST: Final = re.compile(r"\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{22}([./A-Za-z0-9]{31})$|([^$]*)$", re.ASCII)


class Guess(NamedTuple):
    """What is stored if the password is right, and whether it should be hashed anew then."""

    hashed: str
    is_old: bool


def guesses(text: str, form: str | None) -> tuple[Guess, ...] | Verdict:
    """Return what may be stored if `text` is the password: none where nothing can match, which costs as much. A verdict
    where that is known already: a text or a form that cannot be verified. Never raises."""
    made: list[Guess] = []
    found = parse(form) if form is not None else None
    for position, secret in enumerate(forms_of(text)):
        if secret is None:
            return Verdict.REFUSED
        cut = secret[:BCRYPT_BYTES] if found is not None and found.cuts else secret
        if form is None or found is None or (found.cuts and b"\0" in cut):
            spend_a_verify(secret)
            continue
        hashed = _completed(cut, form, found.scheme)
        if hashed is None:
            spend_a_verify(secret)
            return Verdict.UNUSABLE_HASH
        made.append(Guess(hashed, position > 0 or cut != secret or is_old(form, found.scheme)))
    return Verdict.UNUSABLE_HASH if form is not None and found is None else tuple(made)


def verdict_of(made: Sequence[Guess], position: int | None) -> Verdict:
    """Return what it means that the database found this one of them stored, counted from 1; None for none of them."""
    if position is None:
        return Verdict.WRONG
    return Verdict.OK_REHASH if made[position - 1].is_old else Verdict.OK


def _completed(secret: bytes, form: str, scheme: str) -> str | None:
    """The form with the digest of the secret; None where the library fails, whatever it raises."""
    base, front = _PREFIXED.get(scheme, (scheme, ""))
    try:
        whole = _hashed(base, secret, form.removeprefix(front))
    except Exception:  # noqa: BLE001 - its message can hold the form; it fails closed
        return None
    blotted, digest = _digest(form), _digest(whole)
    return form[: len(form) - len(blotted)] + digest if len(digest) == len(blotted) else None


def _hashed(scheme: str, secret: bytes, form: str) -> str:
    from passlib import hash as handlers  # 30 ms, as in `hashing`

    handler: Any = getattr(handlers, scheme)
    if scheme == "argon2":
        return str(handler.genhash(secret, form))
    # What `genhash` does, which libpass calls deprecated for every other handler and has nothing else for.
    made = handler.from_string(form)
    made.checksum = made._calc_checksum(secret)
    return str(made.to_string())


def _digest(hashed: str) -> str:
    match = _DIGEST.search(hashed)
    return (match[1] or match[2] or "") if match else ""
