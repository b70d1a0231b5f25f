"""SQL in the person's own editor: both directions in one temporary file, read again when the editor is left."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from tui.cli.exits import Exit
from tui.cli.failure import Failure, usage
from tui.settings.children import environment_of_children

_UP: Final = "-- up: what the migration does. Keep this line, and the one that begins the way back."
_DOWN: Final = "-- down: what takes it back. Without statements it cannot be reverted."
_CUT: Final = re.compile(r"^-- down:[^\n]*\n?", re.MULTILINE)


def edit(up: str, down: str, dialect: str) -> tuple[str, str]:
    """Both directions as the person left them. Raises Failure without an editor, or when it fails."""
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not command:
        raise usage("--edit needs an editor in EDITOR or VISUAL")
    with tempfile.TemporaryDirectory(prefix="shellback-edit-") as folder:
        path = Path(folder, f"migration-{dialect}.sql")
        path.write_text(f"{_UP}\n{up}\n{_DOWN}\n{down}", encoding="utf-8")
        try:
            call = [*shlex.split(command), str(path)]
            code = subprocess.run(call, env=environment_of_children(), check=False).returncode  # noqa: S603 - the person's own
        except (OSError, ValueError) as error:
            raise Failure(f"{command} could not be started: {error}.", Exit.FAILED) from None
        if code:
            raise Failure(f"{command} ended with status {code}; nothing was written.", Exit.FAILED)
        text = path.read_text(encoding="utf-8")
    parts = _CUT.split(text, maxsplit=1)
    if len(parts) < 2:
        raise Failure("The line that begins with -- down: is gone; nothing was written.", Exit.FAILED)
    return parts[0].removeprefix(f"{_UP}\n").strip() + "\n", parts[1].strip() + "\n"
