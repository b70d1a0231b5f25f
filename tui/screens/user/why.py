"""Why can't this user log in? The verdict, then what was found from the top down, and the key that mends it.

What is found and how it is said comes from `models.operations.why_findings`; here is which key it takes.
"""

from __future__ import annotations

from functools import partial, partialmethod
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.content import Content
from textual.widgets import Static
from textual.widgets.option_list import Option

from models.operations.why import why
from models.operations.why_findings import Bearing, Mend, findings, verdict
from tui.browse.moments import stamp
from tui.keys import KEYS, bindings, show_key
from tui.screens.base import AreaScreen
from tui.screens.scrolling import SCROLLING, Scrolls
from tui.screens.user import verbs as user_verbs
from tui.screens.user.rank import above
from tui.terminal.safe import safe
from tui.widgets.facts import Facts
from tui.widgets.option_list import OptionList

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from textual.app import ComposeResult

    from models.operations.why import Attempt, Why
    from models.operations.why_findings import Finding

MENDED_BY: Final = {
    Mend.RESTORE: "users.delete",
    Mend.ACTIVATE: "users.active",
    Mend.EDIT: "users.edit",
    Mend.UNLOCK: "users.lock",
    Mend.RESET: "users.reset",
    Mend.RESET_MFA: "users.reset",
    Mend.GRANT: "user.grant",
}
"""The key that leads to what mends a finding."""
WORDS: Final = {
    Mend.RESTORE: "restore",
    Mend.ACTIVATE: "activate",
    Mend.EDIT: "change the date",
    Mend.UNLOCK: "unlock",
    Mend.RESET: "reset the password",
    Mend.RESET_MFA: "reset, with the authenticators",
    Mend.GRANT: "grant a role",
}
STYLES: Final = {Bearing.STOPS: "bold $text-error", Bearing.NOTE: "", Bearing.FINE: "dim"}
SHOWN: Final = 12
"""Attempts that are listed."""

BESIDE: Final = 50
"""Columns of the line of an attempt that are not for where it came from: margins, the time, the outcome."""


