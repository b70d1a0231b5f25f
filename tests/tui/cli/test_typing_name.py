"""When a y is enough before a run of migrations, and when the database's name is typed."""

from argparse import Namespace
from types import SimpleNamespace
from typing import Any

import pytest

from tui.cli import typing_name
from tui.cli.failure import Failure
from tui.cli.typing_name import ask_before

pytestmark = pytest.mark.sqlite_only


@pytest.mark.parametrize(
    ("production", "loses", "answer", "goes_on"),
    [
        (True, "", "y", False),
        (True, "", "shop", True),
        (False, "Rows are lost.", "yes", False),
        (False, "Rows are lost.", "shop", True),
    ],
)
def test_the_name_is_typed_in_production_and_where_something_is_lost(
    monkeypatch: pytest.MonkeyPatch, production: bool, loses: str, answer: str, goes_on: bool
) -> None:
    asked: list[str] = []

    def answered(question: str) -> str:
        asked.append(question)
        return answer

    place = SimpleNamespace(profile=SimpleNamespace(production=production))
    monkeypatch.setattr(typing_name, "answered", answered)
    monkeypatch.setattr(typing_name, "locate", lambda _: place)
    looked: Any = SimpleNamespace(project=SimpleNamespace(is_own=True), database="maria@db:5432/shop")
    if goes_on:
        ask_before(Namespace(yes=False), looked, "Apply 3?", loses)
    else:
        with pytest.raises(Failure):
            ask_before(Namespace(yes=False), looked, "Apply 3?", loses)
    assert asked == [f"Apply 3? {loses or 'This is production.'} Type shop to confirm:"]
