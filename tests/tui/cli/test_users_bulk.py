"""`users bulk`: as a script runs it. Batches, crashes and races are in tests/models/operations/bulk."""

from __future__ import annotations

import csv
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
from tortoise.transactions import in_transaction

from models import Account, AuditEvent, User
from models.operations import verify_chain
from models.operations.bulk import pending_jobs
from tests.tui.cli.conftest import Run, in_database
from tui.settings import state_dir


def crowd(url: str, number: int) -> list[int]:
    async def make() -> list[int]:
        async with in_transaction():
            users = [User(username=f"u{n:05}", username_key=f"u{n:05}", hashed_password="x") for n in range(number)]
            await User.bulk_create(users, batch_size=2000)
        return [row.id for row in await Account.filter(username__startswith="u0").order_by("id")]

    return in_database(url, make)


def active(url: str) -> int:
    return in_database(url, lambda: Account.filter(is_active=True, username__startswith="u0").count())


def test_a_dry_run_shows_and_changes_nothing(maria: str, run: Run) -> None:
    crowd(maria, 12)
    ended = run("users", "bulk", "deactivate", "--query", "u0", "--dry-run", "--reason", "moved")
    assert (ended.code, ended.err) == (0, "")
    assert "Deactivate: 12 users of 12 selected" in ended.out
    assert "and 2 more" in ended.out
    assert "in one transaction, all or nothing" in ended.out
    plan = run("users", "bulk", "deactivate", "--query", "u0", "--dry-run", "--json").document["plan"]
    assert (plan["changing"], plan["total"], plan["confirmation"], len(plan["samples"])) == (12, 12, "12", 10)
    assert active(maria) == 12


def test_up_to_ten_a_yes_is_enough(maria: str, run: Run) -> None:
    crowd(maria, 10)
    nobody_to_ask = run("users", "bulk", "deactivate", "--query", "u0")
    assert (nobody_to_ask.code, "Not agreed to" in nobody_to_ask.err) == (1, True)
    ended = run("users", "bulk", "deactivate", "--query", "u0", "--yes", "--reason", "moved")
    assert (ended.code, ended.out) == (0, "Deactivate: 10 done.\n")
    assert active(maria) == 0
    again = run("users", "bulk", "deactivate", "--query", "u0", "--yes")
    assert (again.code, "Nobody to change" in again.err) == (0, True)


def test_above_ten_the_number_is_needed(maria: str, run: Run) -> None:
    crowd(maria, 11)
    short = run("users", "bulk", "deactivate", "--query", "u0", "--yes")
    assert (short.code, "add --confirm 11" in short.err) == (2, True)
    wrong = run("users", "bulk", "deactivate", "--query", "u0", "--confirm", "12")
    assert (wrong.code, "11 users would be changed" in wrong.err) == (2, True)
    assert active(maria) == 11
    ended = run("users", "bulk", "deactivate", "--query", "u0", "--confirm", "11", "--json")
    assert ended.code == 0
    assert ended.document["outcome"]["counts"] == {"ok": 11}
    assert active(maria) == 0


def test_ids_from_anywhere_and_results_to_a_file(maria: str, run: Run, tmp_path: Path) -> None:
    ids = crowd(maria, 6)
    piped = run(
        "users", "bulk", "grant-role", "--role", "support", "--ids", "-", "--yes", stdin=f"{ids[0]},{ids[1]}\n{ids[2]}"
    )
    assert (piped.code, piped.out) == (0, "Grant support: 3 done.\n")
    listed = tmp_path / "ids.txt"
    listed.write_text("\n".join(map(str, [*ids, 999_999])))
    results = tmp_path / "results.csv"
    ended = run(
        "users",
        "bulk",
        "grant-role",
        "--role",
        "support",
        "--ids-file",
        str(listed),
        "--yes",
        "--results",
        str(results),
    )
    assert (ended.code, "1: no longer there" in ended.err) == (4, True)
    with results.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["result"] for row in rows] == ["unchanged"] * 3 + ["ok"] * 3 + ["conflict"]
    assert rows[3]["username"] == "u00003"
    assert stat.S_IMODE(results.stat().st_mode) == 0o600
    before = results.read_bytes()
    again = run("users", "bulk", "activate", "--query", "u0", "--yes", "--results", str(results))
    assert (again.code, "is there already" in again.err) == (2, True)
    assert results.read_bytes() == before


