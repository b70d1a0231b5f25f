"""What a terminal sends that nobody typed arrives as nothing, in whatever portions it comes; keys arrive as ever."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest
from textual import events
from textual._xterm_parser import XTermParser
from textual.message import Message

from tui.terminal import answers
from tui.terminal.answers import LONGEST_PASTE, PASTE_SECONDS, SILENCE_SECONDS, PatientParser

ANSWERS = (
    "\x1b]11;rgb:1e1e/1e1e/2e2e\x07",
    "\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\",
    "\x1b]52;c;UFdORUQgUSBEIHkK\x07",
    "\x1bP>|XTerm(390)\x1b\\",
    "\x1bP1$r0 q\x1b\\",
    "\x1bP1+r544e=787465726d\x1b\\",
    "\x1b_Gi=1;OK\x1b\\",
    "\x1b[?62;1;6;22c",
    "\x1b[>41;390;0c",
    "\x1b[?1u",
    "\x1b[?7;1$y",
    "\x1b[?12;40R",
    "\x1b[0n",
    "\x1b[8;24;80t",
    "\x1b[1114112;1u",  # a character that there is not
    "\x1b[55296;1u",  # half of one
    "\x1b[M ~~",  # the mouse as of old
)
KEYS = (
    "a", "\r", "é", "\x1b[A", "\x1b[1;5C", "\x1bOP", "\x1b[15~", "\x1b[3~", "\x1b[97;5u", "\x1b[[A", "\x1b[7$",
    "\x1ba", "\x1b[I", "\x1b[<0;5;6M", "\x1b[?2026;2$y",
)  # fmt: skip


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(answers, "monotonic", lambda: now[0])
    return now


def _seen(messages: Iterable[Message]) -> list[str]:
    return [
        message.key if isinstance(message, events.Key) else getattr(message, "text", type(message).__name__)
        for message in messages
    ]


def _typed(parser: XTermParser, *portions: str) -> list[str]:
    return [one for portion in portions for one in _seen([*parser.feed(portion), *parser.tick()])]


@pytest.mark.parametrize("answer", ANSWERS, ids=ascii)
def test_an_answer_is_no_key(answer: str, clock: list[float]) -> None:
    for cut in range(1, len(answer)):
        parser = PatientParser()
        got = _typed(parser, "q" + answer[:cut])
        clock[0] += 0.05 if cut == 1 else 0.5  # a lone Esc is the key after 0.1 s
        assert got + _typed(parser, answer[cut:] + "q") == ["q", "q"], cut
    assert _typed(PatientParser(), "q", *answer, "q") == ["q", "q"]


def test_an_answer_whose_first_byte_was_taken_for_esc(clock: list[float]) -> None:
    parser = PatientParser()
    got = _typed(parser, "\x1b")
    clock[0] += 0.3
    assert got + _seen(parser.tick()) + _typed(parser, ANSWERS[0][1:], "D") == ["escape", "D"]


def test_keys_are_as_they_are_in_textual(clock: list[float]) -> None:
    chance = random.Random(5)
    for _ in range(200):
        text = "".join(chance.choices(KEYS, k=8))
        cut = chance.randrange(1, len(text))
        assert _typed(PatientParser(), text[:cut], text[cut:]) == _typed(XTermParser(), text), ascii(text)


@pytest.mark.parametrize(
    ("key", "name"), [("\x1b", "escape"), ("\x1b]", "right_square_bracket"), ("\x1b[", "left_square_bracket")]
)
def test_esc_and_alt_are_keys_when_nothing_follows(key: str, name: str, clock: list[float]) -> None:
    parser = PatientParser()
    assert _typed(parser, key) == []
    clock[0] += 0.11
    assert _seen(parser.tick()) == [name]
    assert _typed(parser, "q") == ["q"]


@pytest.mark.parametrize("half", ["\x1b]11;rgb:1e", "\x1bP>|XT", "\x1b[?62;", "\x1b]11;" + "x" * 9_000, "\x1b[M"])
def test_half_an_answer_keeps_no_key_for_long(half: str, clock: list[float]) -> None:
    parser = PatientParser()
    assert _typed(parser, half) == []
    clock[0] += SILENCE_SECONDS
    assert _seen(parser.tick()) == []
    assert _typed(parser, "q") == ["q"]


@pytest.mark.parametrize("key", ["\r", "\x11", "\x1b[A"])
def test_a_control_key_ends_half_an_answer_at_once(key: str, clock: list[float]) -> None:
    assert _typed(PatientParser(), "\x1b]11;rgb:1e", key) == _typed(PatientParser(), key)


def test_a_paste_is_whole_however_it_comes(clock: list[float]) -> None:
    text = "D\ny\x1b[A\x1b]11;x\x07\x9b201~" * 3
    for size in (1, 2, 7, 4096):
        whole = f"\x1b[200~{text}\x1b[201~q"
        parts = [whole[at : at + size] for at in range(0, len(whole), size)]
        assert _typed(PatientParser(), *parts) == [text, "q"]


def test_a_paste_without_an_end_gives_the_keys_back(clock: list[float]) -> None:
    parser = PatientParser()
    assert _typed(parser, "\x1b[200~pasted text") == []
    got = []
    for _ in range(5):  # typing on does not keep it going
        clock[0] += PASTE_SECONDS / 4
        got += _typed(parser, "y")
    assert got == ["pasted textyyyy", "y"]


def test_a_paste_is_kept_up_to_a_size(clock: list[float]) -> None:
    parser = PatientParser()
    parts = ["\x1b[200~", *["x" * 4096] * 500, "\x1b[201~q"]
    [text, key] = _typed(parser, *parts)
    assert (len(text), key) == (LONGEST_PASTE, "q")
