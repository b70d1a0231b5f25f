"""Hashing off the loop, and which library does it."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from models.passwords import Verdict, hash_off_loop, library_problem, verify_off_loop
from models.passwords import offload as offload_module


async def test_a_hash_made_off_the_loop_verifies_off_the_loop() -> None:
    stored = await hash_off_loop("a quiet gravel harbour")
    assert await verify_off_loop("a quiet gravel harbour", stored) is Verdict.OK


async def test_one_worker_hashes_while_the_loop_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: set[str] = set()
    together = most = 0
    lock = threading.Lock()
    turned = asyncio.Event()
    loop = asyncio.get_running_loop()
    go_on = threading.Event()

    def slow(_text: str) -> str:
        nonlocal together, most
        with lock:
            together += 1
            most = max(most, together)
            threads.add(threading.current_thread().name)
        loop.call_soon_threadsafe(turned.set)
        go_on.wait(10)
        with lock:
            together -= 1
        return "hash"

    monkeypatch.setattr(offload_module, "hash_password", slow)
    hashes = [asyncio.create_task(hash_off_loop("x")) for _ in range(3)]
    await asyncio.wait_for(turned.wait(), 10)  # the loop turns although a hash is under way
    go_on.set()
    assert await asyncio.gather(*hashes) == ["hash"] * 3
    assert most == 1
    assert len(threads) == 1
    assert threads.pop().startswith("password-hash")


def _install(where: Path, *names: str) -> list[str]:
    for name in names:
        metadata = where / f"{name}-1.0.dist-info" / "METADATA"
        metadata.parent.mkdir(parents=True)
        metadata.write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    return [str(where)]


@pytest.mark.parametrize(
    ("names", "beginning"),
    [
        ((), "No password library"),
        (("passlib",), "passlib is installed"),
        (("libpass", "passlib"), "Both passlib and libpass"),
    ],
)
def test_a_wrong_set_of_libraries_is_named(tmp_path: Path, names: tuple[str, ...], beginning: str) -> None:
    assert (library_problem(_install(tmp_path, *names)) or "").startswith(beginning)


def test_libpass_alone_is_well_and_is_what_is_installed(tmp_path: Path) -> None:
    assert library_problem(_install(tmp_path, "libpass")) is None
    assert library_problem() is None
