"""SQL of migrations as a file of its own, to read or run by hand. Written whole or not at all, never over another."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tui.paths import expanded
from tui.sanitise import sanitise

if TYPE_CHECKING:
    from tui.migrate.source.files import Direction, MigrationFile


class NotWritten(Exception):
    """Nothing was written. The text is a sentence."""


def sql_text(project: str, files: Sequence[MigrationFile], direction: Direction = "up", dialect: str = "") -> str:
    """The scripts, one behind the other, each under the name and hash of its file, with a header of what it is.

    The header says that running it records nothing with Aerich. A program's SQL is not known, and said so.
    """
    of = f", for {dialect}" if dialect else ""
    lines = [
        f"-- {_plain(project)}: {len(files)} migration{'' if len(files) == 1 else 's'}, {direction}{of}.",
        "-- Running this records nothing in Aerich's table: stamp the files afterwards.",
    ]
    for file in files:
        text = file.script(direction).sql
        how = "in one transaction" if file.transactional else "not in a transaction"
        lines += ["", f"-- {_plain(file.version)} (sha256 {file.sha256[:16]}), {how}"]
        if text is None:
            lines.append("-- A program: its SQL is known only by running it.")
        else:
            if file.script(direction).is_program:
                lines.append("-- Python runs before this SQL: what else it does is in the file.")
            lines.append(text.strip("\n"))
            if text.strip() and not text.rstrip().endswith(";"):
                lines.append(";")
    return "\n".join(lines) + "\n"


def write_sql(path: Path, text: str) -> Path:
    """Writes a new file with mode 0600; returns where. Raises `NotWritten`, also when there is one already."""
    path = expanded(path).absolute()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise NotWritten(f"{path} is there already, and was left alone. Choose another name.") from None
    except OSError as error:
        raise NotWritten(f"{path} cannot be written: {error.strerror}.") from None
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        path.unlink(missing_ok=True)
        raise NotWritten(f"{path} could not be written: {error.strerror}. Nothing is left of it.") from None
    return path


def _plain(text: str) -> str:
    """On one line, and nothing in it acts: a name with a line feed would end the comment."""
    return sanitise(text)
