"""Lock sign-in for a while, or unlock it: one dialog, on whichever of the two makes sense first.

Locking is a state of its own: it neither deactivates nor ends a session, and unlocking never activates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.containers import HorizontalGroup
from textual.content import Content
from textual.widgets import Input, Static

from models.operations import plan_lock, plan_unlock
from tui.screens.twins import twin
from tui.screens.write_dialog import WriteDialog
from tui.until import read_until
from tui.widgets.check import Option, Options
from tui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from textual.app import ComposeResult
    from textual.timer import Timer

    from models.operations import Plan
    from tui.browse.user.detail import Detail

LOCK: Final = "lock"
UNLOCK: Final = "unlock"
WAYS: Final = {UNLOCK: "Unlock: clear failures and the lock", LOCK: "Lock: refuse every sign-in for a while"}
OTHER: Final = "other"
SPANS: Final = {"1h": "1 h", "24h": "24 h", "7d": "7 d", "30d": "30 d", OTHER: "other"}
PAUSE: Final = 0.3
"""Seconds after the last key before a typed moment is planned for."""

HOW: Final = "Write 90m, 24h, 7d or 2w from now, a date like 2027-01-31, or 2027-01-31 18:00 (UTC)."


class LockDialog(WriteDialog):
    """Plans again at every choice. A user whose failures are counted can be unlocked before there is a lock."""

    VERB: ClassVar[str] = "Lock"
    NOTHING: ClassVar[str] = "This account is not locked, and no failure is counted."

    DEFAULT_CSS = """
    LockDialog #spans { height: 1; margin: 1 0 0 0; }
    LockDialog #spans .label { width: 9; }
    LockDialog #span { layout: horizontal; width: auto; height: 1; }
    LockDialog #span Option { width: auto; margin: 0 1 0 0; }
    LockDialog #span #span-other { margin: 0; }
    LockDialog #until { width: 1fr; }
    """

    def __init__(self, user_id: int) -> None:
        super().__init__("Lock or unlock an account", user_id)
        self._way = ""
        self._asked = "24h"
        """Until when, as it was last planned for: what stands in the field may be half typed."""
        self._pause: Timer | None = None

    def compose_options(self) -> ComposeResult:
        yield Options(WAYS, LOCK, id="way")
        with HorizontalGroup(id="spans"):
            yield Static(Content("For"), classes="label")
            yield Options(SPANS, "24h", id="span")
            yield LineInput(id="until", max_length=32, placeholder="3d, or a date", select_on_focus=False)

    # Planning -------------------------------------------------------------------------------------------------------

    async def make_plan(self, detail: Detail) -> Plan:
        if not self._way:
            self._way = UNLOCK if _has_something_to_clear(detail) else LOCK
        if self._way == UNLOCK:
            return await plan_unlock(self.shell.actor, self.user_id)
        return await plan_lock(self.shell.actor, self.user_id, self._duration(detail.now))

    def _duration(self, now: datetime) -> timedelta | datetime:
        """How long, or until when. Raises ValueError, with a sentence."""
        until = _moment(self._asked, now)
        return until - now if self._asked[-1:] in "mhdwMHDW" else until

    @property
    def _text(self) -> str:
        picked = self.query_one("#span", Options).picked
        return self.query_one("#until", Input).value.strip() if picked == OTHER else picked

    def fill(self, detail: Detail) -> None:
        """Offers to unlock only where there is something to clear."""
        for option in self.query_one("#way", Options).query(Option):
            option.set_class(option.name == UNLOCK and not _has_something_to_clear(detail), "-hidden")
        self.query_one("#way", Options).pick(self._way)

    # Showing --------------------------------------------------------------------------------------------------------

    def show_plan(self, plan: Plan) -> None:
        """Names the way on the button."""
        locks = self._way == LOCK
        self.name_confirm("Lock" if locks else "Unlock")
        self.mark_danger(locks)
        self.query_one("#spans").set_class(not locks, "-hidden")
        super().show_plan(plan)
        if locks and self._text != self._asked:
            self._plan_anew()  # typed while this was read

    def effects(self, plan: Plan) -> Sequence[str]:
        if self._way == LOCK:
            return plan.effects
        return ("failed sign-ins are counted from nothing again, and sign-in is open at once", *plan.effects)

    def command(self, reason: str) -> str:
        words: list[object] = ["users", self._way or LOCK, self.user_id]
        if self._way == LOCK:
            words += ["--for", self._asked]
        return twin(self.shell.launch.command, *words, reason=reason)

    # Keys -----------------------------------------------------------------------------------------------------------

    @on(Options.Changed, "#way")
    def _way_picked(self, event: Options.Changed) -> None:
        """Another way, another plan. The first one is planned already."""
        if event.key != self._way:
            self._way = event.key
            self._plan_anew()

    @on(Options.Changed, "#span")
    def _span_picked(self, event: Options.Changed) -> None:
        if event.key == OTHER:
            self.query_one("#until", Input).focus()
        self._plan_anew()

    @on(Input.Changed, "#until")
    def _until_typed(self) -> None:
        self.query_one("#span", Options).pick(OTHER)
        self._plan_anew(PAUSE)

    def _plan_anew(self, pause: float = 0) -> None:
        """What was planned is not what is asked for: nothing is written until it is planned again."""
        if self.in_doubt is not None:
            return
        self.plan = None
        self.allow(False)
        if self._pause is not None:
            self._pause.stop()
        if not pause:
            self._plan_now()
        else:
            self._pause = self.set_timer(pause, self._plan_now)

    def _plan_now(self) -> None:
        if self.detail is not None and self._way == LOCK:
            try:
                _moment(self._text, self.detail.now)
            except ValueError as error:
                self.complain(str(error))
                return
            self._asked = self._text
        self.say("")
        self.read_again()


def _moment(text: str, now: datetime) -> datetime:
    try:
        until = read_until(text, now)
    except ValueError:
        until = None
    if until is None:
        raise ValueError(HOW)
    return until


def _has_something_to_clear(detail: Detail) -> bool:
    state = detail.state
    if state is None:
        return False
    return bool(state.failed_count or state.lockout_count or state.lock_cause or state.locked_until)
