"""What the terminal can do for the interface, as far as its environment says. Nothing is sent to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tui.doctor.check import Check, ok, warning

SMALLEST: Final = (60, 15)
"""Columns and rows under which the interface says that the terminal is too small."""


def check_terminal(environment: Mapping[str, str], encoding: str | None, size: tuple[int, int] | None) -> list[Check]:
    """Return what is known; `size` is None where standard output is no terminal."""
    if size is None:
        return [ok("terminal", "Standard output is no terminal: what the interface would find was not looked at.")]
    return [_kind(environment, size), _characters(encoding), _clipboard(environment)]


def _kind(environment: Mapping[str, str], size: tuple[int, int]) -> Check:
    term = environment.get("TERM", "")
    if term in ("", "dumb"):
        return warning("terminal", "TERM is not set, or dumb: the interface cannot draw.", "export TERM=xterm-256color")
    columns, rows = size
    if columns < SMALLEST[0] or rows < SMALLEST[1]:
        return warning("terminal", f"It has {columns}x{rows} characters.", "make it at least 60x15, better 80x24")
    if environment.get("NO_COLOR"):
        colours = "no colours (NO_COLOR)"
    elif environment.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        colours = "all colours"
    elif "256color" in term or "direct" in term:
        colours = "256 colours"
    else:
        colours = "16 colours; with more: TERM=xterm-256color or COLORTERM=truecolor, where the terminal has them"
    return ok("terminal", f"{term}, {columns}x{rows}, {colours}.")


def _characters(encoding: str | None) -> Check:
    if (encoding or "").lower().replace("-", "").replace("_", "") == "utf8":
        return ok("characters", "UTF-8.")
    sentence = f"The locale's encoding is {encoding or 'unknown'}: names beyond it cannot be shown."
    return warning("characters", sentence, "export LC_ALL=C.UTF-8, or a UTF-8 locale of your language")


def _clipboard(environment: Mapping[str, str]) -> Check:
    """Whether the sequence arrives cannot be asked: terminals do not answer it."""
    if "TMUX" in environment:
        return ok("clipboard", "Copies go through tmux (OSC 52). Where they do not arrive: set -g set-clipboard on")
    if environment.get("TERM", "").startswith("screen"):
        return warning("clipboard", "GNU screen drops copies (OSC 52).", "use tmux, or select with shift and the mouse")
    if "VTE_VERSION" in environment or "TERMINATOR_UUID" in environment:
        return warning(
            "clipboard", "Terminals of GNOME's kind ignore copies (OSC 52).", "select with shift and the mouse"
        )
    return ok("clipboard", "Copies are sent to the terminal (OSC 52); some ask before they take them, few ignore them.")
