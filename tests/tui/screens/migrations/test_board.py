"""What is known of a run, and how it reads, from events alone."""

from tui.migrate.running.events import (
    Advanced,
    Committing,
    Event,
    FileDone,
    FileStarted,
    Holder,
    Locked,
    Mended,
    Resumed,
    Retrying,
    StatementDone,
    StatementStarted,
    Waiting,
)
from tui.screens.migrations.apply.board import SHOWN, Board, Step, feed
from tui.screens.migrations.apply.lines import content

REPORT = Holder(4711, "reporting", "nightly", "10.0.0.9", "idle in transaction", 420.0, "SELECT 1")


def fed(*events: Event, files: tuple[str, ...] = ("1_a.py", "2_b.py"), now: float = 0.0) -> Board:
    board = Board.of(files)
    for event in events:
        feed(board, event, now)
    return board


def started(version: str, index: int = 1, total: int = 2) -> StatementStarted:
    return StatementStarted(version, index, total, f"SELECT {index}", 0, 7)


def test_a_pause_says_when_it_is_tried_again_and_who_is_in_the_way() -> None:
    board = fed(
        FileStarted("1_a.py", 1, 2),
        started("1_a.py"),
        Waiting("table", (REPORT,)),
        Retrying("1_a.py", 2, 5, 4.0, (REPORT,)),
        Locked(),
    )
    shown = content(board, 1.0).plain
    assert "~ rolled back" in shown
    assert "try 2 of 5 in 3 s, or once these are gone:" in shown
    assert "pid 4711 (reporting@10.0.0.9, idle in transaction, 7 min): SELECT 1" in shown
    assert board.holders == (REPORT,)
    feed(board, FileStarted("1_a.py", 1, 2), 4.0)
    assert "try 2" not in content(board, 4.0).plain
    assert not board.holders


def test_of_a_long_file_the_last_statements_are_listed() -> None:
    events: list[Event] = [FileStarted("1_a.py", 1, 2)]
    for index in range(1, 201):
        events += [started("1_a.py", index, 5000), StatementDone("1_a.py", index, 1.0)]
    events.append(started("1_a.py", 4711, 5000))
    board = fed(*events)
    shown = content(board, 0.0).plain
    assert "statement 4711 of 5000" in shown
    assert "161 statements before these" in shown or "162 statements before these" in shown
    assert len(shown.split("\n")) == SHOWN + 3


def test_files_of_one_transaction_are_done_together() -> None:
    board = fed(FileStarted("1_a.py", 1, 2), started("1_a.py"), FileStarted("2_b.py", 2, 2), started("2_b.py"))
    assert [row.step for row in board.files] == [Step.RAN, Step.RUNNING]
    assert board.done == []
    feed(board, Committing("2_b.py"), 0.0)
    feed(board, FileDone("1_a.py"), 0.0)
    feed(board, FileDone("2_b.py"), 0.0)
    assert board.done == ["1_a.py", "2_b.py"]
    board = fed(FileStarted("1_a.py", 1, 2), FileStarted("2_b.py", 2, 2))
    board.end(Step.FAILED)
    assert [row.step for row in board.files] == [Step.CANCELLED, Step.FAILED]


def test_how_far_a_statement_is_stands_under_it() -> None:
    board = fed(FileStarted("1_a.py", 1, 2), started("1_a.py"), Advanced("building index", 50, 100))
    assert "[###############               ]  50%  building index" in content(board, 0.0).plain
    feed(board, Advanced("waiting for writers", 0, 0), 0.0)
    assert "      waiting for writers" in content(board, 0.0).plain
    feed(board, started("1_a.py", 2), 0.0)
    assert "waiting for writers" not in content(board, 0.0).plain


def test_what_was_found_of_an_earlier_attempt_is_noted() -> None:
    board = fed(
        FileStarted("1_a.py", 1, 2), Resumed("1_a.py", 3, 5), started("1_a.py", 4, 5), Mended("1_a.py", "public.one")
    )
    shown = content(board, 0.0).plain
    assert "3 of 5 statements were done before" in shown
    assert "dropped public.one, which an earlier attempt left invalid" in shown


def test_many_files_are_folded_around_the_one_at_work() -> None:
    board = Board.of([f"{number}_step.py" for number in range(100)])
    for number in range(50):
        feed(board, FileStarted(f"{number}_step.py", number + 1, 100), 0.0)
        feed(board, FileDone(f"{number}_step.py"), 1.0)
    feed(board, FileStarted("50_step.py", 51, 100), 1.0)
    lines = content(board, 2.0, is_whole=False).plain.splitlines()
    assert lines[0] == "  30 files before these"
    assert lines[-1] == "  44 files after these"
    assert len(lines) == 1 + 20 + 1 + 5 + 1
    assert "50_step.py" in lines[21]
    assert len(content(board, 2.0).plain.splitlines()) == 100
