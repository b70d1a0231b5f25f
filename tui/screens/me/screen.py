"""One's own account, for everybody who is signed in: who one is here, what one may do, where one is signed in.

The tabs are those of a user's page; what is done here needs no permission but to be that person.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual.content import Content
from textual.widgets import Static

from models.clock import database_now
from models.operations.sign_in.proofs import EVERY_CLASS, proven_until
from models.operations.transactions import connection
from tui.browse.moments import stamp
from tui.browse.user.detail import Detail, load_detail
from tui.keys import bindings
from tui.screens.tabbed import TabbedPage
from tui.screens.user.tabs import account, roles, signin
from tui.terminal.safe import safe
from tui.widgets.user_words import state_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from textual.screen import Screen

    from models.operations import Outcome
    from tui.app import ShellbackApp

GONE: Final = "Your account is not there any more. The audit says who deleted it, and when."
NO_ROW: Final = "Go to a session or an authenticator on the Sign-in tab; then x ends or removes it."
KEYS: Final = ("me.password", "me.end_others", "me.authenticator", "me.remove")


@dataclass(frozen=True, slots=True)
class Mine:
    """One's own account as just read, and until when the password counts that was given again; by class."""

    detail: Detail | None
    proofs: Mapping[str, datetime]


class MeScreen(TabbedPage):
    """The page of whoever is signed in."""

    CSS_PATH = "me.tcss"
    INTRO = (
        "Your own account. [ and ] change the tab. p changes your password, K ends your other sessions; on the Sign-in "
        "tab x ends one session or removes an authenticator, a adds one."
    )
    BINDINGS: ClassVar = [
        *bindings("user.next_tab", "user.previous_tab", "list.copy_id", "list.refresh", *KEYS),
    ]

    def __init__(self) -> None:
        super().__init__()
        made = (account.make(), roles.make(self._now), signin.make(self._now, lambda: self.shell.actor.session_id))
        self._tabs = {tab.id: tab for tab in made}

    def crumbs(self) -> tuple[str, ...]:
        return ("Your account",)

    def hints(self) -> tuple[str, ...]:
        """What is wanted on the tab in front."""
        on_tab = ("me.remove",) if self.tab.id == "signin-tab" else ()
        return (*on_tab, "me.password", "me.authenticator", "me.end_others", "user.next_tab", "app.back")

    @property
    def user_id(self) -> int:
        return self.shell.actor.user_id or 0

    def on_screen_resume(self) -> None:
        """After the lock it is another session, perhaps with other rights."""
        if self._detail is not None:
            self.read()

    # Reading --------------------------------------------------------------------------------------------------------

    def read(self) -> None:
        self.run_read(self._load, self._show, group="me", failed=self._failed, again=True)

    async def _load(self) -> Mine:
        client, session_id = connection(), self.shell.actor.session_id
        detail = await load_detail(self.user_id, changes=0, notes=False)
        proofs = await proven_until(client, session_id, await database_now(client)) if session_id is not None else {}
        return Mine(detail, proofs)

    async def _show(self, mine: Mine) -> None:
        self._detail = mine.detail
        who = self.query_one("#who", Static)
        if mine.detail is None:
            who.update(Content(GONE))
        else:
            name = Content.styled(safe(mine.detail.account.username, 60).plain, "bold")
            first = Content.assemble(name, f"   #{mine.detail.account.id}   ", state_sentence(mine.detail))
            who.update(Content.assemble(first, "\n", self._session_words(mine)))
        for tab in self._tabs.values():
            await tab.show(mine.detail)
        self.refresh_bindings()

    def _session_words(self, mine: Mine) -> Content:
        """`Signed in as session 12 until 17:20 · password given again for roles until 14:05`."""
        person, now = self.shell.person, self._now()
        session_id = self.shell.actor.session_id
        words = f"Session {session_id}" if session_id is not None else "No session"
        if person is not None and person.expires_at is not None:
            words += f" until {stamp(person.expires_at, now)}"
        if mine.proofs.keys() == EVERY_CLASS:
            return Content(f"{words} · your password is not asked for again")
        given = ", ".join(f"{kind} until {stamp(until, now)}" for kind, until in mine.proofs.items())
        return Content(words + (f" · password given again for {given}" if given else ""))

    # Keys -----------------------------------------------------------------------------------------------------------

    def why_not(self, action: str) -> str:
        """Nothing is done to an account that has not been read."""
        if action in {"password", "end_others", "authenticator", "remove"} and self._detail is None:
            return "Your account has not been read yet."
        return ""

    def action_password(self) -> None:
        """Asks for the current password and a new one."""
        from tui.screens.me.password import OwnPasswordDialog

        self._open(OwnPasswordDialog())

    def action_end_others(self) -> None:
        """Ends every session but this one."""
        from tui.screens.user.lifecycle import SessionsDialog

        self._open(SessionsDialog(self.user_id))

    def action_authenticator(self) -> None:
        """Adds an authenticator."""
        from tui.screens.me.enrol import EnrolDialog

        self._open(EnrolDialog())

    def action_remove(self) -> None:
        """Ends the session, or removes the authenticator, under the cursor."""
        on_row = self.tab.on_row.get("remove")
        deed = on_row() if on_row is not None else None
        if deed is None:
            self.shell.notify(NO_ROW)
        elif deed.verb == "remove_factor":
            from tui.screens.me.remove_factor import RemoveFactorDialog

            self._open(RemoveFactorDialog(int(str(deed.more["factor_id"]))))
        else:
            from tui.screens.user.lifecycle import SessionDialog

            session_id = int(str(deed.more["session_id"]))
            self._open(SessionDialog(self.user_id, session_id), ends=session_id)

    def _open(self, dialog: Screen[Outcome | None], *, ends: int | None = None) -> None:
        def ended(outcome: Outcome | None) -> None:
            if outcome is not None and outcome.is_ok and ends is not None and ends == self.shell.actor.session_id:
                self.shell.lock.close("You have ended the session that you were using.")
                return
            self.read()

        self.shell.push_screen(dialog, partial(ended))


def open_me(shell: ShellbackApp) -> None:
    """Open the page in front of what is there; once."""
    if any(isinstance(screen, MeScreen) for screen in shell.screen_stack):
        return
    shell.push_screen(MeScreen())
