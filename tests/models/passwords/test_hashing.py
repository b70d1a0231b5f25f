"""Hashing and verifying. The policy costs 130 ms a hash and there is no weaker one, so hashes are few here."""

from __future__ import annotations

import base64
import hashlib
import re

import bcrypt
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from passlib.hash import (
    argon2,
    bcrypt_sha256,
    django_argon2,
    django_bcrypt,
    django_bcrypt_sha256,
    django_pbkdf2_sha1,
    django_pbkdf2_sha256,
    pbkdf2_sha256,
)
from passlib.hash import bcrypt as passlib_bcrypt

from models.passwords import Verdict, hash_password, unusable_hash, verify
from models.passwords.stored import parse

PASSWORD = "a quiet gravel harbour"
# With salts of their own, so that the cases have the same names in every process that runs a share of them.
CHEAP_ARGON2 = argon2.using(type="ID", memory_cost=64, rounds=1, parallelism=1, salt=b"sixteen bytes of").hash(PASSWORD)
CHEAP_BCRYPT = passlib_bcrypt.using(rounds=4, salt="abcdefghijklmnopqrstuu").hash(PASSWORD)


@pytest.fixture(scope="module")
def hashed() -> str:
    return hash_password(PASSWORD)


def test_a_hash_is_argon2id_at_the_policy_and_fits_the_column(hashed: str) -> None:
    assert re.fullmatch(r"\$argon2id\$v=19\$m=65536,t=3,p=4\$[\w+/]{22}\$[\w+/]{43}", hashed)
    assert len(hashed) == 97


def test_the_right_password_is_ok_and_another_is_wrong(hashed: str) -> None:
    assert verify(PASSWORD, hashed) is Verdict.OK
    assert verify(PASSWORD + "s", hashed) is Verdict.WRONG
    assert verify("", hashed) is Verdict.WRONG


def test_every_character_counts_and_forms_of_one_text_are_one_password() -> None:
    stored = hash_password("caf\u00e9 " * 30 + "1")
    assert verify("cafe\u0301 " * 30 + "1", stored) is Verdict.OK
    assert verify("caf\u00e9 " * 30 + "2", stored) is Verdict.WRONG


@pytest.mark.parametrize(
    "stored",
    [
        CHEAP_ARGON2,
        CHEAP_BCRYPT,
        bcrypt_sha256.using(rounds=4).hash(PASSWORD),
        pbkdf2_sha256.using(rounds=10).hash(PASSWORD),
        django_argon2.using(memory_cost=64, rounds=1, parallelism=1).hash(PASSWORD),
        django_bcrypt.using(rounds=4).hash(PASSWORD),
        django_bcrypt_sha256.using(rounds=4).hash(PASSWORD),
        django_pbkdf2_sha256.using(rounds=10).hash(PASSWORD),
        django_pbkdf2_sha1.using(rounds=10).hash(PASSWORD),
    ],
    ids=[
        "argon2id",
        "bcrypt",
        "bcrypt_sha256",
        "pbkdf2_sha256",
        "django argon2",
        "django bcrypt",
        "django bcrypt_sha256",
        "django pbkdf2_sha256",
        "django pbkdf2_sha1",
    ],
)
def test_hashes_of_other_policies_verify_and_are_to_be_hashed_again(stored: str) -> None:
    assert verify(PASSWORD, stored) is Verdict.OK_REHASH
    assert verify(PASSWORD + "s", stored) is Verdict.WRONG
    assert verify("\0" + PASSWORD, stored) is Verdict.WRONG


def test_a_hash_made_by_another_programs_library_verifies() -> None:
    assert verify(PASSWORD, bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()) is Verdict.OK_REHASH
    salt = "seasaltseasalt"
    digest = base64.b64encode(hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), salt.encode(), 7)).decode()
    assert verify(PASSWORD, f"pbkdf2_sha256$7${salt}${digest}") is Verdict.OK_REHASH


@pytest.mark.parametrize("long", ["x" * 100, "\u00e9" * 50, "x" * 71 + "\u00e9"])
def test_bcrypt_of_a_longer_password_is_cut_at_72_bytes_as_it_was_made(long: str) -> None:
    stored = bcrypt.hashpw(long.encode()[:72], bcrypt.gensalt(4)).decode()
    assert verify(long, stored) is Verdict.OK_REHASH
    assert verify("y" + long, stored) is Verdict.WRONG


