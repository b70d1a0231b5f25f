"""What tests of operations need: passwords that are hashed at once."""

from collections.abc import Iterator

import pytest

from tests.quick_hashes import quick_hashes


@pytest.fixture(autouse=True)
def _quick_hashes() -> Iterator[None]:
    with quick_hashes():
        yield
