"""Makes the README's pictures with the program itself: `python docs/screenshots.py` writes docs/screenshots/*.svg.

The people are those of `shellback --demo`, the same every time; the clock stands still, so that a picture changes only
when the program does. A picture shows what is on the terminal, cell by cell.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from importlib import import_module
from itertools import count
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tui.launch import Launch, Opening, Report

ROOT: Final = Path(__file__).resolve().parent.parent
PICTURES: Final = Path(__file__).resolve().parent / "screenshots"
NOON: Final = datetime(2026, 3, 12, 14, 3, 11, tzinfo=UTC)
PEOPLE: Final = 10_000
PAUSE: Final = 0.02
PAUSES: Final = 1000
"""How often it is looked whether a screen shows what it is pictured for, and how long is waited between, in seconds."""

LARGE: Final = (120, 40)
SMALL: Final = (80, 24)


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: how to come to it from the list of users, in pairs of keys and a text to wait for."""

    name: str
    size: tuple[int, int]
    steps: tuple[tuple[tuple[str, ...], str], ...]


ALI: Final = (("slash", *"ali", "enter"), "match")
SUPPORT: Final = (("slash", *"role", "colon", *"support", "enter"), "match")
LOCKED: Final = (("slash", *"is", "colon", *"locked", "enter"), "match")

PICTURES_MADE: Final = (
    Picture("users", LARGE, (ALI, ((*"jjj", "space", "j", "space", "j"), "2 marked"), ((), "Last changes"))),
    Picture("users-80x24", SMALL, (ALI, ((*"jj", "space"), "1 marked"))),
    Picture("user", SMALL, (SUPPORT, (("enter",), "Account"), ((), "Authenticators"))),
    Picture("reset", SMALL, (LOCKED, (("p",), "Reset password"), ((), "shellback users reset"))),
    Picture("migrations", LARGE, ((("3",), "Run this project"), (("y",), "pending"), ((*"jj",), "isbn"))),
    Picture("audit", LARGE, ((("4",), "events"), ((), "loaded"))),
)


def main() -> None:
    chosen = sys.argv[1:]
    PICTURES.mkdir(exist_ok=True)
    made = Path(tempfile.gettempdir(), "shellback-pictures")  # always the same one: a picture shows its path
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(mode=0o700)
    try:
        library = _library(made)
        for kind in ("CONFIG", "DATA", "STATE"):
            os.environ[f"SHELLBACK_{kind}_DIR"] = f"{made}/{kind.lower()}"
        with _frozen():
            for picture in PICTURES_MADE:
                if not chosen or picture.name in chosen:
                    asyncio.run(_make(picture, made, library))
    finally:
        shutil.rmtree(made, ignore_errors=True)


async def _make(picture: Picture, directory: Path, library: Path) -> None:
    from tui.app import ShellbackApp

    app = ShellbackApp(_launch(directory / f"{picture.name}.sqlite3", library))
    async with app.run_test(size=picture.size) as pilot:
        await _until(pilot, "loaded")
        for keys, text in picture.steps:
            await pilot.press(*keys)
            await _until(pilot, text)
        svg = app.export_screenshot(title=f"shellback --demo ({picture.name})")
    (PICTURES / f"{picture.name}.svg").write_text(_self_contained(svg), encoding="utf-8")


async def _until(pilot: Pilot[Any], text: str) -> None:
    """Waits until the text is on the screen."""
    for _ in range(PAUSES):
        if text in _shown(pilot):
            await pilot.pause()
            return
        await pilot.pause(PAUSE)
    raise TimeoutError(f"{text!r} was never shown:\n{_shown(pilot)}")


def _shown(pilot: Pilot[Any]) -> str:
    lines = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line) for line in lines)


def _self_contained(svg: str) -> str:
    """Without the fonts and the address that Textual links: a reader's own monospace font is used."""
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    svg = svg.replace("Fira Code, monospace", "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace")
    return svg.replace("<svg ", '<svg xml:space="preserve" ', 1)


# The database and the project ---------------------------------------------------------------------------------------


def _launch(path: Path, library: Path) -> Launch:
    from tui.badge import DEMO
    from tui.launch import Launch

    return Launch("demo", _opener(path), badge=DEMO, project=library)


def _opener(path: Path) -> Callable[[Report], Any]:
    async def open_it(_: Report) -> Opening:
        from tui.database import open_database
        from tui.demo import fill
        from tui.launch import Opening
        from tui.migrate.schema import create_schema
        from tui.settings import parse_url

        url = f"sqlite://{path}"
        await create_schema(url)
        made = await asyncio.to_thread(fill, str(path), "sqlite", PEOPLE)
        return Opening(await open_database(parse_url(url)), made.token)

    return open_it


def _library(directory: Path) -> Path:
    """A copy of the example project, two of its migrations pending."""
    copy = directory / "library"
    shutil.copytree(ROOT / "examples" / "library", copy, ignore=shutil.ignore_patterns("*.sqlite3*", "__pycache__"))
    subprocess.run([sys.executable, "reset.py"], cwd=copy, check=True, stdout=subprocess.DEVNULL)
    return copy


# The clock ----------------------------------------------------------------------------------------------------------


class _LikeDatetime(type):
    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, datetime)


class _Stopped(datetime, metaclass=_LikeDatetime):
    """A datetime whose now is always the same."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return NOON.astimezone(tz) if tz else NOON.replace(tzinfo=None)


@contextmanager
def _frozen() -> Iterator[None]:
    """Stops the clocks of the program and of the database, and lets every timed thing take the same time."""
    from models.clock import database_now
    from tui.screens.dialogs.base import Dialog

    async def now(_: object) -> datetime:
        return NOON

    ticks = count(step=0.0009)
    with patch("time.time", lambda: NOON.timestamp()), patch.object(Dialog, "SETTLE", 0.0):
        for module in _modules():
            if module.__dict__.get("datetime") is datetime:
                module.datetime = _Stopped  # type: ignore[attr-defined]
            if module.__dict__.get("database_now") is database_now:
                module.database_now = now  # type: ignore[attr-defined]
            if "perf_counter" in module.__dict__:
                module.perf_counter = lambda: next(ticks)  # type: ignore[attr-defined]
        yield


def _modules() -> Iterator[ModuleType]:
    """Every module of the program, imported; but for those that only run as a process of their own."""
    for package in ("models", "tui"):
        found = import_module(package)
        for module in walk_packages(found.__path__, f"{package}."):
            if not module.name.startswith(("tui.migrate.process", "tui.__main__")):
                yield import_module(module.name)


if __name__ == "__main__":
    main()
