"""A field for the six digits of an authenticator. Shown as they are typed: a code is worth nothing once it was used."""

from __future__ import annotations

from typing import Any, Final

from textual.widgets import Input

LONGEST: Final = 12
"""Characters: six digits, and the spaces that people type between them."""


class CodeInput(Input):
    """Takes digits, spaces and dashes; anything else is not typed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(restrict=r"[0-9 \-]*", max_length=LONGEST, placeholder="123 456", **options)
