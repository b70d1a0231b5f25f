"""The first line: who acts and where we are outlast a long name of the database."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tui.widgets.header import arrange, fit_middle

LONG = "shellback_app@database-primary-eu-west-1.internal.example.com:5432/production_accounts"


@pytest.mark.parametrize("room", [50, 70, 110])
def test_a_long_label_is_shortened_in_its_middle(room: int) -> None:
    left, right = arrange(LONG, "maria (support)", "", "Users > alice", room)
    assert left.endswith(" · maria (support)")
    assert left.startswith("shell")
    assert "…" in left
    assert "ounts · " in left
    assert right == "Users > alice"
    assert cell_len(left) + 2 + cell_len(right) == room


def test_what_is_the_matter_leaves_room_for_who_and_where() -> None:
    matter = "lost, reconnecting, whatever"
    left, right = arrange(LONG, "maria (support)", matter, "Users > alice", 60)
    assert left.endswith(" · maria (support)")
    assert right.startswith("lost, recon")
    assert right.endswith(" · Users > alice")
    assert arrange("app@db1", "maria (support)", matter, "Users", 110) == (
        "app@db1 · maria (support)",
        f"{matter} · Users",
    )


@pytest.mark.parametrize("room", range(60))
def test_it_never_overflows(room: int) -> None:
    left, right = arrange("数据库" * 20, "管理员" * 20, "read-only", "Users > " + "x" * 60, room)
    assert cell_len(left) + cell_len(right) <= room


def test_the_middle_of_wide_characters() -> None:
    assert fit_middle("/srv/app/db.sqlite3", 40) == "/srv/app/db.sqlite3"
    assert fit_middle("/srv/app/db.sqlite3", 11) == "/srv/…lite3"
    assert cell_len(fit_middle("数据库数据库数据库", 8)) <= 8
