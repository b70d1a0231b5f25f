"""A file in the person's own editor: $VISUAL or $EDITOR, at a line where the editor can be told one.

The terminal is handed over while it runs. The editor gets the environment that every child gets: without what opens
Shellback.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from textual.app import SuspendNotSupported

from tui.settings.children import environment_of_children

if TYPE_CHECKING:
    from textual.app import App

_PLUS: Final = frozenset(
    {"vi", "vim", "nvim", "view", "nano", "pico", "emacs", "emacsclient", "kak", "micro", "joe", "jed", "mg", "ne"}
)
"""Editors that take `+LINE` before the file."""
_COLON: Final = frozenset({"hx", "helix", "subl", "zed"})
"""Editors that take `FILE:LINE`."""
_GOTO: Final = frozenset({"code", "codium", "code-insiders", "cursor"})
"""Editors that take `--goto FILE:LINE`, and return at once without `--wait`."""


class NoEditor(Exception):
    """There is none, or it could not be run. The text is a sentence."""


def editor_command(path: Path, line: int | None = None) -> list[str]:
    """The editor with its arguments. Raises `NoEditor`."""
    said = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not said:
        raise NoEditor("Set VISUAL or EDITOR to the editor that is to be opened, and start Shellback again.")
    try:
        words = shlex.split(said)
    except ValueError:
        raise NoEditor(f"VISUAL or EDITOR is not a command: {said!a}.") from None
    if not words or shutil.which(words[0]) is None:
        raise NoEditor(f"There is no program {said}, which VISUAL or EDITOR names.")
    name = Path(words[0]).name
    if line is None:
        return [*words, str(path)]
    if name in _PLUS:
        return [*words, f"+{line}", str(path)]
    if name in _COLON:
        return [*words, f"{path}:{line}"]
    if name in _GOTO:
        return [*words, *([] if "--wait" in words else ["--wait"]), "--goto", f"{path}:{line}"]
    return [*words, str(path)]


def edit_file(app: App[Any], path: Path, line: int | None = None) -> None:
    """Hands the terminal to the editor and waits until it is left. Raises `NoEditor`.

    Nothing of the interface runs meanwhile: it has no screen to draw on.
    """
    command = editor_command(path, line)
    try:
        with app.suspend():
            ended = subprocess.run(command, env=environment_of_children(), check=False)  # noqa: S603 - the person's own
    except SuspendNotSupported:
        raise NoEditor("This terminal cannot be handed to an editor.") from None
    except OSError as error:
        raise NoEditor(f"{command[0]} could not be started: {error.strerror}.") from None
    if ended.returncode:
        raise NoEditor(f"{Path(command[0]).name} ended with status {ended.returncode}.")
