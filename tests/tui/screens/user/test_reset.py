"""The reset form: every way of it, what is greyed and why, look-alikes, texts that the audit cannot keep."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from textual.command import CommandPalette
from textual.widgets import Button, Input
from tortoise.transactions import in_transaction

from models import MfaFactor, OneTimeToken, User
from models.operations import Secret, Status, redeem_reset
from models.passwords import Verdict, verify
from tests.models.operations.people import events, reread, user
from tests.tui.screens.user.writing import Opened, alice, opened, root, until_said, words
from tests.tui.shell import person
from tests.tui.waiting import screen_text, until
from tui.screens.dialogs.secret import SecretDialog
from tui.screens.user.reset import ResetScreen
from tui.widgets.check import Check, Options

if TYPE_CHECKING:
    from models import Account
    from tui.database import Database

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


async def enrolled(account: Account, number: int = 1) -> None:
    async with in_transaction():
        for index in range(number):
            await MfaFactor.create(user_id=account.id, kind="totp", label=f"phone {index}", secret_encrypted=b"x")


async def confirmable(run: Opened) -> None:
    await until(run.pilot, lambda: not run.dialog.query_one("#confirm", Button).disabled)


async def reset_now(run: Opened) -> SecretDialog:
    await confirmable(run)
    await run.pilot.press("ctrl+s")
    await until(run.pilot, lambda: isinstance(run.app.screen, SecretDialog))
    assert isinstance(run.app.screen, SecretDialog)
    return run.app.screen


async def test_a_link_is_shown_once_and_works(database: Database) -> None:
    who, target = await root(), await alice(sessions=1)
    async with opened(database, ResetScreen(target.id), who=who, size=(120, 40)) as run:
        run.app.launch = replace(run.app.launch, reset_url="https://app.example/reset?token={token}")
        run.dialog.dismiss(None)
        await until(run.pilot, lambda: run.answers == [None])
        run.dialog = ResetScreen(target.id)
        run.app.push_screen(run.dialog, run.answers.append)
        await until_said(run.pilot, f"shellback users reset {target.id}")
        run.dialog.query_one("#method", Options).pick("link")
        await until_said(run.pilot, f"shellback users reset {target.id} --method link")
        await until_said(run.pilot, "the present password goes on working until then")
        assert all(run.dialog.query_one(name).disabled for name in ("#must-change", "#expires", "#span"))
        await reset_now(run)
        await until_said(run.pilot, "Whoever opens it chooses the password")
        assert not TOKEN.search(screen_text(run.pilot))
        await run.pilot.press("c")
        await until_said(run.pilot, "Sent the link to the terminal's clipboard (OSC 52), cleared in 30 s.")
        url = run.app.clipboard
        await run.pilot.press("r")
        await until_said(run.pilot, "https://app.example/reset?token=")
        await run.pilot.press("escape")
        await until(run.pilot, lambda: len(run.answers) == 2)
        assert url.partition("=")[2] not in screen_text(run.pilot)
    assert (await redeem_reset(Secret(url.partition("=")[2]), Secret("seven gentle rivers meet"))).status is Status.OK


async def test_without_a_template_the_token_is_shown_with_what_to_do(database: Database) -> None:
    who, target = await root(), await alice()
    async with opened(database, ResetScreen(target.id), who=who) as run:
        await confirmable(run)
        run.dialog.query_one("#method", Options).pick("link")
        await until_said(run.pilot, "--method link")
        await reset_now(run)
        await until_said(run.pilot, "It is redeemed on the reset page of the application")
        await run.pilot.press("r")
        await until(run.pilot, lambda: TOKEN.search(screen_text(run.pilot)))
    assert await OneTimeToken.filter(user_id=target.id).count() == 1


@pytest.mark.parametrize(("typed", "span"), [("90m", timedelta(minutes=90)), ("3d", timedelta(days=3))])
async def test_a_span_of_ones_own(database: Database, typed: str, span: timedelta) -> None:
    who, target = await root(), await alice()
    async with opened(database, ResetScreen(target.id), who=who) as run:
        await confirmable(run)
        run.dialog.query_one("#span", Input).value = typed
        await until_said(run.pilot, f"--expires {typed}")
        assert run.dialog.query_one("#expires", Options).picked == "other"
        await reset_now(run)
    row = await reread(target)
    assert row.password_expires_at is not None
    assert row.password_changed_at is not None
    assert row.password_expires_at - row.password_changed_at == span


@pytest.mark.parametrize(
    ("typed", "said"), [("soon", "Write 90m, 24h"), ("1m", "works from 5 minutes to 90 days"), ("52w", "to 90 days")]
)
async def test_a_span_that_is_none_is_said_beside_it(database: Database, typed: str, said: str) -> None:
    who, target = await root(), await alice()
    async with opened(database, ResetScreen(target.id), who=who) as run:
        await confirmable(run)
        run.dialog.query_one("#span", Input).value = typed
        await until_said(run.pilot, said)
        await until(run.pilot, lambda: run.dialog.query_one("#confirm", Button).disabled)
        await run.pilot.press("ctrl+s")
        run.dialog.query_one("#expires", Options).pick("1h")
        await confirmable(run)
        assert said not in words(run.pilot)
    assert (await reread(target)).version == 1


async def test_what_a_role_does_not_include_is_greyed_with_the_reason(database: Database) -> None:
    helper, target = await user("help", "support"), await alice(locked=True)
    await enrolled(target, 2)
    who = person("users.view", "users.reset_password", user_id=helper.id)
    async with opened(database, ResetScreen(target.id), who=who) as run:
        assert isinstance(run.dialog, ResetScreen)
        await until_said(run.pilot, "unlock (no permission)")
        await until_said(run.pilot, "reset 2 authenticators (no permission)")
        for name in ("#unlock", "#reset-mfa"):
            check = run.dialog.query_one(name, Check)
            assert (check.disabled, check.value) == (True, False)
        assert run.dialog.plan is not None
        assert "2 authenticators will go on asking for a code" in run.dialog.plan.effects
        await until_said(run.pilot, "--no-unlock")


async def test_authenticators_go_along_when_ticked(database: Database) -> None:
    who, target = await root(), await alice()
    await enrolled(target)
    async with opened(database, ResetScreen(target.id), who=who, size=(120, 40)) as run:
        await until_said(run.pilot, "reset 1 authenticator")
        run.dialog.query_one("#reset-mfa", Check).value = True
        await until_said(run.pilot, "--reset-mfa")
        await until_said(run.pilot, "1 authenticator will be removed")
        await reset_now(run)
    assert await MfaFactor.filter(user_id=target.id).count() == 0
    (event,) = await events()
    assert event.meta["removed_factors"] == 1


async def test_a_look_alike_is_named_and_confirmed_by_its_id(database: Database) -> None:
    who, target = await root(), await alice()
    other = await user("аlice.jones")
    async with opened(database, ResetScreen(target.id), who=who) as run:
        await until_said(run.pilot, f"alice.jones #{target.id}")
        await until_said(run.pilot, f"#{other.id}. Make sure that it is this one.")
        confirm = run.dialog.query_one("#confirm", Button)
        assert confirm.disabled
        await until(run.pilot, lambda: isinstance(run.dialog, ResetScreen) and run.dialog.plan is not None)
        await run.pilot.press("ctrl+s")
        typed = run.dialog.query_one("#typed", Input)
        await until(run.pilot, lambda: typed.has_focus)
        typed.value = str(other.id)
        await run.pilot.pause()
        assert confirm.disabled
        typed.value = str(target.id)
        await reset_now(run)
    assert (await reread(target)).version == 2
    assert (await reread(other)).version == 1


@pytest.mark.parametrize("name", ["reason", "ticket"])
async def test_a_text_that_the_audit_cannot_keep_is_said_beside_it_and_not_cut(database: Database, name: str) -> None:
    who, target = await root(), await alice()
    async with opened(database, ResetScreen(target.id), who=who) as run:
        await confirmable(run)
        field = run.dialog.query_one(f"#{name}", Input)
        field.value = "x" * 10_000
        await until_said(run.pilot, f"A {name} has at most")
        assert len(field.value) == 10_000
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: field.has_focus)
        assert not await events()
        field.value = "T-4471"
        await until_said(run.pilot, f"--{name} T-4471")
        await reset_now(run)
    (event,) = await events()
    assert getattr(event, name) == "T-4471"


async def test_words_for_the_telephone(database: Database) -> None:
    who, target = await root(), await alice()
    async with opened(database, ResetScreen(target.id), who=who) as run:
        await confirmable(run)
        run.dialog.query_one("#method", Options).pick("words")
        await until_said(run.pilot, "--method words")
        await reset_now(run)
        await run.pilot.press("c")
        await until(run.pilot, lambda: run.app.clipboard)
        await until(run.pilot, lambda: len(run.app.clipboard.split()) == 6)
        assert verify(run.app.clipboard, (await User.get(id=target.id)).hashed_password) is Verdict.OK


async def test_the_secret_has_no_screenshot_and_no_place_but_its_line(database: Database) -> None:
    who, target = await root(), await alice()
    async with opened(database, ResetScreen(target.id), who=who, size=(120, 40)) as run:
        dialog = await reset_now(run)
        await run.pilot.press("c")
        await until(run.pilot, lambda: run.app.clipboard)
        secret = run.app.clipboard
        assert secret not in screen_text(run.pilot)
        shown = [str(run.app.title), str(run.app.sub_title), str(dialog.title), repr(dialog), str(dialog.twin)]
        shown += [str(widget.tooltip) + repr(widget) for widget in dialog.query("*")]
        shown += [f"{note.title}{note.message}" for note in run.app._notifications]
        assert secret not in "".join(shown)
        run.app.action_command_palette()
        await until(run.pilot, lambda: isinstance(run.app.screen, CommandPalette))
        await run.pilot.press(*"screenshot")
        await until_said(run.pilot, "No matches found")
