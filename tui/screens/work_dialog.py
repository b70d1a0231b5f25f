"""A dialog that reads and writes: in workers, with what is the matter said in the dialog itself.

It answers an `Outcome`, or None when it was left without one. It cannot be left while its write runs: the answer may
hold a password that is shown once.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from textual.content import ContentText
from textual.widgets import Button

from models.operations import Outcome, Status, check_again
from models.operations.credentials.reveals import record_reveal
from tui.screens.dialogs.secret import PASSWORD_WORDS, SecretDialog, SecretWords
from tui.screens.dialogs.step_up import ask_first
from tui.screens.keeping import apply_and_keep, keep
from tui.screens.read_dialog import ReadDialog
from tui.screens.work import start_write
from tui.widgets.target_card import Card

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.operations import Plan


class WorkDialog(ReadDialog[Outcome]):
    """What was done is said in a toast before it closes; whoever opened it need not."""

    _writing = False
    _label: ContentText = ""
    in_doubt: Outcome | None = None
    """What was written here and was not confirmed."""

    # Writing --------------------------------------------------------------------------------------------------------

    def write(self, label: str, plan: Plan) -> None:
        """Applies a plan in a worker of the application; `answered` gets the outcome. Asks for the password first,
        where that is all that stands against it."""
        again = partial(self.write, label, replace(plan, refusals=(), op_id=uuid4()))
        if self._writing or ask_first(self.shell, plan.refusals, again):
            return
        # The person may have been through the lock since the plan was shown: another session, the same account.
        plan = replace(plan, actor=self.shell.actor)
        then = partial(self._written, again)
        self._writing = start_write(
            self.shell, self, label, partial(apply_and_keep, self.shell, plan), then, self._not_written
        )
        if self._writing:
            self.say("Writing ...")
            self.allow(False)

    def _written(self, again: Callable[[], object], outcome: Outcome) -> None:
        self._writing = False
        if outcome.status is Status.UNKNOWN:
            self.stay_in_doubt(outcome)
            return
        # It was proven when it was planned: five minutes have passed, or the session is another one since.
        if ask_first(self.shell, outcome.refusals, again, partial(self.answered, outcome)):
            return
        self.answered(outcome)
        self.shell.lock.heed(outcome.refusals)

    def _not_written(self, sentence: str) -> None:
        self._writing = False
        self.allow(True)
        self.complain(sentence)

    # Nobody knows whether it happened ---------------------------------------------------------------------------------

    def stay_in_doubt(self, outcome: Outcome) -> None:
        """Says so with the number of the operation; nothing else can be done to this user until it is settled."""
        keep(self.shell, outcome)
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
        keep(self.shell, outcome)
        self.label_confirm(self._label)
        self.answered(outcome)

    # Answers --------------------------------------------------------------------------------------------------------

    def answered(self, outcome: Outcome) -> None:
        """Closes with what is done, once a secret has been seen; anything else stays and says why."""
        if outcome.status is Status.OK and outcome.secret is not None:
            until = outcome.secret_expires_at
            limit = f"It works until {until.astimezone():%a %H:%M} here." if until else "It works until it is changed."
            card = Card.of(outcome.target)
            dialog = SecretDialog(
                outcome.secret,
                (outcome.sentence, limit),
                card=card,
                words=self.secret_words(outcome),
                seen=partial(self._record_seen, outcome),
            )
            self.app.push_screen(dialog, lambda _: self._seen(outcome))
        elif outcome.is_ok:
            self.shell.notify(outcome.sentence)
            self.dismiss(outcome)
        else:
            self.complain(outcome.sentence)

    def secret_words(self, _outcome: Outcome) -> SecretWords:
        """What the secret of this outcome is."""
        return PASSWORD_WORDS

    def _record_seen(self, outcome: Outcome, how: str) -> None:
        """Records it without making the person wait: it is shown once, whatever the database says meanwhile. Leaving
        waits for it, as for every write."""
        shell, actor = self.shell, self.shell.actor
        held = ExitStack()
        held.enter_context(shell.writing(f"record of who saw the secret of {outcome.target.label}"))

        async def record() -> None:
            with held:
                try:
                    await record_reveal(actor, outcome.target, how, of=outcome.op_id)
                except Exception as error:  # noqa: BLE001 - whatever it is, it is said
                    shell.warn(f"It was not recorded that the secret was seen. {shell.trouble(error)}")

        shell.run_worker(record(), group="reveals", exit_on_error=False)

    def _seen(self, outcome: Outcome) -> None:
        self.dismiss(outcome)

    # Leaving --------------------------------------------------------------------------------------------------------

    def action_close(self) -> None:
        """Leaves, unless it is writing."""
        if self._writing:
            self.say("Still writing: the answer comes in a moment.")
        else:
            super().action_close()

    def action_confirm(self) -> None:
        """Writes, if it may; asks what became of it, if nobody knows."""
        if self.query_one("#confirm", Button).disabled:
            return
        if self.in_doubt is not None:
            self._check_again(self.in_doubt)
        else:
            self.confirmed()
