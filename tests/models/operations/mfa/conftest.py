"""Every test here has a key of its own."""

from collections.abc import Iterator

import pytest

from models.mfa_secrets import use_key_file, use_keys
from tests.models.operations.mfa.phone import KEYS


@pytest.fixture(autouse=True)
def _key() -> Iterator[None]:
    use_keys(KEYS)
    yield
    use_key_file(None)
