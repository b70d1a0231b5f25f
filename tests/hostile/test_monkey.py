"""What no person does, at the real program, for as long as a build can wait. By hand it takes any time:
`python -m tests.hostile.monkey --help`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.hostile.monkey.loose import let_loose

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Peopled

SEED: Final = 11
STEPS: Final = 80


def test_a_monkey_at_every_key(peopled: Peopled, tmp_path: Path) -> None:
    found = let_loose(peopled.signed_in, tmp_path, SEED, STEPS)
    assert not found, "\n".join(found)
