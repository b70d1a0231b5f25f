"""Squawk, the linter of PostgreSQL migrations, run as a program of its own on the SQL of the files.

It comes with Shellback where its wheels exist, else it is taken from PATH. Its absence or failure is a sentence: the
rest of the lint goes on. It reads SQL from a private directory, and executes nothing.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tui.settings.children import environment_of_children

SECONDS: Final = 20.0
"""For all files of one call."""
MOST_BYTES: Final = 8 * 1024 * 1024
"""Of one script: squawk keeps a tree of all of it."""
_POLL_S: Final = 0.05
_AT_ONCE: Final = 200
_FOUND_ANYTHING: Final = (0, 1)
_VERSION: Final = re.compile(r"\d{1,3}(?:\.\d{1,3}){0,2}")
MISSING: Final = (
    "squawk was not found: PostgreSQL's general rules were not checked. Install it with  pip install squawk-cli."
)


class SquawkFailed(Exception):
    """It was not found, or did not answer. The text is a sentence."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of squawk, at an offset into the script in characters."""

    rule: str
    message: str
    help: str
    offset: int


def find_squawk() -> Path | None:
    """Beside the interpreter, else on PATH."""
    name = "squawk.exe" if sys.platform == "win32" else "squawk"
    beside = Path(sys.executable).parent / name
    if beside.is_file():
        return beside
    found = shutil.which("squawk")
    return Path(found) if found else None


def run_squawk(
    scripts: Sequence[tuple[str, bool]],
    *,
    server: str | None = None,
    config: Path | None = None,
    stop: threading.Event | None = None,
) -> list[list[Finding] | str]:
    """The findings of each script (SQL, and whether it runs in a transaction), or a sentence why it has none.

    Raises `SquawkFailed` when squawk cannot be run at all, or does not end in SECONDS.
    """
    program = find_squawk()
    if program is None:
        raise SquawkFailed(MISSING)
    answers: list[list[Finding] | str] = [[] for _ in scripts]
    deadline = time.monotonic() + SECONDS
    with tempfile.TemporaryDirectory(prefix="shellback-lint-") as directory:
        folder = Path(directory)
        (folder / "empty.toml").touch()
        for transactional in (True, False):
            paths: list[Path] = []
            for index, (sql, in_transaction) in enumerate(scripts):
                if in_transaction is not transactional:
                    continue
                data = sql.encode("utf-8", "replace")
                if len(data) > MOST_BYTES:
                    answers[index] = f"The script is larger than {MOST_BYTES // 1024 // 1024} MB: too large for squawk."
                    continue
                paths.append(folder / f"{index}.sql")
                paths[-1].write_bytes(data)
            options = ["--reporter", "json", "--config", str(config or folder / "empty.toml")]
            options += ["--assume-in-transaction"] if transactional else []
            options += ["--pg-version", found.group()] if server and (found := _VERSION.match(server)) else []
            for begin in range(0, len(paths), _AT_ONCE):
                chunk = [str(path) for path in paths[begin : begin + _AT_ONCE]]
                for item in _call([str(program), *options, *chunk], folder, deadline, stop):
                    _put(item, scripts, answers)
    return answers


def _call(command: Sequence[str], folder: Path, deadline: float, stop: threading.Event | None) -> list[dict[str, Any]]:
    output = folder / "output.json"
    try:
        with output.open("wb") as out:
            process = subprocess.Popen(  # noqa: S603 - a list of arguments, no shell
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.DEVNULL,
                env=environment_of_children(),
            )
    except OSError as error:
        raise SquawkFailed(f"squawk could not be started: {error.strerror}.") from None
    try:
        while process.poll() is None:
            if time.monotonic() > deadline:
                raise SquawkFailed(f"squawk did not end within {SECONDS:.0f} s.")
            if stop is not None and stop.wait(0):
                raise SquawkFailed("The lint was stopped.")
            try:
                process.wait(_POLL_S)
            except subprocess.TimeoutExpired:
                continue
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    if process.returncode not in _FOUND_ANYTHING:
        raise SquawkFailed(f"squawk ended with status {process.returncode}: its rules were not checked.")
    try:
        found = json.loads(output.read_bytes())
    except ValueError:
        raise SquawkFailed("squawk did not answer with JSON: its rules were not checked.") from None
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _put(item: Mapping[str, Any], scripts: Sequence[tuple[str, bool]], answers: Sequence[list[Finding] | str]) -> None:
    stem = Path(str(item.get("file", ""))).stem
    if not stem.isdecimal() or int(stem) >= len(scripts):
        return
    index = int(stem)
    answer = answers[index]
    if isinstance(answer, list):
        offset = _offset(scripts[index][0], int(item.get("line") or 0), int(item.get("column") or 0))
        answer.append(
            Finding(
                str(item.get("rule_name") or ""), str(item.get("message") or ""), str(item.get("help") or ""), offset
            )
        )


def _offset(sql: str, line: int, column: int) -> int:
    """From squawk's place: lines from 0, columns in bytes of UTF-8 from 0."""
    start = 0
    for _ in range(line):
        end = sql.find("\n", start)
        if end < 0:
            break
        start = end + 1
    end = sql.find("\n", start)
    text = sql[start : end if end >= 0 else len(sql)]
    return start + len(text.encode("utf-8", "replace")[:column].decode("utf-8", "ignore"))
