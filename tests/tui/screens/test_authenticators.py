"""Authenticators on the screen: added with a QR code and a first code, removed with the password, reset by others."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Button, Input, Static

from models import MfaFactor
from models.mfa_secrets import use_key_file, use_keys
from models.operations import Status
from models.totp import typed_secret
from tests.models.operations.mfa.phone import KEYS, Phone, enrolled, foreign
from tests.models.operations.people import PASSWORD, events, user
from tests.tui.screens.audit.trail import HOSTILE
from tests.tui.screens.user.writing import alice, opened, root, until_said
from tests.tui.shell import superuser
from tests.tui.waiting import focus, screen_text, until, until_shown
from tui.screens.me.enrol import EnrolDialog
from tui.screens.me.first_code import FirstCodeDialog
from tui.screens.me.remove_factor import RemoveFactorDialog
from tui.screens.user.factors import FactorDialog

if TYPE_CHECKING:
    from tests.tui.screens.user.writing import Opened
    from tui.database import Database


@pytest.fixture(autouse=True)
def _key() -> Iterator[None]:
    use_keys(KEYS)
    yield
    use_key_file(None)


async def shown(run: Opened) -> Phone:
    """Name and password typed; the telephone that could scan what is there now."""
    run.dialog.query_one("#label", Input).value = "telephone"
    run.dialog.query_one("#password", Input).value = PASSWORD
    await run.pilot.press("ctrl+s")
    await until(run.pilot, lambda: isinstance(run.app.screen, FirstCodeDialog) and run.app.screen.focused is not None)
    dialog = run.app.screen
    assert isinstance(dialog, FirstCodeDialog)
    assert dialog._secret is not None
    return Phone(dialog._secret)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_an_authenticator_is_added_by_its_first_code(database: Database, size: tuple[int, int]) -> None:
    who = await root()
    async with opened(database, EnrolDialog(), who=who, size=size) as run:
        phone = await shown(run)
        assert "▀" not in screen_text(run.pilot)  # masked until r
        assert phone.secret[:4] not in screen_text(run.pilot)
        await run.pilot.press("r")
        text = screen_text(run.pilot)
        for group in typed_secret(phone.uri).split(" "):
            assert group in text
        code = run.app.screen.query_one("#qr", Static)
        assert code.region.height == code.size.height == 21
        assert code.region.bottom < size[1]  # inside the border
        assert code.content_size == code.virtual_size
        assert all(button.region.bottom <= size[1] for button in run.app.screen.query(Button))
        await run.pilot.press("r")
        assert phone.secret[:4] not in screen_text(run.pilot)
        await run.pilot.press(*(await phone.wrong_code()), "enter")
        await until_said(run.pilot, "telephone is right")
        await run.pilot.press(*(await phone.code()), "ctrl+s")
        await until(run.pilot, lambda: run.answers)
        assert run.answers[0] is not None
        assert run.answers[0].status is Status.OK
        assert phone.secret[:4] not in screen_text(run.pilot)
    factor = await MfaFactor.get()
    assert (factor.label, factor.is_pending) == ("telephone", False)


async def test_esc_destroys_the_secret_and_nothing_is_asked_for_at_sign_in(database: Database) -> None:
    who = await root()
    async with opened(database, EnrolDialog(), who=who) as run:
        await shown(run)
        dialog = run.app.screen
        assert isinstance(dialog, FirstCodeDialog)
        await run.pilot.press("r", "escape")
        await until(run.pilot, lambda: run.answers)
        assert run.answers == [None]
        assert dialog._secret is None
        await until_said(run.pilot, "was not added")
    assert (await MfaFactor.get()).is_pending


async def test_the_secret_goes_by_itself_and_its_code_still_counts(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = await root()
    async with opened(database, EnrolDialog(), who=who) as run:
        phone = await shown(run)
        dialog = run.app.screen
        assert isinstance(dialog, FirstCodeDialog)
        await run.pilot.press("r")
        dialog._until = 0.0
        await until_said(run.pilot, "hidden for good")
        assert phone.secret[:4] not in screen_text(run.pilot)
        await run.pilot.press("r")
        await until_shown(run.pilot, "hidden for good")
        await run.pilot.press(*(await phone.code()), "enter")
        await until(run.pilot, lambda: run.answers and run.answers[0] is not None)


async def test_the_text_is_copied_without_being_shown(database: Database) -> None:
    who = await root()
    async with opened(database, EnrolDialog(), who=who) as run:
        phone = await shown(run)
        await run.pilot.press("c")
        await until(run.pilot, lambda: run.app.clipboard == phone.secret)
        assert phone.secret[:4] not in screen_text(run.pilot)
        await until_said(run.pilot, "the secret")


async def test_a_window_too_small_for_the_code_says_so_and_shows_the_text(database: Database) -> None:
    who = await root()
    async with opened(database, EnrolDialog(), who=who, size=(80, 24)) as run:
        await shown(run)
        await run.pilot.resize_terminal(78, 22)
        await run.pilot.press("r")
        await until_said(run.pilot, "make the window larger")
        await run.pilot.resize_terminal(80, 24)
        await until(run.pilot, lambda: "█" in screen_text(run.pilot))


async def test_a_wrong_password_is_said_and_can_be_typed_again(database: Database) -> None:
    who = await root()
    async with opened(database, EnrolDialog(), who=who) as run:
        await run.pilot.press("ctrl+s")
        await until_said(run.pilot, "Give it a name")
        run.dialog.query_one("#label", Input).value = "telephone"
        run.dialog.query_one("#password", Input).value = "not this one at all"
        await run.pilot.press("ctrl+s")
        await until_said(run.pilot, "current password is not right")
        assert run.dialog.query_one("#password", Input).value == ""
        assert not await MfaFactor.exists()
        await shown(run)


async def test_without_a_key_it_says_how_to_make_one(database: Database) -> None:
    use_keys(None)
    who = await root()
    async with opened(database, EnrolDialog(), who=who) as run:
        run.dialog.query_one("#label", Input).value = "telephone"
        run.dialog.query_one("#password", Input).value = PASSWORD
        await run.pilot.press("ctrl+s")
        await until_said(run.pilot, "shellback mfa new-key FILE")


async def test_nothing_of_the_secret_is_left_behind(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    who = await root()
    async with opened(database, EnrolDialog(), who=who) as run:
        phone = await shown(run)
        await run.pilot.press("r", *(await phone.wrong_code()), "enter")
        await until_said(run.pilot, "telephone is right")
        left = [repr(run.app.screen), repr(run.dialog), run.app.title, *map(str, run.app._notifications)]
        await run.pilot.press(*(await phone.code()), "enter")
        await until(run.pilot, lambda: run.answers)
        left += [repr(run.answers), str([outcome.as_json() for outcome in run.answers if outcome])]
    left += [str(vars(event)) for event in await events()]
    left += [caplog.text, repr(await MfaFactor.all())]
    left.append(str([bytes(factor.secret_encrypted) for factor in await MfaFactor.all()]))
    for text in left:
        assert phone.secret not in text
        assert phone.uri not in text


async def test_the_last_one_is_removed_with_the_password(database: Database) -> None:
    account = await user("root", is_superuser=True)
    await enrolled(account)
    factor = await MfaFactor.get()
    async with opened(database, RemoveFactorDialog(factor.id), who=superuser(account.id)) as run:
        await until_said(run.pilot, "the password alone will sign you in")
        await until_said(run.pilot, "telephone will be removed", f"shellback mfa remove {factor.id}")
        await run.pilot.press("ctrl+s")
        await until_said(run.pilot, "Type your password")
        run.dialog.query_one("#password", Input).value = "not this one at all"
        await run.pilot.press("enter")
        await until_said(run.pilot, "current password is not right")
        assert await MfaFactor.exists()
        run.dialog.query_one("#password", Input).value = PASSWORD
        await run.pilot.press("enter")
        await until(run.pilot, lambda: run.answers)
    assert not await MfaFactor.exists()


async def test_a_colleague_resets_one_or_all(database: Database) -> None:
    who, target = await root(), await alice()
    await enrolled(target)
    key = await foreign(target, HOSTILE[:20])
    async with opened(database, FactorDialog(target.id, key.id), who=who) as run:
        await until_said(run.pilot, f"shellback users mfa reset {target.id} --factor {key.id}")
        await until_said(run.pilot, "1 authenticator will stay")
        await focus(run.pilot, run.dialog.query_one("#all"))
        await run.pilot.press("space")
        await until_said(run.pilot, "the password alone will sign in")
        run.dialog.query_one("#reason", Input).value = "lost telephone"
        await until_said(run.pilot, "--reason 'lost telephone'")
        await run.pilot.press("ctrl+s")
        await until(run.pilot, lambda: run.answers)
    assert not await MfaFactor.exists()
    reset = (await events(action="users.reset_mfa"))[-1]
    assert (reset.outcome, reset.reason, reset.meta["removed_factors"]) == ("ok", "lost telephone", 2)


async def test_ones_own_are_not_reset_here(database: Database) -> None:
    account = await user("root", is_superuser=True)
    await enrolled(account)
    async with opened(database, FactorDialog(account.id), who=superuser(account.id)) as run:
        await until_said(run.pilot, "remove them on your own page")
        assert run.dialog.query_one("#confirm", Button).disabled