class WhyScreen(Scrolls, AreaScreen):
    """One user by id, or a name that was typed. What is mended from here is read again at once."""

    CSS_PATH = "user.tcss"
    INTRO = (
        "Why a user cannot sign in, by the rule that decides every sign-in. Each line that stops it names the key that "
        "mends it; the keys of the list act on this user."
    )
    BINDINGS: ClassVar = [
        *bindings("list.refresh", "list.copy_id", *(key for key in user_verbs.KEYS if key != "users.why")),
        *bindings("user.grant", *SCROLLING),
    ]

    def __init__(self, who: int | str) -> None:
        super().__init__()
        self._who = who
        self._why: Why | None = None

    def crumbs(self) -> tuple[str, ...]:
        account = self._why.account if self._why else None
        name = account.username if account is not None else f"#{self._who}" if isinstance(self._who, int) else self._who
        return ("Users", name, "Why")

    def hints(self) -> Sequence[str]:
        """What mends it, most wanted first."""
        if self._why is None or self._why.account is None:
            return ("list.refresh", "app.back")
        found = findings(self._why, self._when)
        mending = [MENDED_BY[finding.mend] for finding in found if finding.mend is not None and finding.stops]
        return (*dict.fromkeys((*mending, "users.reset", "users.lock", "users.active", "users.edit")), "app.back")

    def compose_body(self) -> ComposeResult:
        yield Static(Content("…looking"), id="verdict")
        yield Facts(id="findings")
        yield OptionList(id="near", markup=False, compact=True)

    @property
    def scrolled(self) -> Facts:
        return self.query_one(Facts)

    def action_down(self) -> None:
        """One line down, or to the next of the names that are like the one that was asked for."""
        near = self.query_one("#near", OptionList)
        near.action_cursor_down() if near.display else super().action_down()

    def action_up(self) -> None:
        """One up."""
        near = self.query_one("#near", OptionList)
        near.action_cursor_up() if near.display else super().action_up()

    def on_mount(self) -> None:
        self._read()

    # Reading --------------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        self.run_read(partial(why, self._who), self._show, group="why", failed=self._failed, again=True)

    def _failed(self, sentence: str) -> None:
        self.query_one("#verdict", Static).update(Content.assemble(safe(sentence, 300), " ctrl+r tries again."))

    def _when(self, moment: datetime) -> str:
        assert self._why is not None
        return stamp(moment, self._why.now)

    async def _show(self, found: Why) -> None:
        self._why = found
        if found.account is not None:
            self._who = found.account.id  # what is done is done to this one, whatever he is called next
        style = "bold $text-success" if found.can_sign_in else "bold $text-error"
        self.query_one("#verdict", Static).update(safe(verdict(found, self._when), 600, style=style))
        lines = [(str(finding.bearing), self._line(finding)) for finding in findings(found, self._when)]
        await self.query_one(Facts).show([*lines, *(("", line) for line in self._attempts(found))])
        near = self.query_one("#near", OptionList)
        near.clear_options()
        near.add_options([Option(safe(f"{named.username}  #{named.id}", 80), str(named.id)) for named in found.near])
        near.display, self.scrolled.display = bool(found.near), not found.near
        if found.near:
            near.highlighted = 0
            near.focus()
        self.refresh_header()
        self.refresh_bindings()

    def _line(self, finding: Finding) -> Content:
        said = safe(finding.sentence, 400, style=STYLES[finding.bearing])
        return said if finding.mend is None else Content.assemble(said, "\n", self._mending(finding.mend))

    def _mending(self, mend: Mend) -> Content:
        """`L unlock`, or the same in grey with why not."""
        key = KEYS[MENDED_BY[mend]]
        bound = next(
            (name for name, each in self.active_bindings.items() if each.binding.id == key.id), key.keys.split(",")[0]
        )
        if not user_verbs.may(self.shell, key.action):
            words = user_verbs.refusal(self.shell, key.action)
        else:
            words = self.why_not(key.action)
        if words:
            return Content.styled(f"{show_key(bound)} {WORDS[mend]}: {words}", "dim")
        return Content.assemble((show_key(bound), "bold $text-accent"), f" {WORDS[mend]}")

    def _attempts(self, found: Why) -> Iterable[Content]:
        if not found.attempts:
            return
        yield Content.styled("\nLast attempts to sign in", "bold")
        for attempt in found.attempts[:SHOWN]:
            yield self._attempt(attempt)

    def _attempt(self, attempt: Attempt) -> Content:
        where = f"{attempt.address or 'no address':<15}  {attempt.agent}"
        room = max(15, self.size.width - BESIDE)  # one line each: where it came from is cut, not wrapped
        outcome = safe(f"{'signed in' if attempt.is_ok else attempt.outcome:<20}", 30)
        return Content.assemble(f"{self._when(attempt.at):<16}  ", outcome, "  ", safe(where, room, style="dim"))

    # Keys -----------------------------------------------------------------------------------------------------------

    def action_refresh(self) -> None:
        """Look again."""
        self._read()

    def action_copy_id(self) -> None:
        if isinstance(self._who, int):
            self.shell.copy(str(self._who), f"id {self._who}")

    @on(OptionList.OptionSelected, "#near")
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        """Look at the one who was meant."""
        self._who = int(event.option.id or 0)
        self._read()

    def why_not(self, action: str) -> str:
        """The verbs need a user who is there."""
        if action not in user_verbs.PERMISSIONS:
            return ""
        if self._why is not None and self._why.account is not None:
            account, held = self._why.account, self._why.permissions
            known = held.codenames if held is not None else frozenset()
            return above(
                self.shell, action, account.id, account.username, is_superuser=account.is_superuser, held=known
            )
        return "There is nobody of that name." if self._why is not None else "This user is still being looked at."

    def _verb(self, verb: str) -> None:
        if isinstance(self._who, int):
            user_verbs.start(self.shell, verb, self._who, self._read)

    action_edit = partialmethod(_verb, "edit")
    action_stage = partialmethod(_verb, "stage")
    action_reset = partialmethod(_verb, "reset")
    action_lock = partialmethod(_verb, "lock")
    action_active = partialmethod(_verb, "active")
    action_revoke_sessions = partialmethod(_verb, "revoke_sessions")
    action_delete = partialmethod(_verb, "delete")
    action_grant = partialmethod(_verb, "grant")
