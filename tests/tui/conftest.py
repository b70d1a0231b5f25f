"""What tests of the interface need: dialogs that listen at once, and passwords that are hashed at once."""

from collections.abc import Iterator

import pytest

from tests.quick_hashes import quick_hashes


@pytest.fixture(autouse=True)
def _quick_hashes() -> Iterator[None]:
    with quick_hashes():
        yield


@pytest.fixture(autouse=True)
def _dialogs_listen_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Pilot types faster than the 300 ms in which a dialog is deaf; a test of that sets it back."""
    from tui.screens.dialogs.base import Dialog

    monkeypatch.setattr(Dialog, "SETTLE", 0.0)
