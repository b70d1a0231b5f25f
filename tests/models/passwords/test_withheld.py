"""From the form of a stored hash and the right password comes the stored hash; from a wrong one another."""

import re

import pytest

from models.passwords import Verdict, hash_password, verdict_of
from models.passwords.hashing import hashing_policy
from models.passwords.stored import SCHEMES
from models.passwords.withheld import guesses

NFC, NFD = "caf\u00e9 in the harbour", "cafe\u0301 in the harbour"


def blotted(hashed: str) -> str:
    """As the database shows it under a tier."""
    if re.search(r"\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{53}$", hashed):
        return hashed[:-31] + "." * 31
    head, digest = hashed.rsplit("$", 1)
    return f"{head}${re.sub('[^=]', '.' if hashed.startswith('$bcrypt') else 'A', digest)}"


def tried(text: str, hashed: str) -> Verdict:
    found = guesses(text, blotted(hashed))
    assert isinstance(found, tuple), found
    made = [one.hashed for one in found]
    return verdict_of(found, made.index(hashed) + 1 if hashed in made else None)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_scheme_is_completed(scheme: str) -> None:
    quick = {"rounds": 4} if "bcrypt" in scheme else {"rounds": 1000} if "pbkdf2" in scheme else {}
    hashed = str(hashing_policy().handler(scheme).using(**quick).hash("a quiet harbour"))
    assert tried("a quiet harbour", hashed) is (Verdict.OK if scheme == "argon2" else Verdict.OK_REHASH)
    assert tried("another harbour", hashed) is Verdict.WRONG


def test_the_form_that_was_typed_is_tried_after_the_normal_one() -> None:
    assert tried(NFD, hash_password(NFC)) is Verdict.OK
    other = str(hashing_policy().hash(NFD))
    assert tried(NFD, other) is Verdict.OK_REHASH


def test_what_cannot_be_verified_is_no_guess() -> None:
    assert guesses("x" * 5000, None) is Verdict.REFUSED
    assert guesses("a quiet harbour", None) == ()
    assert guesses("a quiet harbour", "AAAA") is Verdict.UNUSABLE_HASH
    assert guesses("a\0b", blotted(str(hashing_policy().handler("bcrypt").using(rounds=4).hash("a")))) == ()
