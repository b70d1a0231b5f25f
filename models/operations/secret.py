"""A text that never shows itself, and what stands in its place where something has to."""

from __future__ import annotations

from typing import Final, NoReturn

REDACTED: Final = "[redacted]"
REDACTED_CHANGED: Final = "[redacted: changed]"


class Secret:
    """A text that never shows itself: not in ``repr``, ``str``, a format, a pickle, a copy or a traceback of locals."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text. The caller puts it on the one place meant for it, and nowhere else."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(hidden)"

    def __str__(self) -> str:
        return "(hidden)"

    def __format__(self, format_spec: str) -> str:
        return format(str(self), format_spec)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled or copied")
