"""What is staged survives: a kill, a full disk, another program, a damaged file. Only its person on its database sees
it."""

from __future__ import annotations

import json
import os
import resource
import signal
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.operations.values import FLAG_FIELDS, TEXT_FIELDS, TIME_FIELDS
from tests.tui.staging.edits import edit
from tui.staging import StagingError, change, forget_database, load, shelf_for
from tui.staging.record import decode, encode

HERE = "sqlite:/srv/app.sqlite3"

_VALUES = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.text(max_size=300) for name in TEXT_FIELDS},
        **{name: st.booleans() for name in FLAG_FIELDS},
        **{name: st.none() | st.datetimes(timezones=st.just(UTC)) for name in TIME_FIELDS},
    },
)


def test_what_is_kept_is_found_again_by_its_person_alone(tmp_path: Path) -> None:
    shelf = shelf_for(tmp_path, HERE, 1)
    kept = change(shelf, lambda edits: (*edits, edit(7), edit(8, "bob", email=None, is_verified=True)))
    assert [each.user_id for each in kept] == [7, 8]
    assert load(shelf).edits == kept
    assert load(shelf_for(tmp_path, HERE, 2)).edits == ()
    assert load(shelf_for(tmp_path, "sqlite:/srv/other.sqlite3", 1)).edits == ()
    assert stat.S_IMODE(shelf.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(shelf.path.parent.stat().st_mode) == 0o700


def test_nothing_left_is_no_file(tmp_path: Path) -> None:
    shelf = shelf_for(tmp_path, HERE, 1)
    change(shelf, lambda _: (edit(),))
    change(shelf, lambda _: ())
    assert not shelf.path.exists()
    assert load(shelf).edits == ()


@given(_VALUES)
def test_every_value_comes_back_as_it_was(touched: dict[str, Any]) -> None:
    staged = edit(7, "alice", **touched)
    assert decode(encode([staged], database=HERE, user_id=1), database=HERE, user_id=1) == (staged,)


def _record() -> dict[str, Any]:
    record: dict[str, Any] = json.loads(encode([edit()], database=HERE, user_id=1))
    return record


def _broken() -> dict[str, bytes]:
    """Files that are no record, by what is wrong with them."""
    record = _record()
    first = record["edits"][0]

    def with_edit(**other: object) -> bytes:
        return json.dumps({**record, "edits": [{**first, **other}]}).encode()

    return {
        "empty": b"",
        "cut": json.dumps(record).encode()[:200],
        "not UTF-8": b"\xff\xfe",
        "a list": b"[]",
        "deep": b"[" * 100_000,
        "another format": json.dumps({**record, "format": 2}).encode(),
        "somebody else's": json.dumps({**record, "user_id": 2}).encode(),
        "of another database": json.dumps({**record, "database": "x"}).encode(),
        "no edits": json.dumps({**record, "edits": None}).encode(),
        "one twice": json.dumps({**record, "edits": [first, first]}).encode(),
        "too many": json.dumps({**record, "edits": [{**first, "id": n + 1} for n in range(501)]}).encode(),
        "a password": with_edit(touched={"hashed_password": "x"}),
        "half a row": with_edit(base={"username": "alice"}),
        "a flag of text": with_edit(touched={"is_superuser": "yes"}),
        "a name of nothing": with_edit(touched={"username": None}),
        "a time without a zone": with_edit(touched={"expires_at": "2026-01-01T00:00:00"}),
        "a time of nonsense": with_edit(staged_at="yesterday"),
        "an id of text": with_edit(id="7"),
        "an id of nobody": with_edit(id=0),
    }


@pytest.mark.parametrize("what", _broken())
def test_a_damaged_file_is_said_and_set_aside(tmp_path: Path, what: str) -> None:
    shelf = shelf_for(tmp_path, HERE, 1)
    shelf.path.parent.mkdir(mode=0o700)
    content = _broken()[what]
    shelf.path.write_bytes(content)
    shelf.path.chmod(0o600)
    kept = load(shelf)
    assert kept.edits == ()
    (aside,) = shelf.path.parent.glob("*.damaged-*")
    assert str(aside) in kept.problem
    assert aside.read_bytes() == content
    assert load(shelf).problem == ""
    assert change(shelf, lambda edits: (*edits, edit())) == (edit(),)


def test_a_file_that_is_damaged_while_it_is_used_is_said_before_anything_is_added(tmp_path: Path) -> None:
    shelf = shelf_for(tmp_path, HERE, 1)
    change(shelf, lambda _: (edit(),))
    shelf.path.write_text("{")
    with pytest.raises(StagingError, match="set aside"):
        change(shelf, lambda edits: (*edits, edit(8)))
    assert load(shelf).edits == ()


def test_a_file_that_others_can_write_is_not_believed(tmp_path: Path) -> None:
    shelf = shelf_for(tmp_path, HERE, 1)
    change(shelf, lambda _: (edit(),))
    shelf.path.chmod(0o666)
    assert "set aside" in load(shelf).problem


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    shelf = shelf_for(tmp_path, HERE, 1)
    shelf.path.parent.mkdir(mode=0o700)
    (tmp_path / "elsewhere").write_text("x")
    shelf.path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StagingError, match="cannot be read"):
        load(shelf)
    assert (tmp_path / "elsewhere").read_text() == "x"


