"""The three themes: a calm dark one, a light one, and one that uses no colour at all.

One accent; red only for danger. `shellback-mono` keeps to the terminal's own two colours and to reverse, bold and
underline; it is what NO_COLOR gets.
"""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

DARK: Final = Theme(
    name="shellback-dark",
    primary="#7aa2c8",
    secondary="#8a94a6",
    accent="#7aa2c8",
    warning="#d9a65a",
    error="#d9534f",
    success="#7fb07f",
    foreground="#d5d8de",
    background="#15181d",
    surface="#1b1f26",
    panel="#242a33",
    dark=True,
    variables={
        "block-cursor-background": "#7aa2c8",
        "block-cursor-foreground": "#15181d",
        "border": "#5b7a99",
        "border-blurred": "#39424f",
        "input-selection-background": "#3b5673",
    },
)

LIGHT: Final = Theme(
    name="shellback-light",
    primary="#24567f",
    secondary="#5c6675",
    accent="#24567f",
    warning="#8a5a00",
    error="#b3261e",
    success="#2e6b34",
    foreground="#1d2026",
    background="#fbfbf9",
    surface="#f3f3ef",
    panel="#e7e7e1",
    dark=False,
    variables={
        "block-cursor-background": "#24567f",
        "block-cursor-foreground": "#fbfbf9",
        "border": "#7c94ab",
        "border-blurred": "#c3c8cf",
        "input-selection-background": "#bcd2e6",
    },
)

MONO: Final = Theme(
    name="shellback-mono",
    primary="ansi_default",
    secondary="ansi_default",
    accent="ansi_default",
    warning="ansi_default",
    error="ansi_default",
    success="ansi_default",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    ansi=True,
    dark=True,
    variables={
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "border": "ansi_default",
        "border-blurred": "ansi_default",
        "block-cursor-background": "ansi_default",
        "block-cursor-foreground": "ansi_default",
        "block-cursor-text-style": "reverse",
        "input-cursor-background": "ansi_default",
        "input-cursor-foreground": "ansi_default",
        "input-cursor-text-style": "reverse",
        "input-selection-background": "ansi_default",
        "input-selection-foreground": "ansi_default",
        "screen-selection-background": "ansi_default",
        "screen-selection-foreground": "ansi_default",
        "scrollbar": "ansi_default",
        "scrollbar-background": "ansi_default",
    },
)

THEMES: Final = (DARK, LIGHT, MONO)
DEFAULT: Final = DARK.name


def choose(wanted: str, *, no_color: bool) -> str:
    """The theme to start with: NO_COLOR wins, then what was wanted if it exists, then the dark one."""
    if no_color:
        return MONO.name
    return wanted if wanted in {theme.name for theme in THEMES} else DEFAULT
