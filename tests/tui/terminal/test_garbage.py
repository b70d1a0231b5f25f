"""What is looked through for garbage, and when."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from tui.terminal.garbage import GROWN, LONG_PAUSE, MUCH, NEW, PAUSE, TOO_MUCH, Look, due, look_through


class Ring:
    """Garbage that only a look finds, once it is let go: it holds itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_is_new_is_looked_through_while_somebody_types() -> None:
    assert due(NEW, MUCH, idle=0) is Look.NEW
    assert due(NEW - 1, MUCH, idle=0) is None


def test_everything_is_looked_through_in_a_pause() -> None:
    assert due(0, GROWN, idle=LONG_PAUSE) is Look.EVERYTHING
    assert due(0, GROWN, idle=PAUSE) is None
    assert due(0, MUCH, idle=PAUSE) is Look.EVERYTHING
    assert due(0, GROWN - 1, idle=LONG_PAUSE) is None


def test_memory_does_not_grow_for_ever_where_nobody_pauses() -> None:
    assert due(NEW, TOO_MUCH - 1, idle=0) is Look.NEW
    assert due(0, TOO_MUCH, idle=0) is Look.EVERYTHING


def test_what_was_set_aside_is_freed_when_everything_is_looked_through() -> None:
    kept = Ring()
    seen = weakref.ref(kept)
    look_through(Look.NEW)
    del kept
    look_through(Look.NEW)
    assert seen() is not None
    look_through(Look.EVERYTHING)
    assert seen() is None
    gone = Ring()
    seen = weakref.ref(gone)
    del gone
    look_through(Look.NEW)
    assert seen() is None