def test_a_nul_does_not_match_the_bcrypt_hash_of_what_stands_before_it() -> None:
    empty = bcrypt.hashpw(b"", bcrypt.gensalt(4)).decode()
    assert verify("\0" + PASSWORD, empty) is Verdict.WRONG


def test_a_hash_of_the_text_as_typed_verifies_and_is_to_be_hashed_again() -> None:
    typed = "cafe\u0301 au lait, please"
    assert verify(typed, passlib_bcrypt.using(rounds=4).hash(typed)) is Verdict.OK_REHASH


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "!",
        "!" + CHEAP_BCRYPT,
        "plain text",
        PASSWORD,
        CHEAP_ARGON2[:-23],
        CHEAP_BCRYPT[:-1],
        CHEAP_ARGON2 + "\n",
        CHEAP_ARGON2.replace("m=64", "m=1048577"),
        CHEAP_ARGON2.replace("t=1", "t=4294967295"),
        CHEAP_ARGON2.replace("m=64,t=1", "m=1048576,t=5"),
        CHEAP_ARGON2.replace("p=1", "p=255"),
        CHEAP_ARGON2.replace("m=64", "m=7"),
        CHEAP_ARGON2.replace("argon2id", "argon2x"),
        CHEAP_BCRYPT.replace("$04$", "$16$"),
        CHEAP_BCRYPT.replace("$04$", "$03$"),
        pbkdf2_sha256.using(rounds=10, salt=b"sixteen bytes of").hash(PASSWORD).replace("$10$", "$5000001$"),
        "$1$etNnh7FA$OlM7eljE/B7F1J4XYNnk81",
        "\ud800",
        "x" * 100_000,
    ],
    ids=lambda stored: repr(stored[:30]),
)
def test_what_is_no_sane_hash_is_unusable_and_never_reaches_the_library(stored: str) -> None:
    assert parse(stored) is None
    assert verify(PASSWORD, stored) is Verdict.UNUSABLE_HASH


@pytest.mark.parametrize("text", ["x" * 4097, "\u00e9" * 2049, "lone \ud800 surrogate"])
def test_text_that_cannot_be_a_password_is_refused_whatever_is_stored(text: str, hashed: str) -> None:
    assert {verify(text, stored) for stored in (hashed, CHEAP_BCRYPT, "!", None)} == {Verdict.REFUSED}
    with pytest.raises(ValueError, match="at most 4096 bytes"):
        hash_password(text)


def test_an_unusable_hash_is_understood_by_every_verifier_and_matched_by_nothing() -> None:
    stored = unusable_hash()
    assert verify(PASSWORD, stored) is Verdict.WRONG
    assert verify("", stored) is Verdict.WRONG
    assert parse(stored) is not None


def test_an_unknown_account_costs_one_verify_at_the_policy(monkeypatch: pytest.MonkeyPatch, hashed: str) -> None:
    calls: list[str] = []
    library = argon2.verify

    def counted(secret: bytes, stored: str) -> bool:
        calls.append(stored.split("$")[3])
        return bool(library(secret, stored))

    monkeypatch.setattr(argon2, "verify", counted)
    verdicts = [verify(PASSWORD + "s", stored) for stored in (hashed, None, "!")]
    assert verdicts == [Verdict.WRONG, Verdict.WRONG, Verdict.UNUSABLE_HASH]
    assert calls == ["m=65536,t=3,p=4"] * 3


# Mutations of cheap hashes, so that thousands of characters are tried without thousands of slow verifies: text that is
# no hash at all costs a full verify each, hence few examples there.
@st.composite
def _mutated(draw: st.DrawFn) -> str:
    base = draw(st.sampled_from([CHEAP_ARGON2, CHEAP_BCRYPT, "bcrypt$" + CHEAP_BCRYPT]))
    at = draw(st.integers(len(base) - 60, len(base) - 1))
    changed: str = base[:at] + draw(st.sampled_from("$./+=AZaz09")) + base[at + 1 :]
    return changed


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(), _mutated())
@example("\0", CHEAP_BCRYPT)
@example("x" * 5000, CHEAP_ARGON2)
def test_verify_never_raises_for_a_damaged_hash(text: str, stored: str) -> None:
    assert not verify(text, stored).matches


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(), st.text())
def test_verify_never_raises_for_any_text_and_any_stored_text(text: str, stored: str) -> None:
    assert verify(text, stored) in {Verdict.UNUSABLE_HASH, Verdict.REFUSED}


@given(st.text(st.characters(codec=None), max_size=200))
def test_parsing_any_text_finds_no_hash_in_it(stored: str) -> None:
    assert parse(stored) is None
