"""The parser: every command can be reached, learned and mistyped."""

import argparse
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tui.__main__ import main
from tui.cli.arguments import build_parser, opens_the_interface
from tui.cli.dispatch import command_of


def _leaves(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    for action in below:
        for child in action.choices.values():
            yield from _leaves(child)
    if not below:
        yield parser


LEAVES = {leaf.prog: leaf for leaf in _leaves(build_parser())}


def test_the_commands_there_are() -> None:
    assert {prog.removeprefix("shellback ") for prog in LEAVES} == {
        *("init", "login", "logout", "whoami", "confirm", "passwd"),
        *(f"users {verb}" for verb in ("list", "show", "create", "edit", "reset", "unlock", "revoke-sessions")),
        *("users lock", "users sessions", "users why", "users notes"),
        *("users mfa list", "users mfa reset"),
        *(f"mfa {verb}" for verb in ("list", "add", "confirm", "remove", "new-key")),
        *(f"users {verb}" for verb in ("activate", "deactivate", "bulk", "delete", "restore", "export", "import")),
        *(f"changes {verb}" for verb in ("list", "stage", "commit", "discard")),
        *(f"views {verb}" for verb in ("list", "save", "rename", "share", "unshare", "delete")),
        *(f"roles {verb}" for verb in ("list", "show", "create", "edit", "delete", "holders", "grant", "revoke")),
        *(f"migrate {verb}" for verb in ("status", "plan", "apply", "sql", "lint", "check", "revert", "stamp")),
        *(f"migrate {verb}" for verb in ("make", "drift", "history", "recover", "backups")),
        *(f"audit {verb}" for verb in ("list", "show", "export", "undo", "verify", "archive")),
        *("doctor", "grants", "rescue", "settle"),
    }


@pytest.mark.parametrize("prog", sorted(LEAVES))
def test_a_command_has_its_function_and_a_page_to_learn_from(prog: str) -> None:
    assert callable(command_of(LEAVES[prog].get_default("command")))
    page = LEAVES[prog].format_help()
    assert "examples:\n  shellback" in page
    assert max(map(len, page.splitlines())) <= 130


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["nonsense"], "invalid choice"),
        (["users"], "VERB"),
        (["users", "show"], "USER"),
        (["users", "list", "--limit", "0"], "--limit"),
        (["users", "reset", "1", "--expires", "soon"], "time span"),
        (["users", "edit", "1", "--set", "email"], "field=value"),
        (["users", "edit", "1"], "--set"),
        (["users", "list", "--nonsense"], "--nonsense"),
        (["users", "reset", "1", "--password", "hunter2hunter2"], "nobody chooses"),
        (["login", "--as", "m", "--password=hunter2hunter2"], "--password-stdin"),
        (["init", "--password", "hunter2hunter2"], "every user of this machine"),
        (["users", "create", "a", "--password", "hunter2hunter2"], "every user of this machine"),
        (["login"], "--as"),
        (["migrate", "apply", "--to", "1", "--next"], "not allowed with"),
        (["--demo", "--users", "none"], "whole number"),
        (["users", "show", "\udcff"], "not text"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_2(argv: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("shellback: ")
    assert said in printed.err
    assert "hunter2" not in printed.err
    assert len(printed.err.splitlines()) == 2


def test_the_connection_stands_before_or_after_the_command() -> None:
    parse = build_parser().parse_args
    assert parse(["--url", "u", "users", "list"]).url == "u"
    assert parse(["users", "list", "--url", "u"]).url == "u"
    assert parse(["--url", "u", "users", "list", "--url", "v"]).url == "v"
    assert parse(["users", "list"]).url is None
    assert parse(["--read-only", "users", "list"]).read_only is True


@pytest.mark.parametrize(
    ("argv", "opens"),
    [
        ([], True),
        (["--demo", "--users", "50"], True),
        (["--url", "users", "--read-only"], True),
        (["--url=users"], True),
        (["--project"], True),
        (["users"], False),
        (["--url", "x", "users", "list"], False),
        (["--help"], False),
        (["--demo=x"], False),
        (["--version"], False),
    ],
)
def test_the_options_of_the_interface_alone(argv: list[str], opens: bool) -> None:
    assert opens_the_interface(argv) is opens


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("shellback 0.")


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_completion(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--print-completion", shell]) == 0
    script = capsys.readouterr().out
    assert "deactivate" in script
    assert "--must-change" in script


def test_bash_accepts_its_completion(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--print-completion", "bash"]) == 0
    script = capsys.readouterr().out
    subprocess.run(["bash", "-n"], input=script, text=True, check=True)


def test_help_costs_nothing_heavy() -> None:
    probe = (
        "import sys; from tui.__main__ import main; main(['users', 'list', '--help']);"
        "heavy = {'textual', 'tortoise', 'asyncpg', 'rich', 'passlib', 'asyncio', 'models'} & set(sys.modules);"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", probe], check=True, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize(
    "argv",
    [
        ["--demo", "users", "list"],
        ["--users", "3", "whoami"],
        ["--project", ".", "users", "list"],
        ["--create", "whoami"],
        ["--users", "3"],
        ["--demo", "--url", "sqlite:///x"],
    ],
)
def test_an_option_without_a_meaning_is_not_dropped(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 2
    assert argv[0] in capsys.readouterr().err


def test_the_interface_needs_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tui", "--demo"], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("shellback: the interface needs a terminal")
    assert len(ended.stderr.splitlines()) == 1
