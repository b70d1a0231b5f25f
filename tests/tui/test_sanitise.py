"""What text of others looks like once it may be shown."""

import subprocess
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.content import Content

from tui.sanitise import MAX_MARKS, hidden_characters, one_line, sanitise, sanitise_block, shell_word
from tui.terminal.safe import safe

ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=80)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("alice", "alice"),
        ("Zoë Müller 漢字 алиса", "Zoë Müller 漢字 алиса"),
        ("ali\u202ebob", r"ali\u202ebob"),
        ("\x1b]52;c;aGk=\x07", r"\x1b]52;c;aGk=\x07"),
        ("a\x9bb\x7fc", r"a\x9bb\x7fc"),
        ("two\nlines\ttab\r", r"two\nlines\ttab\r"),
        ("ad\u200bmin", r"ad\u200bmin"),
        ("ad\u00a0min", r"ad\xa0min"),
        ("\U000e0041x", r"\U000e0041x"),
        ("\ud800", r"\ud800"),
        ("❤️", r"❤\ufe0f"),
        ("👩\u200d🚀", "👩" + r"\u200d" + "🚀"),
        ("\u3164", r"\u3164"),
        ("[@click=app.quit]x[/]", "[@click=app.quit]x[/]"),
        (None, ""),
        (42, "42"),
    ],
)
def test_what_acts_or_hides_is_written_out(raw: object, shown: str) -> None:
    assert sanitise(raw) == shown


def test_marks_beyond_two_are_written_out() -> None:
    assert sanitise("Z" + "\u0301" * 4) == "Z\u0301\u0301" + r"\u0301\u0301"
    assert sanitise("\u0301x") == r"\u0301x"


@given(ANY_TEXT)
@example("\u1100\u1161\U0001f1e9\U0001f1ea👍🏽")
def test_no_character_acts_and_every_width_is_plain(text: str) -> None:
    shown = sanitise(text)
    marks = 0
    for character in shown:
        category = unicodedata.category(character)
        assert category not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
        assert category != "Zs" or character == " "
        marks = marks + 1 if category in {"Mn", "Me", "Mc"} else 0
        assert marks <= MAX_MARKS
    assert cell_len(shown) == sum(map(cell_len, shown))
    assert sanitise(shown) == shown
    shown.encode("utf-8")


@given(ANY_TEXT, st.integers(1, 40))
def test_the_length_is_bounded(text: str, limit: int) -> None:
    shown, whole = sanitise(text, limit), sanitise(text, 10_000)
    assert len(shown) <= limit
    if shown == whole:
        return
    head, ellipsis, tail = shown.partition("…") if "…" not in text else (shown, "…", "")
    assert ellipsis
    assert len(text) <= limit or not tail
    assert "…" in text or (whole.startswith(head) and whole.endswith(tail))


def test_what_a_sentence_says_at_its_end_is_not_lost_behind_a_name() -> None:
    name = "\U000e0041" * 50
    shown = sanitise(f"{name} #990 is active now.", 300)
    assert shown.startswith(r"\U000e0041\U000e0041")
    assert shown.endswith(r"\U000e0041 #990 is active now.")
    assert sanitise("a\u202e" + "e\u0301" * 9, 20) == "a" + r"\u202e" + "e\u0301" * 2 + "…" + "e\u0301" * 4


def test_a_long_value_costs_no_more_than_its_limit() -> None:
    assert sanitise("x" * 10_000_000, 10) == "xxxxxxxxx…"
    assert sanitise("\u202e" * 10_000_000, 10) == r"\u202e…"


def test_a_block_keeps_its_lines() -> None:
    assert sanitise_block("SELECT\t1;\r\n-- \x1b[2J\n") == "SELECT    1;\n-- \\x1b[2J\n"
    assert len(sanitise_block("ab\n" * 100, 50)) == 50


def test_safe_reads_no_markup() -> None:
    content = safe("[b]bold[/b] [/nope] \x1b")
    assert isinstance(content, Content)
    assert content.plain == r"[b]bold[/b] [/nope] \x1b"
    assert not content.spans


def test_where_the_hidden_characters_are() -> None:
    assert hidden_characters("ali\u202ebob\u200b") == [(4, "U+202E"), (8, "U+200B")]
    assert hidden_characters("Zoë \U0001f1e6") == [(5, "U+1F1E6")]
    assert hidden_characters("alice") == hidden_characters("आरव सिंह") == hidden_characters("") == []


def test_a_word_of_a_command_line_says_what_it_is_and_acts_on_nothing() -> None:
    hostile = [
        "\x1b[201~\x15rm -rf /\n",
        "\x9b2J'\\",
        "a\u202eb\U000e0041",
        "e\u0301" + "\u0301" * 9,
        "Zo\udcff",
        "\t\r",
    ]
    plain = ["a b", "it's", "-x", "", "$(x)`y`", "Zoë"]
    words = [shell_word(text) for text in (*hostile, *plain)]
    assert sanitise(" ".join(words), 10_000) == " ".join(words)
    told = subprocess.run(
        ["bash", "-c", "printf '%s\\0' " + " ".join(words)],
        env={"LC_ALL": "C.UTF-8"}, capture_output=True, check=True, timeout=10,
    )  # fmt: skip
    assert told.stdout.decode("utf-8", "surrogateescape").split("\0")[:-1] == [*hostile, *plain]


def test_a_statement_on_one_line_loses_nothing_that_could_hide() -> None:
    assert one_line(" a\r\n\t b\u2028c\x85d ") == "a b\u2028c\x85d"
