"""What the service answers by itself: the errors of the standards, no hash, nothing that was sent."""

from __future__ import annotations

import os
import subprocess
import sys

import jwt
import pytest

from models.operations.service_session import NO_ENTRY
from tests.e2e.service.conftest import Beside
from tests.e2e.service.running import EXAMPLES, Service
from tests.models.operations.people import PASSWORD

HASH_MARKS = ("argon2", "hashed", "$2b$")


def test_sign_in_look_around_and_leave(beside: Beside) -> None:
    beside.add("alice", email="alice@example.com")
    service = beside.service
    answer = service.try_sign_in("alice", PASSWORD)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    body = answer.json()
    assert (body["token_type"], body["scope"]) == ("bearer", "full")
    assert 8 * 3600 - 120 < body["expires_in"] <= 8 * 3600
    token = body["access_token"]
    claims = jwt.decode(token, service.secret, ["HS256"])
    assert {"sub", "sid", "tv", "scope", "jti", "exp"} == set(claims)

    me = service.me(token)
    assert (me["user"]["username"], me["roles"], me["permissions"]) == ("alice", [], [])
    assert service.get(token, "/users").status_code == 403
    with service.client(token) as client:
        assert client.post("/logout").status_code == 204
        assert client.get("/me").status_code == 401
        assert client.post("/logout").status_code == 204
    assert PASSWORD not in "".join(service.log)
    assert token not in "".join(service.log)


def test_pages_of_users_follow_each_other_by_key_without_a_hash(beside: Beside) -> None:
    service, admin = beside.service, beside.people
    token = service.sign_in(admin.username, admin.password)
    seen: list[int] = []
    after: int | None = 0
    while after is not None:
        answer = service.get(token, f"/users?after={after}&limit=50")
        assert answer.status_code == 200, answer.text
        assert not any(mark in answer.text for mark in HASH_MARKS)
        seen += [row["id"] for row in answer.json()["users"]]
        after = answer.json()["next"]
    assert seen == sorted(set(seen))
    assert 100 < len(seen) <= 120
    one = service.get(token, f"/users/{seen[3]}")
    assert one.json()["id"] == seen[3]
    assert service.get(token, "/users/2000000000").status_code == 404
    assert not any(mark in service.get("", "/openapi.json").text for mark in HASH_MARKS)


def test_errors_are_those_of_the_standards_and_repeat_nothing(beside: Beside) -> None:
    service = beside.service
    beside.add("alice")
    beside.add("off", is_active=False)
    answers = [service.try_sign_in(*who) for who in (("alice", "wrong wrong"), ("nobody", PASSWORD), ("off", PASSWORD))]
    for answer in answers:
        assert answer.status_code == 400
        assert answer.json() == {"error": "invalid_grant", "error_description": NO_ENTRY}
    with service.client() as client:
        malformed = client.post("/token", data={"username": "alice", "password": "s3cret" * 3, "grant_type": "magic"})
        assert (malformed.status_code, malformed.json()["error"]) == (400, "invalid_request")
        assert "s3cret" not in malformed.text
        assert client.post("/token", content=b"\xff\x00{").status_code == 400
        nobody = client.get("/me")
        assert (nobody.status_code, nobody.headers["www-authenticate"]) == (401, "Bearer")

    token = service.sign_in("alice", PASSWORD)
    claims = jwt.decode(token, service.secret, ["HS256"])
    forged = [
        "garbage",
        token[:-2],
        jwt.encode(claims, "another secret, but of a decent length", "HS256"),
        jwt.encode(claims, "", "none"),
        jwt.encode({**claims, "exp": 1}, service.secret, "HS256"),
        jwt.encode({**claims, "jti": "guessed"}, service.secret, "HS256"),
        jwt.encode({**claims, "tv": 1}, service.secret, "HS256"),
    ]
    for made in forged:
        answer = service.get(made)
        assert answer.status_code == 401, made
        assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    with service.client(token) as client:
        answer = client.post("/change-password", json={"current": ["s3cret-thing"], "new": 5})
        assert (answer.status_code, "s3cret" in answer.text) == (422, False)
        assert client.get("/users/99999999999999999999").status_code in (403, 422)
    assert service.get(token).status_code == 200


def test_a_database_that_does_not_answer_is_said_without_its_words(beside: Beside) -> None:
    beside.add("alice")
    # The wrong end: a file that is no database, a server that is not there.
    url = (
        f"sqlite://{EXAMPLES}/service/README.md"
        if beside.people.url.startswith("sqlite")
        else "postgres://u@127.0.0.1:1/x"
    )
    with Service(url) as broken:
        answer = broken.try_sign_in("alice", PASSWORD)
        assert (answer.status_code, answer.json()) == (503, {"detail": "Try again in a moment."})
    log = "".join(broken.log)  # all of it, once the service is gone
    assert "database: " in log
    assert "Traceback" not in log


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SERVICE_JWT_SECRET", "", "at least 32 bytes"),
        ("SERVICE_JWT_SECRET", "short-but-told", "at least 32 bytes"),
        ("SERVICE_DATABASE_URL", "mysql://root:told@db/x", "must begin with"),
        ("SERVICE_DATABASE_URL", "", "must begin with"),
    ],
)
def test_it_does_not_start_without_its_settings(name: str, value: str, said: str) -> None:
    good = {"SERVICE_JWT_SECRET": "x" * 32, "SERVICE_DATABASE_URL": "sqlite:///tmp/none.sqlite3"}
    ended = subprocess.run(
        [sys.executable, "-c", "from service.app import create_app; create_app()"],
        env={**os.environ, "PYTHONPATH": f"{EXAMPLES}:{EXAMPLES.parent}", **good, name: value},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert said in ended.stderr
    assert "told" not in ended.stderr
    assert "Traceback" not in ended.stderr
