"""Whether the password libraries that are installed verify rightly: each is tried with a hash of its own."""

from __future__ import annotations

import warnings
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from models.passwords import library_problem
from tui.doctor.check import Check, failed, ok

LIBRARIES: Final = ("libpass", "argon2-cffi", "bcrypt")


def check_passwords() -> Check:
    """Verify with both libraries; a wrong password must not pass either."""
    problem = library_problem()
    if problem is not None:
        return failed("passwords", problem, "pip install 'libpass[argon2,bcrypt]'")
    from passlib.hash import argon2, bcrypt

    try:
        installed = [f"{name} {version(name)}" for name in LIBRARIES]
    except PackageNotFoundError as error:
        return failed("passwords", f"{error.name} is not installed.", "pip install 'libpass[argon2,bcrypt]'")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for scheme in (argon2.using(memory_cost=64, time_cost=1, parallelism=1), bcrypt.using(rounds=4)):
            try:
                kept = scheme.hash("right")
                right = scheme.verify("right", kept) and not scheme.verify("wrong", kept)
            except Exception as error:  # noqa: BLE001 - whatever a broken library raises is the finding
                right = False
                problem = f"{scheme.name} does not work ({type(error).__name__})."
            if not right:
                return failed(
                    "passwords",
                    problem or f"{scheme.name} verifies wrongly.",
                    "pip install --force-reinstall 'libpass[argon2,bcrypt]'",
                )
    return ok("passwords", f"argon2 and bcrypt verify rightly ({', '.join(installed)}).")
