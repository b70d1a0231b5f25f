"""Codes and steps: the vectors of the standard, drift, and what is no code."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from models.totp import enrolment_uri, new_secret, step_of, typed_secret

SECRET = b"12345678901234567890"
"""Of RFC 6238, appendix B; its codes have eight digits, ours are the last six of them."""


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_the_vectors_of_the_standard(seconds: int, code: str) -> None:
    now = datetime.fromtimestamp(seconds, UTC)
    assert step_of(SECRET, code, now) == seconds // 30
    assert step_of(SECRET, f"{code[:3]} {code[3:]}", now) == seconds // 30
    assert step_of(SECRET, f"{code[:3]}-{code[3:]}", now) == seconds // 30


@pytest.mark.parametrize(("away", "taken"), [(-61, False), (-30, True), (0, True), (30, True), (61, False)])
def test_one_step_of_drift_is_taken(away: int, taken: bool) -> None:
    now = datetime.fromtimestamp(1111111110 + away, UTC)  # 1111111110 begins a step
    assert (step_of(SECRET, "050471", now) == 1111111110 // 30) is taken


@pytest.mark.parametrize("seconds", [0, 1, 29, -1, -10_000])
def test_a_clock_at_the_beginning_of_time_is_no_error(seconds: int) -> None:
    assert step_of(SECRET, "000000", datetime.fromtimestamp(seconds, UTC)) is None


def test_the_text_for_the_app_holds_the_name_and_the_secret() -> None:
    uri = enrolment_uri(SECRET, "maria")
    assert uri == "otpauth://totp/Shellback:maria?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Shellback"
    assert typed_secret(uri) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"


@pytest.mark.parametrize("name", ["a:b", "", "   ", ":", "жук", "\ud800", "x" * 10_000, "a/b?secret=AAAA&c", "\x00\n"])
def test_whatever_somebody_is_called_the_secret_is_read_back(name: str) -> None:
    uri = enrolment_uri(SECRET, name, name)
    assert typed_secret(uri) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
    assert len(uri) < 1000


def test_every_secret_is_another_one() -> None:
    assert len({new_secret() for _ in range(100)}) == 100
    assert {len(new_secret()) for _ in range(10)} == {20}
