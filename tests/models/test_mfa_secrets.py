"""The key of authenticators and what it seals: read back by the right key for the right user, or not at all."""

from __future__ import annotations

import json
import os
import pickle
import stat
from pathlib import Path

import pytest

from models.mfa_secrets import (
    LARGEST_FILE,
    MfaKeyError,
    MfaKeys,
    Unreadable,
    add_key,
    mfa_keys,
    parse_keys,
    read_key_file,
    use_key_file,
    use_keys,
)

KEY = "a key of the tests, long enough for one"
OTHER = "another key of the tests, as long as it"
SECRET = b"canary-secret-bytes!"


@pytest.fixture(autouse=True)
def _nothing_set() -> None:
    use_key_file(None)


def key_file(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


def test_what_is_sealed_is_opened_by_the_same_key_for_the_same_user() -> None:
    keys = MfaKeys({"1": KEY})
    stored = keys.seal(SECRET, 7)
    opened = keys.open(stored, 7)
    assert (opened.secret, opened.is_old) == (SECRET, False)
    assert keys.opens(stored, 7)
    assert SECRET not in stored
    assert keys.seal(SECRET, 7) != stored  # salted: equal secrets cannot be told
    assert len(stored) < 400


def test_an_older_key_opens_and_says_that_it_is_old() -> None:
    stored = MfaKeys({"1": KEY}).seal(SECRET, 7)
    opened = MfaKeys({"1": KEY, "2": OTHER}).open(stored, 7)
    assert (opened.secret, opened.is_old) == (SECRET, True)


@pytest.mark.parametrize("keys", [{"1": OTHER}, {"2": KEY}, {"2": OTHER}])
def test_a_wrong_key_opens_nothing(keys: dict[str, str]) -> None:
    stored = MfaKeys({"1": KEY}).seal(SECRET, 7)
    assert not MfaKeys(keys).opens(stored, 7)
    with pytest.raises(Unreadable):
        MfaKeys(keys).open(stored, 7)


def test_another_users_is_not_opened() -> None:
    keys = MfaKeys({"1": KEY})
    with pytest.raises(Unreadable):
        keys.open(keys.seal(SECRET, 7), 8)


def tampered() -> list[bytes]:
    stored = MfaKeys({"1": KEY}).seal(SECRET, 7)
    body = json.loads(stored)
    costly = {**body, "key": {**body["key"], "c": 60}}
    seals: tuple[object, ...] = (None, 1, [], "", "é")
    parts: tuple[object, ...] = (None, 1, [], "t", {}, {"t": []}, {"t": "1"})
    odd = [*({**body, "seal": value} for value in seals), *({**body, "key": value} for value in parts)]
    odd += [{**body, "format": "x"}, {}, costly]
    cut = [stored[:length] for length in (0, 1, 10, len(stored) // 2, len(stored) - 1)]
    raw = [b"\x00", b"\xff" * 40, b"null", b"[]", b"[" * 5000, b"9" * 5000, b'{"a":' * 3000, bytes(10_000_000)]
    return [*cut, *raw, *(json.dumps(value).encode() for value in odd), stored.replace(b'"k":"', b'"k":"A')]


@pytest.mark.parametrize("number", range(len(tampered())))
def test_whatever_else_is_stored_is_unreadable_and_costs_nothing(number: int) -> None:
    stored = tampered()[number]
    keys = MfaKeys({"1": KEY})
    assert not keys.opens(stored, 7)
    with pytest.raises(Unreadable):
        keys.open(stored, 7)


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        (KEY, ("1",)),
        (f"  {KEY}  \r\n", ("1",)),
        (f"# made by hand\n\n{KEY}\n", ("1",)),
        (f"old: {KEY}\nnew: {OTHER}\n", ("old", "new")),
        (f"2026-01: {KEY}", ("2026-01",)),
    ],
)
def test_a_key_alone_or_lines_with_tags(text: str, tags: tuple[str, ...]) -> None:
    assert parse_keys(text).tags == tags


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("\n# nothing\n", "is empty"),
        ("too short", "shorter than 32"),
        (f"1: {KEY}\n2: short", "shorter than 32"),
        (f"1: {KEY}\n1: {OTHER}", "Line 2"),
        (f"{KEY}\n{OTHER}", "Line 1"),
        (f"A TAG: {KEY}", "tag"),
    ],
)
def test_a_bad_key_is_a_sentence_that_quotes_nothing_of_it(text: str, said: str) -> None:
    with pytest.raises(MfaKeyError) as caught:
        parse_keys(text)
    assert said in caught.value.sentence
    for key in (KEY, OTHER, "too short"):
        assert key not in caught.value.sentence


def test_the_file_goes_before_the_environment_and_is_read_anew_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(MfaKeyError, match="SHELLBACK_MFA_KEY"):
        mfa_keys()
    monkeypatch.setenv("SHELLBACK_MFA_KEY", f"env: {KEY}")
    assert mfa_keys().tags == ("env",)
    use_key_file(key_file(tmp_path / "key", f"one: {KEY}"))
    assert mfa_keys().tags == ("one",)
    key_file(tmp_path / "key", f"two: {KEY}")
    assert mfa_keys().tags == ("two",)
    use_key_file(tmp_path / "gone")  # named and not there: not quietly another one
    with pytest.raises(MfaKeyError, match="is not there"):
        mfa_keys()
    use_keys(MfaKeys({"held": KEY}))
    assert mfa_keys().tags == ("held",)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = key_file(tmp_path / "key", KEY, mode)
    with pytest.raises(MfaKeyError, match="chmod 600"):
        read_key_file(path)


def test_what_is_no_key_file_is_a_sentence(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    (tmp_path / "large").write_bytes(b"x" * (LARGEST_FILE + 1))
    (tmp_path / "binary").write_bytes(b"\xff\xfe" * 40)
    for name in ("large", "binary"):
        (tmp_path / name).chmod(0o600)
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "large", tmp_path / "binary", Path("a\x00b")):
        with pytest.raises(MfaKeyError):
            read_key_file(path)


def test_a_new_key_is_added_below_those_that_are_there(tmp_path: Path) -> None:
    path = tmp_path / "key"
    assert add_key(path) == "1"
    first = read_key_file(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert add_key(path) == "2"
    stored = first.seal(SECRET, 7)
    assert read_key_file(path).open(stored, 7).is_old
    bare = key_file(tmp_path / "bare", KEY)
    sealed = read_key_file(bare).seal(SECRET, 7)
    assert add_key(bare) == "2"
    assert read_key_file(bare).open(sealed, 7).secret == SECRET


def test_neither_the_keys_nor_what_they_open_show_themselves() -> None:
    keys = MfaKeys({"1": KEY})
    opened = keys.open(keys.seal(SECRET, 7), 7)
    for shown in (repr(keys), str(keys), repr(opened), str(opened), f"{keys} {opened}"):
        assert KEY not in shown
        assert "canary" not in shown
    with pytest.raises(TypeError):
        pickle.dumps(keys)
