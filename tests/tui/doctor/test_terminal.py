"""What the environment says of the terminal."""

import pytest

from tui.doctor.check import Check, State
from tui.doctor.passwords import check_passwords
from tui.doctor.terminal import check_terminal


def look(environment: dict[str, str], encoding: str = "utf-8", size: tuple[int, int] = (80, 24)) -> dict[str, Check]:
    return {check.name: check for check in check_terminal(environment, encoding, size)}


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"TERM": "xterm-256color"}, "256 colours"),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, "all colours"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "no colours"),
        ({"TERM": "xterm"}, "16 colours"),
    ],
)
def test_colours(environment: dict[str, str], words: str) -> None:
    found = look(environment)

    assert found["terminal"].state is State.OK
    assert words in found["terminal"].sentence


@pytest.mark.parametrize(
    ("found", "name"),
    [
        (look({}), "terminal"),
        (look({"TERM": "dumb"}), "terminal"),
        (look({"TERM": "xterm"}, size=(59, 24)), "terminal"),
        (look({"TERM": "xterm"}, "ANSI_X3.4-1968"), "characters"),
        (look({"TERM": "screen"}), "clipboard"),
        (look({"TERM": "xterm-256color", "VTE_VERSION": "6800"}), "clipboard"),
    ],
)
def test_what_could_be_better(found: dict[str, Check], name: str) -> None:
    assert {check.name for check in found.values() if check.state is State.WARNING} == {name}
    assert found[name].todo


def test_the_hint_for_tmux() -> None:
    assert "set-clipboard on" in look({"TERM": "tmux-256color", "TMUX": "/tmp/x"})["clipboard"].sentence


def test_a_pipe_is_not_judged() -> None:
    (found,) = check_terminal({}, "ascii", None)

    assert found.state is State.OK


def test_the_password_libraries_here_verify_rightly() -> None:
    found = check_passwords()

    assert found.state is State.OK, found.sentence
    assert "bcrypt" in found.sentence
