"""What a terminal sends that nobody typed: answers to questions (its colours, its kind, where the cursor is), which
must never arrive as keys, and pastes, which must end.

Textual 8.2.8 types a sequence that it does not know as single keys: the colour of the background would open the
palette, the kind of the terminal the help. And a paste whose end got lost takes every key that follows.
"""

from __future__ import annotations

import re
from time import monotonic
from typing import TYPE_CHECKING, Final

from textual import constants, events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from textual.message import Message

SILENCE_SECONDS: Final = 1.0
"""After this long without more, half an answer is dropped."""
PASTE_SECONDS: Final = 2.0
"""After this long without more, a paste without an end has ended: keys are keys again."""
LONGEST_PASTE: Final = 1_000_000
"""Characters of a paste that are kept: no field takes as many."""
_TYPED: Final = 8
"""A read of at most so many characters may be a key: it does not keep a paste going that has stopped."""

_PASTE_END: Final = "\x1b[201~"
_STRING: Final = r"\x1b(?:\]\d|P[\d>$!+]|_G)[^\x00-\x1f]*"
"""An answer that is a string (OSC, DCS, APC) up to its end. No terminal sends a control character within one: after a
beginning without an end, Enter, Esc and Ctrl+Q are keys again at once."""
_PIECE: Final = re.compile(
    r"(?P<paste>\x1b\[200~)"
    r"|(?P<key>\x1b\[\[.|\x1b\[(?:[378]|2[34])\$)"  # of a Linux console, and of rxvt: not of the grammar
    rf"|(?P<open>(?:\x1b(?:\[M.{{0,2}}|\[\[?|\[[0-?]*[ -/]*|\]\d?|P|_)?|{_STRING}\x1b?)\Z)"
    rf"|(?P<string>{_STRING}(?:\x07|\x1b\\)?)"
    r"|(?P<mouse>\x1b\[M...)"
    r"|(?P<control>\x1b\[[0-?]*[ -/]*[@-Z\\-~])"
    r"|(?P<broken>\x1b\[[ -?]+)"
    r"|(?P<other>\x1b|[^\x1b]+)",
    re.DOTALL,
)
"""What stands at the front of what came: everything matches one of them. `open`: more is needed to tell."""
_LATE: Final = re.compile(r"\]\d+;|P[\d>$!+]+[|r]|\[[?>]\d")
"""How an answer goes on whose first byte came long before: as nobody types it in one go."""
_OWN: Final = re.compile(
    r"\x1b\[(?:[IO]|<\d{1,9};-?\d{1,9};-?\d{1,9}[Mm]|48(?:;\d{1,9}(?::\d*)?){4}t|\?20(?:26|48);\d\$y)"
)
"""What is no key and yet meant for the program: the focus, the mouse, its size, the modes that it asked about."""


class PatientParser(XTermParser):
    """Textual's parser, which sees only keys, the mouse, and what it asked for itself."""

    def __init__(self, debug: bool = False) -> None:
        self._held = ""
        self._pasting: list[str] | None = None
        self._room = 0
        self._moment = 0.0
        self._escaped = -SILENCE_SECONDS
        super().__init__(debug)

    def feed(self, data: str) -> Iterable[Message]:
        """The messages of what came. Half a sequence is kept for the next call, or until `tick` lets it go."""
        if not data:
            yield from super().feed("")
            return
        now = monotonic()
        if self._pasting is None or len(data) > _TYPED:
            self._moment = now
        if not self._held and now - self._escaped < SILENCE_SECONDS and _LATE.match(data):
            data = "\x1b" + data
        self._escaped = -SILENCE_SECONDS
        text, self._held = self._held + data, ""
        at = 0
        while at < len(text):
            if self._pasting is None:
                at = yield from self._piece(text, at)
                continue
            end = text.find(_PASTE_END, at)
            if end < 0:
                self._held = _begun(text[at:])
                self._keep(text[at : len(text) - len(self._held)])
                return
            self._keep(text[at:end])
            yield from self._pasted()
            at = end + len(_PASTE_END)

    def tick(self) -> Iterable[Message]:
        """The messages of what has waited for long enough for more."""
        silent = monotonic() - self._moment
        if self._pasting is not None:
            if silent >= PASTE_SECONDS:
                self._keep(self._held)
                self._held = ""
                yield from self._pasted()
        elif self._held and silent >= constants.ESCAPE_DELAY and len(self._held) <= 2:
            # One key: Esc, or Alt with what begins an answer elsewhere.
            key, self._held = self._held, ""
            self._escaped = monotonic() if key == "\x1b" else self._escaped
            yield from super().feed(key)
            if self._timeout_time is not None:
                self._timeout_time = 0.0  # it has waited already
        elif silent >= SILENCE_SECONDS:
            self._held = ""
        yield from super().tick()

    def _piece(self, text: str, at: int) -> Generator[Message, None, int]:
        """Handles what stands at this place; returns where the next piece begins."""
        found = _PIECE.match(text, at)
        assert found is not None, "everything matches"
        piece, kind = found[0], found.lastgroup
        if kind == "paste":
            self._pasting, self._room = [], LONGEST_PASTE
        elif kind == "open":
            self._held = _shortened(piece)
        elif kind in ("key", "other") or (kind == "control" and self._is_known(piece)):
            yield from super().feed(piece)
        return found.end()

    def _is_known(self, sequence: str) -> bool:
        """Whether the parser below makes one event of it, without an error."""
        if sequence in ANSI_SEQUENCES_KEYS or _OWN.fullmatch(sequence):
            return True
        try:
            keys = self._parse_extended_key(sequence) or []
            "".join(key.key + (key.character or "") for key in keys).encode()
        except (ValueError, OverflowError):  # a character that there is not, or half of one
            return False
        return bool(keys)

    def _keep(self, text: str) -> None:
        assert self._pasting is not None
        self._pasting.append(text[: self._room])
        self._room -= min(self._room, len(text))

    def _pasted(self) -> Iterator[Message]:
        text, self._pasting = "".join(self._pasting or ()).replace("\0", ""), None
        if text:
            yield events.Paste(text)


def _begun(text: str) -> str:
    """The beginning of the mark that ends a paste, where the text ends with one."""
    return next((_PASTE_END[:n] for n in range(len(_PASTE_END) - 1, 0, -1) if text.endswith(_PASTE_END[:n])), "")


def _shortened(held: str) -> str:
    """As much of half an answer as tells what it is: the rest is dropped anyway."""
    return held if len(held) <= 64 else held[:4] + ("\x1b" if held.endswith("\x1b") else "")
