"""What tests of the interface need: dialogs that listen at once."""

import pytest


@pytest.fixture(autouse=True)
def _dialogs_listen_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Pilot types faster than the 300 ms in which a dialog is deaf; a test of that sets it back."""
    from tui.screens.dialogs.base import Dialog

    monkeypatch.setattr(Dialog, "SETTLE", 0.0)
