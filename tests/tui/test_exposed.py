"""A connection that is not proven says so in red on every screen, and only then."""

from __future__ import annotations

import asyncio

import pytest

from tests.tui.shell import StrictShell
from tests.tui.waiting import screen_text, until_shown
from tui.cli.arguments import build_parser
from tui.interface import _launch
from tui.launch import Launch, Opening, Report
from tui.widgets.exposed import Exposed


def launched(*argv: str) -> Launch:
    return _launch(build_parser().parse_args(argv))


def test_only_a_connection_that_can_be_read_or_answered_by_others_is_exposed() -> None:
    far = "postgres://desk@db.example.org/app"
    for url in (far, f"{far}?sslmode=verify-full", "postgres://desk@localhost/app", "sqlite:///srv/app.db"):
        assert launched("--url", url).exposed == ""
    weak = launched("--url", far, "--insecure-tls")
    assert weak.exposed == "Another server could pose as db.example.org: its name is not checked."
    assert len(f" ⚠ {weak.exposed}") <= 80  # whole in a small terminal
    assert weak.command == f"shellback --url {far} --insecure-tls"
    assert "in plain text" in launched("--url", f"{far}?sslmode=disable", "--insecure-tls").exposed
    assert launched("--url", f"{far}?sslmode=verify-full", "--insecure-tls").exposed == ""
    replica = launched("--url", "postgres://desk@localhost/app", "--read-url", far, "--insecure-tls")
    assert "db.example.org" in replica.exposed


@pytest.mark.parametrize("sentence", ["Another server could pose as db1: its name is not checked.", ""])
async def test_the_line_is_on_the_screen(sentence: str) -> None:
    async def never(_: Report) -> Opening:
        await asyncio.Event().wait()
        raise AssertionError

    app = StrictShell(Launch("app@db1", never, exposed=sentence))
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "Opening app@db1")
        assert bool(app.screen.query(Exposed)) is bool(sentence)
        if sentence:
            lines = screen_text(pilot).splitlines()
            assert sentence in lines[1]
            assert "app@db1" in lines[0]
