"""A dialog that reads and writes: in workers, with what is the matter said in the dialog itself.

It answers an `Outcome`, or None when it was left without one. It cannot be left while its write runs: the answer may
hold a password that is shown once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar

from textual import on
from textual.binding import BindingType
from textual.content import Content, ContentText
from textual.widgets import Button, Static

from models.operations import Outcome, RefusalCode, Status, apply, check_again
from tui.keys import bindings
from tui.screens.dialogs.base import Dialog
from tui.screens.dialogs.secret import SecretDialog
from tui.screens.work import READ_DEADLINE, Reads, start_write
from tui.terminal.safe import safe
from tui.widgets.target_card import Card

if TYPE_CHECKING:
    from models.operations import Plan

R = TypeVar("R")

NOT_YOU: Final = frozenset({RefusalCode.ACTOR_GONE, RefusalCode.ACTOR_INACTIVE})
"""Refusals after which nobody goes on who has not signed in again."""

FRAME: Final = 9
"""Rows around the body: the border, the title, the command line on two rows, the buttons, and space between them."""


class WorkDialog(Dialog[Outcome]):
    """Compose a `Static(id="message")` in the body, and buttons with the ids cancel and confirm.

    What was done is said in a toast before it closes; whoever opened it need not.
    """

    WIDTH: ClassVar[int] = 76
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("dialog.confirm")]

    DEFAULT_CSS = """
    WorkDialog > #box { overflow: hidden; }
    WorkDialog #message { height: auto; width: 100%; display: none; margin: 0 0 1 0; }
    WorkDialog #message.-given { display: block; }
    WorkDialog .label { height: 1; color: $text-muted; }
    WorkDialog #effects { height: auto; width: 100%; color: $text-muted; }
    WorkDialog .-hidden { display: none; }
    """

    _reads: Reads | None = None
    _writing = False
    _label: ContentText = ""
    in_doubt: Outcome | None = None
    """What was written here and was not confirmed."""

    def on_resize(self) -> None:
        """What is asked scrolls; the command line and the buttons always stay in sight."""
        self.query_one("#body").styles.max_height = max(4, self.size.height - FRAME)

    # Reading --------------------------------------------------------------------------------------------------------

    def read(self, work: Callable[[], Awaitable[R]], then: Callable[[R], object], *, group: str = "read") -> None:
        """Reads in a worker; only the newest of a group is answered, an error is said in the dialog."""
        if self._reads is None:
            self._reads = Reads(self.shell, self, self._slow)
        self._reads.start(work, then, group=group, deadline=READ_DEADLINE, failed=self.complain)

    def _slow(self, slow: bool) -> None:
        if slow:
            self.say("The database has not answered yet. Esc stops waiting.")

    # Writing --------------------------------------------------------------------------------------------------------

    def write(self, label: str, plan: Plan) -> None:
        """Applies a plan in a worker of the application; `answered` gets the outcome."""
        if self._writing:
            return
        # The person may have been through the lock since the plan was shown: another session, the same account.
        plan = replace(plan, actor=self.shell.actor)
        self._writing = start_write(self.shell, self, label, partial(apply, plan), self._written, self._not_written)
        if self._writing:
            self.say("Writing ...")
            self.allow(False)

    def _written(self, outcome: Outcome) -> None:
        self._writing = False
        if outcome.status is Status.UNKNOWN:
            self.stay_in_doubt(outcome)
            return
        self.answered(outcome)
        if any(refusal.code in NOT_YOU for refusal in outcome.refusals):
            self.shell.lock.close()

    def _not_written(self, sentence: str) -> None:
        self._writing = False
        self.allow(True)
        self.complain(sentence)

    # Nobody knows whether it happened ---------------------------------------------------------------------------------

    def stay_in_doubt(self, outcome: Outcome) -> None:
        """Says so with the number of the operation; nothing else can be done to this user until it is settled."""
        if outcome.target.id is not None:
            self.shell.unsettled[outcome.target.id] = outcome
        self.in_doubt = outcome
        self._label = self.query_one("#confirm", Button).label
        self.complain(outcome.sentence)
        self.name_confirm("Check again")
        self.allow(True)

    def _check_again(self, outcome: Outcome) -> None:
        label = f"check of {outcome.target.label}"
        work = partial(check_again, outcome)
        self._writing = start_write(self.shell, self, label, work, self._checked, self._not_written)
        if self._writing:
            self.say("Asking the database ...")
            self.allow(False)

    def _checked(self, outcome: Outcome) -> None:
        self._writing = False
        self.allow(True)
        if outcome.status is Status.UNKNOWN:
            self.complain(f"Still not known. {outcome.sentence}")
            return
        self.in_doubt = None
        self.shell.unsettled.pop(outcome.target.id or 0, None)
        self._label_confirm(self._label)
        self.answered(outcome)

    # Answers --------------------------------------------------------------------------------------------------------

    def answered(self, outcome: Outcome) -> None:
        """Closes with what is done, once a secret has been seen; anything else stays and says why."""
        if outcome.status is Status.OK and outcome.secret is not None:
            until = outcome.secret_expires_at
            limit = f"It works until {until.astimezone():%a %H:%M} here." if until else "It works until it is changed."
            card = Card.of(outcome.target)
            dialog = SecretDialog(outcome.secret, (outcome.sentence, limit), card=card)
            self.app.push_screen(dialog, lambda _: self._seen(outcome))
        elif outcome.is_ok:
            self.shell.notify(outcome.sentence)
            self.dismiss(outcome)
        else:
            self.complain(outcome.sentence)

    def _seen(self, outcome: Outcome) -> None:
        self.dismiss(outcome)

    # Saying ---------------------------------------------------------------------------------------------------------

    def say(self, sentence: str) -> None:
        """Shows what goes on, below the card."""
        self._message(sentence, wrong=False)

    def complain(self, sentence: str) -> None:
        """Shows what is the matter."""
        self._message(sentence, wrong=True)

    def _message(self, sentence: str, *, wrong: bool) -> None:
        line = self.query_one("#message", Static)
        line.update(safe(sentence, 600))
        line.set_class(wrong, "wrong")
        line.set_class(bool(sentence), "-given")
        if wrong:
            self.query_one("#body").scroll_home(animate=False)

    def allow(self, allowed: bool) -> None:
        """Enables or disables the button that writes."""
        self.query_one("#confirm", Button).disabled = not allowed

    def name_confirm(self, label: str) -> None:
        """Puts another word on the button that writes."""
        self._label_confirm(Content(f"[ {label}  ^S ]"))

    def _label_confirm(self, label: ContentText) -> None:
        button = self.query_one("#confirm", Button)
        button.label = label
        button.refresh(layout=True)  # a label of another length would be cut

    def mark_danger(self, danger: bool) -> None:
        """Colours the button that writes, where it takes something away."""
        self.query_one("#confirm", Button).set_class(danger, "-danger")

    # Leaving --------------------------------------------------------------------------------------------------------

    @on(Button.Pressed, "#cancel")
    def action_close(self) -> None:
        """Leaves, unless it is writing."""
        if self._writing:
            self.say("Still writing: the answer comes in a moment.")
        elif self._reads is None or not self._reads.stop_waiting():
            self.leave()

    def leave(self) -> None:
        """Leaves without having written."""
        self.dismiss(None)

    @on(Button.Pressed, "#confirm")
    def action_confirm(self) -> None:
        """Writes, if it may; asks what became of it, if nobody knows."""
        if self.query_one("#confirm", Button).disabled:
            return
        if self.in_doubt is not None:
            self._check_again(self.in_doubt)
        else:
            self.confirmed()

    def confirmed(self) -> None:
        """The person wants it written."""
