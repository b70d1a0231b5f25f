"""What tests of the interface need: dialogs that listen at once, and nothing of the machine's own look."""

import pytest


@pytest.fixture(autouse=True)
def _dialogs_listen_at_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Pilot types faster than the 300 ms in which a dialog is deaf; tests of that are marked `deaf_dialogs`."""
    if request.node.get_closest_marker("deaf_dialogs") is None:
        from tui.screens.dialogs.base import Dialog

        monkeypatch.setattr(Dialog, "SETTLE", 0.0)
