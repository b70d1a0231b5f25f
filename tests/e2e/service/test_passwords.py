"""Passwords on both sides: temporary ones, old hashes, one-time links."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from passlib.hash import bcrypt, pbkdf2_sha256
from tortoise.transactions import in_transaction

from models import Account, LoginAttempt, OneTimeToken, User
from models.clock import database_now
from models.mfa_secrets import ENVIRONMENT, use_key_file, use_keys
from tests.e2e.service.conftest import Beside
from tests.e2e.service.running import Service
from tests.models.operations.mfa.phone import KEYS, Phone, enrolled
from tests.models.operations.people import PASSWORD

NEW = "a quite different sentence"
NEWER = "and yet another sentence"
KEY = "1: a key of the tests, long enough for one"


def change(beside: Beside, token: str, current: str, new: str) -> httpx.Response:
    with beside.service.client(token) as client:
        return client.post("/change-password", json={"current": current, "new": new})


def redeem(beside: Beside, token: str, new: str) -> httpx.Response:
    with beside.service.client() as client:
        return client.post("/reset", data={"token": token, "new": new})


def link_for(beside: Beside, username: str) -> str:
    """The token of a link that support made, to be opened at the service."""
    link = beside.shellback("users", "reset", username, "--method", "link", "--porcelain", "--yes").strip()
    place, _, token = link.partition("?token=")
    assert place == f"{beside.service.base}/reset"
    return token


@pytest.fixture
def linked(beside: Beside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Beside:
    """Shellback knows where the service redeems links."""
    (tmp_path / "config.toml").write_text(f'reset_url = "{beside.service.base}/reset?token={{token}}"\n')
    monkeypatch.setenv("SHELLBACK_CONFIG_DIR", str(tmp_path))
    return beside


def test_a_temporary_password_opens_only_its_own_change(beside: Beside) -> None:
    temporary = beside.shellback("users", "create", "alice", "--porcelain", "--yes").strip()
    service = beside.service
    answer = service.try_sign_in("alice", temporary)
    assert (answer.status_code, answer.json()["scope"]) == (200, "change_password")
    token = answer.json()["access_token"]
    for path in ("/me", "/users", "/users/1"):
        answer = service.get(token, path)
        assert answer.status_code == 403, path
        assert answer.headers["www-authenticate"] == 'Bearer error="insufficient_scope", scope="full"'

    weak = change(beside, token, temporary, "short")
    assert (weak.status_code, weak.json()["detail"]["error"]) == (422, "password_policy")
    assert weak.json()["detail"]["reasons"]
    wrong = change(beside, token, "not the temporary one", NEW)
    assert (wrong.status_code, wrong.json()["detail"]["error"]) == (422, "wrong_password")

    changed = change(beside, token, temporary, NEW)
    assert changed.status_code == 200, changed.text
    assert service.me(changed.json()["access_token"])["user"]["username"] == "alice"
    assert service.get(token).status_code == 401
    assert service.try_sign_in("alice", temporary).status_code == 400
    assert service.me(service.sign_in("alice", NEW))
    log = "".join(service.log)
    assert not any(secret in log for secret in (temporary, NEW, token))


def test_a_reset_ends_the_change_that_was_open(beside: Beside) -> None:
    temporary = beside.shellback("users", "create", "alice", "--porcelain", "--yes").strip()
    token = beside.service.sign_in("alice", temporary)
    again = beside.shellback("users", "reset", "alice", "--porcelain", "--yes").strip()
    assert change(beside, token, temporary, NEW).status_code == 401
    assert change(beside, token, again, NEW).status_code == 401
    assert beside.service.try_sign_in("alice", temporary).status_code == 400
    assert change(beside, beside.service.sign_in("alice", again), again, NEW).status_code == 200


def test_a_password_that_must_change_from_now_on_narrows_the_session(beside: Beside) -> None:
    beside.add("alice")
    token = beside.service.sign_in("alice", PASSWORD)
    beside.shellback("users", "edit", "alice", "--set", "must_change_password=yes", "--yes")
    assert beside.service.get(token).status_code == 403
    assert change(beside, token, PASSWORD, NEW).status_code == 200


@pytest.mark.parametrize("old", ["bcrypt", "pbkdf2"])
def test_an_old_hash_is_made_anew_at_the_service_and_an_edit_here_goes_on(beside: Beside, old: str) -> None:
    stored = (
        bcrypt.using(rounds=4).hash(PASSWORD) if old == "bcrypt" else pbkdf2_sha256.using(rounds=1000).hash(PASSWORD)
    )
    alice = beside.add("alice", hashed_password=stored)

    async def row() -> tuple[int, str]:
        user = await User.get(id=alice)
        return user.version, user.hashed_password

    version, _ = beside.within(row)
    with ThreadPoolExecutor(4) as pool:
        tokens = list(pool.map(lambda _: beside.service.sign_in("alice", PASSWORD), range(4)))
    assert all(beside.service.me(token) for token in tokens)
    after, hashed = beside.within(row)
    assert (after, hashed[:10]) == (version, "$argon2id$")
    beside.shellback("users", "edit", "alice", "--set", "full_name=Alice", "--if-version", str(version), "--yes")
    assert beside.service.me(tokens[0])["user"]["full_name"] == "Alice"


def test_a_link_is_redeemed_once_by_one_of_two(linked: Beside) -> None:
    beside = linked
    alice = beside.add("alice")
    service = beside.service
    session = service.sign_in("alice", PASSWORD)
    token = link_for(beside, "alice")

    with service.client() as client:
        page = client.get("/reset", params={"token": token})
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert f'value="{token}"' in page.text
        hostile = client.get("/reset", params={"token": '"><script>'})
        assert "<script>" not in hostile.text
    weak = redeem(beside, token, "short")
    assert weak.status_code == 422  # and the link goes on working
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda new: redeem(beside, token, new), (NEW, NEWER)))
    assert sorted(answer.status_code for answer in answers) == [200, 400]
    won = (NEW, NEWER)[[answer.status_code for answer in answers].index(200)]
    assert service.get(session).status_code == 401
    assert service.me(service.sign_in("alice", won))
    assert {service.try_sign_in("alice", other).status_code for other in (NEW, NEWER, PASSWORD) if other != won} == {
        400
    }
    assert redeem(beside, token, "a third sentence altogether").status_code == 400
    assert token not in "".join(service.log)

    async def used() -> int:
        return await OneTimeToken.filter(user_id=alice).exclude(used_at=None).count()

    assert beside.within(used) == 1


def test_links_that_do_not_work_are_one_answer(linked: Beside) -> None:
    beside = linked
    for name in ("expired", "superseded", "voided", "off"):
        beside.add(name)
    tokens = {name: link_for(beside, name) for name in ("expired", "superseded", "voided", "off")}
    link_for(beside, "superseded")
    beside.shellback("users", "reset", "voided", "--porcelain", "--yes")
    beside.shellback("users", "deactivate", "off", "--yes")

    async def expire() -> None:
        async with in_transaction() as client:
            user = await User.get(username="expired", using_db=client)
            now = await database_now(client)
            assert await OneTimeToken.filter(user_id=user.id).using_db(client).update(expires_at=now)

    beside.within(expire)
    answers = [redeem(beside, token, NEW) for token in (*tokens.values(), "made-up", "", "x" * 5000)]
    assert {answer.status_code for answer in answers} <= {400, 422}
    assert {answer.text for answer in answers if answer.status_code == 400} == {answers[0].text}
    for name in tokens:
        assert beside.service.try_sign_in(name, NEW).status_code == 400


def test_the_code_of_an_authenticator_is_asked_for_there_too(beside: Beside) -> None:
    alice = beside.add("alice")

    async def enrol() -> Phone:
        use_keys(KEYS)
        try:
            return await enrolled(await Account.get(id=alice))
        finally:
            use_key_file(None)

    phone = beside.within(enrol)
    code = beside.within(phone.code)
    assert beside.service.try_sign_in("alice", PASSWORD, code=code).status_code == 400  # it does not have the key
    with Service(beside.people.url, environment={ENVIRONMENT: KEY}) as service:
        asked = service.try_sign_in("alice", PASSWORD)
        assert (asked.status_code, asked.json()["error"]) == (400, "mfa_required")
        mistyped = service.try_sign_in("alice", "not the password", code=code)
        assert (mistyped.status_code, mistyped.json()["error"]) == (400, "invalid_grant")
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda _: service.try_sign_in("alice", PASSWORD, code=code), range(2)))
        assert sorted(answer.status_code for answer in answers) == [200, 400]
    fresh = beside.shellback("users", "reset", "alice", "--reset-mfa", "--porcelain", "--yes").strip()
    assert beside.service.try_sign_in("alice", fresh).status_code == 200


def test_everybody_at_once(beside: Beside) -> None:
    """Ten sign in at the same moment while Shellback edits each of them: nobody waits in vain, no edit is lost."""
    names = [f"person{number}" for number in range(10)]
    ids = [beside.add(name) for name in names]

    def edit(user_id: int) -> int:
        return beside.try_shellback("users", "edit", str(user_id), "--set", "full_name=Edited", "--yes").returncode

    with ThreadPoolExecutor(13) as pool:
        entered = [pool.submit(beside.service.try_sign_in, name, PASSWORD) for name in names]
        edited = [pool.submit(edit, user_id) for user_id in ids[:3]]
        assert [one.result().status_code for one in entered] == [200] * 10
        assert [one.result() for one in edited] == [0] * 3
    tokens = [one.result().json()["access_token"] for one in entered]
    assert [beside.service.me(token)["user"]["full_name"] for token in tokens[:3]] == ["Edited"] * 3

    async def noted() -> int:
        return await LoginAttempt.filter(user_id__in=ids, outcome="ok").count()

    assert beside.within(noted) == 10
