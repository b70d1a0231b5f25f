"""Migration files, read as text: what each says of itself, without executing a line of it.

    read_files(project) -> tuple[MigrationFile, ...]     in Aerich's order; the ignored ones last

Aerich takes modules named `<number>_<anything>`, ordered by number and then by name; the version in its table is the
file's name. All that is unusual is told as a flag or a sentence, nothing is raised for a bad file.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from tui.migrate.source.literals import Place
from tui.migrate.source.project import Project, ProjectError
from tui.migrate.source.scripts import Script, Unreadable, read_module

Direction = Literal["up", "down"]

LONGEST: Final = 16 * 1024 * 1024
"""Bytes of a file that is read."""
LONGEST_VERSION: Final = 255
"""Characters in Aerich's column."""
_STAMP: Final = re.compile(r"\d{8,14}_")


@dataclass(frozen=True, slots=True)
class FileFault:
    """Why a file cannot be applied. `line` counts from 1; None when it is about the whole file."""

    sentence: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class MigrationFile:
    """One file. `number` is None, and `ignored` says why, for what Aerich does not take."""

    version: str
    """The file's name, as in Aerich's table."""
    path: Path
    number: int | None
    name: str
    """The file's name without number, time stamp and suffix."""
    sha256: str = ""
    size: int = 0
    """Bytes."""
    transactional: bool = True
    """RUN_IN_TRANSACTION; True too where only executing the file would tell, and then it is `dynamic`."""
    up: Script = field(default_factory=Script)
    down: Script = field(default_factory=Script)
    dynamic: bool = False
    """It is a program: what it does, or the SQL it returns, is known only by running it."""
    unreadable: FileFault | None = None
    ignored: str = ""

    @property
    def irreversible(self) -> bool:
        """Nothing takes it back: there is no downgrade, or an empty one."""
        return self.unreadable is None and not self.ignored and self.down.is_empty

    def script(self, direction: Direction) -> Script:
        return self.up if direction == "up" else self.down

    def place(self, direction: Direction, offset: int) -> Place | None:
        """The place in the file of an offset in the direction's SQL; None where the SQL is not in the file as it is."""
        return self.script(direction).place(offset)


def read_files(project: Project) -> tuple[MigrationFile, ...]:
    """Reads every file of the app's folder. Some milliseconds a file: call it off the event loop.

    Raises `ProjectError` when the folder cannot be read.
    """
    folder = project.folder
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    except OSError:
        raise ProjectError(f"The folder {folder} of the migrations cannot be read.") from None
    read = [found for entry in entries if (found := _read(entry)) is not None]
    taken = [file for file in read if file.number is not None]
    ignored = [file for file in read if file.number is None]
    # Stable: files of one number stay in the order of their names, as with Aerich.
    return (*sorted(taken, key=lambda file: file.number or 0), *ignored)


def parse_file(path: Path, data: bytes) -> MigrationFile:
    """A migration that is not in the folder yet, read as `read_files` would. Its name must be one that Aerich takes."""
    number = number_of(path.name)
    assert number is not None
    return _parse(path, data, number, name_of(path.name))


def number_of(version: str) -> int | None:
    """The number before the first underscore, None where Aerich sees none."""
    head, underscore, _ = version.partition("_")
    return int(head) if underscore and head.isdecimal() else None


def name_of(version: str) -> str:
    """The part that says what it is: `init` of `0_20260301090000_init.py`."""
    stem = version.removesuffix(".py").removesuffix(".sql")
    rest = stem.partition("_")[2] if number_of(version) is not None else stem
    return _STAMP.sub("", rest, count=1) or rest


def _read(path: Path) -> MigrationFile | None:
    version, name, number = path.name, name_of(path.name), number_of(path.name)
    if path.is_dir():
        if number is None or not (path / "__init__.py").is_file():
            return None
        fault = FileFault(f"{version} is a folder that Aerich would run as a migration. Make it a file.")
        return MigrationFile(f"{version}.py", path, number, name, unreadable=fault)
    if path.suffix == ".sql":
        reason = "A file of Aerich before 0.6, which no Aerich of today applies."
        return MigrationFile(version, path, None, name, ignored=reason)
    if path.suffix != ".py" or version.startswith("__"):
        return None
    if number is None or "." in path.stem:
        reason = "Its name does not begin with a number and an underscore: Aerich does not see it."
        return MigrationFile(version, path, None, name, ignored=reason)
    try:
        if path.stat().st_size > LONGEST:
            fault = FileFault(f"The file is larger than {LONGEST // 1024 // 1024} MB.")
            return MigrationFile(version, path, number, name, unreadable=fault)
        data = path.read_bytes()
    except OSError as error:
        fault = FileFault(f"The file cannot be read: {error.strerror}.")
        return MigrationFile(version, path, number, name, unreadable=fault)
    return _parse(path, data, number, name)


def _parse(path: Path, data: bytes, number: int, name: str) -> MigrationFile:
    version, digest = path.name, hashlib.sha256(data).hexdigest()
    if len(version) > LONGEST_VERSION:
        fault = FileFault(f"Its name is longer than the {LONGEST_VERSION} characters of Aerich's table.")
        return MigrationFile(version, path, number, name, digest, len(data), unreadable=fault)
    try:
        module = read_module(data)
    except Unreadable as error:
        fault = FileFault(error.sentence, error.line)
        return MigrationFile(version, path, number, name, digest, len(data), unreadable=fault)
    return MigrationFile(
        version,
        path,
        number,
        name,
        digest,
        len(data),
        transactional=module.transactional,
        up=module.up,
        down=module.down,
        dynamic=module.dynamic,
    )


__all__ = ["Direction", "FileFault", "MigrationFile", "Place", "name_of", "number_of", "parse_file", "read_files"]
