"""The template of a one-time link: what may stand in the configuration, and what is refused by name and line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tui.settings.errors import SettingsError
from tui.settings.profiles import load_settings
from tui.settings.reset_url import reset_url_problem

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "template",
    [
        "https://app.example/reset?token={token}",
        "https://app.example:8443/#/reset/{token}",
        "http://localhost:8000/reset?token={token}",
        "http://127.0.0.1/{token}",
        "http://[::1]:8000/{token}",
    ],
)
def test_a_template_that_can_be_used(template: str) -> None:
    assert reset_url_problem(template) == ""


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ("https://app.example/reset", "exactly once"),
        ("https://app.example/{token}/{token}", "exactly once"),
        ("https://app.example/{user}/{token}", "no other braces"),
        ("http://app.example/reset?token={token}", "must begin with https"),
        ("http://localhost.evil.example/{token}", "must begin with https"),
        ("ftp://app.example/{token}", "whole URL"),
        ("//app.example/{token}", "whole URL"),
        ("reset?token={token}", "whole URL"),
        ("https://{token}.example/", "behind the host"),
        ("https://maria:pw@app.example/{token}", "user or a password"),
        ("https://app.example/re set?{token}", "without spaces"),
        ("https://app.example/\x1b]8;;{token}", "without spaces"),
        ("https://app.example:port/{token}", "not a URL"),
        ("https://app.example/{token}" + "x" * 2000, "at most 2000"),
    ],
)
def test_a_template_that_cannot(template: str, problem: str) -> None:
    assert problem in reset_url_problem(template)


def test_the_configuration_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[profiles.desk]\nreset_url = "http://app.example/{token}"\n')
    with pytest.raises(SettingsError, match=r"line 2: profiles\.desk\.reset_url must begin with https"):
        load_settings(path)
    path.write_text('reset_url = "https://app.example/{token}"\n[profiles.desk]\n[profiles.other]\nreset_url = ""\n')
    settings = load_settings(path)
    assert settings.profile("desk").reset_url == "https://app.example/{token}"
    assert settings.profile("other").reset_url == ""
