"""The command line that does the same as a dialog: exactly what could be typed, quoted for a shell. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.operations import PasswordMethod
from models.operations.credentials.reset_options import EXPIRES_IN
from tui.sanitise import shell_word
from tui.until import span_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from models.operations import ResetOptions


def twin(command: str, *words: object, reason: str = "") -> str:
    """Return the line: `command` is how this database is reached, as it is typed; the rest is quoted."""
    tail = ["--reason", reason] if reason else []
    return " ".join([command, *(shell_word(str(word)) for word in (*words, *tail))])


def edit_twin(command: str, user_id: int, values: Mapping[str, str], reason: str = "") -> str:
    """Return the twin of an edit, with only the touched fields."""
    return twin(command, "users", "edit", user_id, *_sets(values), reason=reason)


def stage_twin(command: str, user_id: int, values: Mapping[str, str]) -> str:
    """Return the twin of a staged edit; the reason is given at the commit."""
    return twin(command, "changes", "stage", user_id, *_sets(values))


def create_twin(command: str, values: Mapping[str, str], method: PasswordMethod, reason: str = "") -> str:
    """Return the twin of a create; `values` has the username among the fields."""
    fields = {name: value for name, value in values.items() if name != "username"}
    words = ("users", "create", values.get("username", ""), *_sets(fields), *_METHODS[method])
    return twin(command, *words, reason=reason)


def reset_twin(command: str, user_id: int, options: ResetOptions, reason: str = "") -> str:
    """Return the twin of a reset, with what differs from its defaults."""
    words: list[object] = ["users", "reset", user_id]
    if options.method is not PasswordMethod.GENERATE:
        words += ["--method", options.method]
    if options.makes_password:
        if not options.must_change:
            words.append("--no-must-change")
        if options.expires_in != EXPIRES_IN:
            words += ["--expires", span_words(options.expires_in)]
    if not options.revoke_sessions:
        words.append("--no-revoke-sessions")
    if options.unlock is not None:
        words.append("--unlock" if options.unlock else "--no-unlock")
    if options.reset_mfa:
        words.append("--reset-mfa")
    return twin(command, *words, reason=reason)


_METHODS = {
    PasswordMethod.GENERATE: (),
    PasswordMethod.WORDS: ("--words",),
    PasswordMethod.DISABLE: ("--disable-password",),
}


def _sets(values: Mapping[str, str]) -> Iterable[str]:
    for name, value in values.items():
        yield from ("--set", f"{name}={value}")