def test_a_disk_that_takes_nothing_leaves_what_was_there(tmp_path: Path) -> None:
    shelf = shelf_for(tmp_path, HERE, 1)
    before = change(shelf, lambda _: (edit(),))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(StagingError, match="as it was before"):
            change(shelf, lambda edits: (*edits, edit(8, "bob")))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)
    assert load(shelf).edits == before
    assert [path.name for path in shelf.path.parent.iterdir() if path.name.startswith(".staged")] == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StagingError, match="as it was before"):
        change(shelf_for(tmp_path, HERE, 1), lambda _: (edit(),))
    tmp_path.chmod(0o700)


_STAGES = """
import sys
from pathlib import Path
from tests.tui.staging.edits import edit
from tui.staging import change, shelf_for
shelf = shelf_for(Path(sys.argv[1]), sys.argv[2], 1)
first, count = int(sys.argv[3]), int(sys.argv[4])
for number in range(first, first + count):
    change(shelf, lambda edits: (*edits, edit(number, f"user{number}")))
    print(number, flush=True)
"""


def _start(tmp_path: Path, first: int, count: int) -> subprocess.Popen[str]:
    argv = [sys.executable, "-c", _STAGES, str(tmp_path), HERE, str(first), str(count)]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3])


@pytest.mark.parametrize("after", [1, 7, 20])
def test_a_killed_program_loses_nothing_that_it_said_was_staged(tmp_path: Path, after: int) -> None:
    program = _start(tmp_path, 1, 400)
    assert program.stdout is not None
    for line in program.stdout:
        if int(line) >= after:
            program.kill()
            break
    said = after + sum(1 for _ in program.stdout)
    assert program.wait() == -signal.SIGKILL
    program.stdout.close()
    found = [each.user_id for each in load(shelf_for(tmp_path, HERE, 1)).edits]
    assert found == list(range(1, len(found) + 1))
    assert len(found) in {said, said + 1}


def test_two_programs_at_once_lose_nothing(tmp_path: Path) -> None:
    programs = [_start(tmp_path, first, 40) for first in (1, 101)]
    for program in programs:
        program.communicate(timeout=60)
        assert program.returncode == 0
    found = {each.user_id for each in load(shelf_for(tmp_path, HERE, 1)).edits}
    assert found == {*range(1, 41), *range(101, 141)}


def test_a_database_that_is_thrown_away_leaves_nothing(tmp_path: Path) -> None:
    other = shelf_for(tmp_path, "sqlite:/srv/other.sqlite3", 1)
    for shelf in (shelf_for(tmp_path, HERE, 1), shelf_for(tmp_path, HERE, 12), other):
        change(shelf, lambda _: (edit(),))
    forget_database(tmp_path, HERE)
    assert sorted(path.suffix for path in other.path.parent.iterdir()) == [".json", ".lock"]
    assert load(other).edits == (edit(),)
    forget_database(tmp_path / "nowhere", HERE)


def test_when_it_was_staged_keeps_its_zone(tmp_path: Path) -> None:
    shelf = shelf_for(tmp_path, HERE, 1)
    change(shelf, lambda _: (edit(),))
    assert load(shelf).edits[0].staged_at == datetime(2026, 3, 2, 14, 3, tzinfo=UTC)