def test_a_field_is_set(maria: str, run: Run) -> None:
    crowd(maria, 3)
    assert run("users", "bulk", "set", "--set", "is_verified=yes", "--query", "u0", "--yes").code == 0
    assert in_database(maria, lambda: Account.filter(is_verified=True, username__startswith="u0").count()) == 3
    ended = run("users", "bulk", "set", "--set", "email=a@example.com", "--query", "u0", "--yes")
    assert (ended.code, "Many users at once can be given" in ended.err) == (1, True)


def test_yourself_is_left_out_and_said(maria: str, run: Run) -> None:
    ids = crowd(maria, 1)
    me = in_database(maria, lambda: Account.get(username="maria"))
    ended = run("users", "bulk", "deactivate", "--ids", f"{me.id},{ids[0]}", "--yes")
    assert (ended.code, "1: your own account" in ended.err) == (3, True)
    assert active(maria) == 0
    assert in_database(maria, lambda: Account.get(username="maria")).is_active


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (("deactivate",), "Whom?"),
        (("--query", "a"), "Which verb?"),
        (("grant-role", "--query", "a"), "needs --role"),
        (("unlock", "--role", "support", "--query", "a"), "--role does not belong to unlock"),
        (("set", "--query", "a"), "needs --set"),
        (("unlock", "--ids", "3,x"), "'x' is not the number of a user"),
        (("unlock", "--ids", ""), "no ids"),
        (("unlock", "--query", "is:lokced", "--yes"), "locked"),
        (("unlock", "--resume", "x"), "takes no verb"),
        (("--resume", "x"), "no interrupted bulk"),
        (("frobnicate", "--query", "a"), "invalid choice"),
    ],
)
def test_mistakes_are_named(maria: str, run: Run, argv: tuple[str, ...], sentence: str) -> None:
    ended = run("users", "bulk", *argv)
    assert ended.code in {1, 2}
    assert sentence in ended.err
    assert "Traceback" not in ended.err


def test_interrupted_it_stops_between_batches_and_goes_on(maria: str, run: Run) -> None:
    assert "No bulk was interrupted" in run("users", "bulk", "--jobs").out
    crowd(maria, 10_050)
    argv = ["users", "bulk", "force-change", "--query", "u", "--confirm", "10050", "--reason", "leak"]
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", *argv], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ
    )
    assert process.stderr is not None
    for said in process.stderr:
        if "--resume" in said:
            break
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=60)
    assert "Traceback" not in rest
    (job,) = pending_jobs(state_dir() / "bulk")
    assert process.returncode == 130, rest
    assert f"--resume {job.op_id}" in rest
    assert job.done < job.total == 10_050
    assert str(job.op_id) in run("users", "bulk", "--jobs").out
    left = run("users", "bulk", "--resume", str(job.op_id), "--dry-run", "--json").document["plan"]
    assert left["changing"] + left["done"] == 10_050
    ended = run("users", "bulk", "--resume", str(job.op_id), "--confirm", str(left["changing"]), "--json")
    assert (ended.code, ended.document["outcome"]["counts"]) == (0, {"ok": 10_050})
    assert pending_jobs(state_dir() / "bulk") == ()

    async def facts() -> tuple[int, int, bool]:
        rows = await AuditEvent.filter(op_id=UUID(str(job.op_id)), target_type="user").count()
        return rows, await Account.filter(version=2, must_change_password=True).count(), (await verify_chain()).is_whole

    assert in_database(maria, facts) == (10_050, 10_050, True)
