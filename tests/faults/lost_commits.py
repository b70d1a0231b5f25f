"""What the line to a server does while a COMMIT that nobody answered is settled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.engines.settlement import settle
from models.operations import settling
from tests.faults.proxy import Fault

if TYPE_CHECKING:
    import pytest

    from tests.faults.proxy import FaultProxy


def settle_after(proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch) -> list[Fault]:
    """The faults that meet whoever settles a lost COMMIT, one each time, in turn; none left: all is well."""
    faults: list[Fault] = []

    async def after_the_fault(*arguments: Any, **options: Any) -> Any:
        proxy.fault = Fault.NONE
        if faults:
            proxy.fault = faults.pop(0)
            proxy.cut()
            options["seconds"] = 0.5
        return await settle(*arguments, **options)

    monkeypatch.setattr(settling, "settle", after_the_fault)
    return faults


def stay_away(proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a lost COMMIT on the server is away until a test lets it come back; nobody waits long."""

    async def soon(*arguments: Any, **_: float) -> Any:
        if proxy.commit_seen.is_set():
            proxy.commit_seen.clear()
            proxy.go_away()
            return await settle(*arguments, seconds=0.3)
        return await settle(*arguments, seconds=1 if proxy.fault is Fault.REFUSE else 10)

    monkeypatch.setattr(settling, "settle", soon)
