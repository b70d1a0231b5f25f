"""`users import`: what is printed, asked, refused and done."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from models import Account, AuditEvent
from tests.tui.cli.conftest import Run, in_database
from tui.cli.progress import ProgressLine


def _names(url: str) -> list[str]:
    async def load() -> list[str]:
        return [account.username for account in await Account.all().order_by("id")]

    return in_database(url, load)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "new.csv"
    path.write_text("username,Mail,Phone\nalice,alice@new.example,1\nzoe,,2\n")
    return path


def test_unknown_columns_are_named(maria: str, run: Run, file: Path) -> None:
    ended = run("users", "import", str(file), "--dry-run")
    assert ended.code == 1
    assert "not known: Phone" in ended.err
    assert "--ignore Phone" in ended.err


def test_a_dry_run_shows_a_table_and_writes_nothing(maria: str, run: Run, file: Path) -> None:
    before = _names(maria)
    ended = run("users", "import", str(file), "--ignore", "Phone", "--dry-run")
    assert ended.code == 0
    assert "1 to create · 1 to change · 0 unchanged · 0 wrong" in ended.out
    assert "e-mail alice@example.com → alice@new.example" in ended.out
    assert "Ignored: Phone." in ended.out
    document = run("users", "import", str(file), "--ignore", "Phone", "--dry-run", "--json").document["plan"]
    assert (document["create"], document["update"], document["error"]) == (1, 1, 0)
    assert [row["line"] for row in document["rows"]] == [3, 2]
    assert _names(maria) == before


def test_it_is_done_when_agreed_to(maria: str, run: Run, file: Path) -> None:
    argv = ("users", "import", str(file), "--ignore", "Phone", "--reason", "asked for")
    assert run(*argv).code == 2
    wrong = run(*argv, "--confirm", "3")
    assert wrong.code == 2
    assert "2 users would be written" in wrong.err
    assert "zoe" not in _names(maria)
    ended = run(*argv, "--confirm", "2", "--json")
    assert (ended.code, ended.document["outcome"]["status"]) == (0, "ok")
    assert "zoe" in _names(maria)
    again = run(*argv, "--yes")
    assert again.code == 0
    assert "Nothing to change" in again.out

    async def reasons() -> set[str | None]:
        return {event.reason for event in await AuditEvent.filter(action="users.import")}

    assert in_database(maria, reasons) == {"asked for"}


def test_a_wrong_row_stops_all_of_it_and_is_written_down(maria: str, run: Run, file: Path, tmp_path: Path) -> None:
    file.write_text("username,email\nzoe,zoe@example.org\nbob,nonsense\n")
    errors = tmp_path / "errors.csv"
    ended = run("users", "import", str(file), "--yes", "--errors", str(errors))
    assert ended.code == 1
    assert "line 3: error" in ended.err
    assert "zoe" not in _names(maria)
    assert errors.read_text().splitlines()[1].startswith("3,")


def test_a_terminal_sees_nothing_that_acts(maria: str, run: Run, file: Path) -> None:
    file.write_text("username,email\n\x1b[31mred,\n")
    ended = run("users", "import", str(file), "--yes")
    assert ended.code == 1
    assert "\x1b" not in ended.err + ended.out


def test_who_may_not_import_is_refused(staffed_url: str, run: Run, file: Path) -> None:
    assert run("users", "import", str(file), "--yes").code == 3


@pytest.mark.parametrize("stage", ["reading", "writing", "recording"])
def test_ctrl_c_changes_nothing_and_says_so(
    maria: str, run: Run, file: Path, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def say(_: ProgressLine, text: str) -> None:
        if text.startswith(stage):
            signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as patched:
        patched.setattr(ProgressLine, "say", say)
        ended = run("users", "import", str(file), "--ignore", "Phone", "--yes")
    assert ended.code == 130
    assert "Stopped" in ended.err
    assert "zoe" not in _names(maria)
