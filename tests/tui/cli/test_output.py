"""Standard output: aligned by cells, nothing acts on a terminal, documents lose nothing."""

import json
import os
import shlex
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.cli import output

HOSTILE = "a\x1b]52;c;eA==\x07\x9b31m\u202eb\u200bc\ud800\x7f\x85d\U000e0041"


def test_a_document_is_read_back_as_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"name": HOSTILE, "kept": "Łukasz 山田 é e\u0301 😀", "number": 3, "none": None}
    output.document(value)
    text = capsys.readouterr().out
    assert json.loads(text) == value
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Cs"} for character in text.replace("\n", ""))
    assert "Łukasz 山田" in text


@given(st.text())
def test_any_text_survives_a_document(text: str) -> None:
    escaped = output._ODD.sub(lambda match: "".join(output._escaped(match[0])), json.dumps(text, ensure_ascii=False))
    assert json.loads(escaped) == text


def test_columns_are_aligned_by_cells(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(("ID", "NAME", "STATE"), [(1, "山田", "active"), (22, "ann", HOSTILE)], right=("ID",))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    at = cell_len(lines[0][: lines[0].index("STATE")])
    assert cell_len(lines[1][: lines[1].index("active")]) == at
    assert lines[1].startswith(" 1  ")
    assert "\x1b" not in lines[2]


def test_a_line_stays_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    output.line("a\nb\rc")
    output.complain("x\x1b[2Jy\nz")
    printed = capsys.readouterr()
    assert printed.out == "a\\nb\\rc\n"
    assert printed.err == "shellback: x\\x1b[2Jy\\nz\n"


@pytest.mark.parametrize("buffered", ["", "1"])
@pytest.mark.parametrize(
    ("how", "code", "said"),
    [
        (">&-", 0, ""),
        ("<&- >&- 2>&-", 0, ""),
        (">/dev/full", 1, "shellback: What was to be written could not be: No space left on device.\n"),
    ],
)
def test_a_stream_that_takes_nothing_is_no_mistake(how: str, code: int, said: str, buffered: str) -> None:
    command = f"exec {shlex.quote(sys.executable)} -m tui migrate sql 0 --down {how}"
    ended = subprocess.run(
        ["sh", "-c", command],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | {"PYTHONUNBUFFERED": buffered},
    )
    assert (ended.returncode, ended.stderr, ended.stdout) == (code, said, "")
