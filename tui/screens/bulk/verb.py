"""What to do with all marked users: the verbs, and the bulks that were interrupted. It answers, and does nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static
from textual.widgets.option_list import Option

from models.operations.text import grouped
from models.permissions import Codename
from tui.browse.moments import stamp
from tui.screens.dialogs.base import Dialog
from tui.terminal.safe import safe
from tui.widgets.option_list import OptionList

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from models.operations.bulk import PendingJob


@dataclass(frozen=True, slots=True)
class VerbChoice:
    """One verb as the list shows it: its name on the command line, what it does, and the permission that it needs."""

    name: str
    title: str
    help: str
    permission: Codename


VERBS: Final = (
    VerbChoice("deactivate", "Deactivate", "keep them out, ending all sessions", Codename.USERS_DEACTIVATE),
    VerbChoice("activate", "Activate", "let them sign in again; unlocks nobody", Codename.USERS_DEACTIVATE),
    VerbChoice("unlock", "Unlock", "clear failed sign-ins and locks", Codename.USERS_UNLOCK),
    VerbChoice("force-change", "Force change", "a new password at the next sign-in", Codename.USERS_FORCE_CHANGE),
    VerbChoice("revoke-sessions", "End sessions", "every session and token of theirs", Codename.USERS_REVOKE_SESSIONS),
    VerbChoice("grant-role", "Grant a role", "one role, to all of them", Codename.ROLES_GRANT),
    VerbChoice("revoke-role", "Take a role away", "one role, from all of them", Codename.ROLES_GRANT),
    VerbChoice("set", "Set a field", "the same value in all of them", Codename.USERS_EDIT),
    VerbChoice("delete", "Delete", "so that they can be restored", Codename.USERS_DELETE),
)


class BulkVerbDialog(Dialog["str | PendingJob"]):
    """Answers the name of a verb, or a bulk to go on with."""

    WIDTH: ClassVar[int] = 68

    DEFAULT_CSS = """
    BulkVerbDialog OptionList { height: auto; max-height: 14; border: none; padding: 0; background: $surface; }
    BulkVerbDialog OptionList { text-wrap: nowrap; text-overflow: ellipsis; }
    BulkVerbDialog #who { margin: 0 0 1 0; }
    """

    def __init__(self, marked: int, jobs: Sequence[PendingJob], now: datetime) -> None:
        super().__init__("Bulk")
        self._marked = marked
        self._jobs = jobs
        self._now = now
        self._answers: list[str | PendingJob] = []

    def compose_body(self) -> ComposeResult:
        yield Static(Content(_who(self._marked)), id="who")
        yield OptionList(*self._options(), compact=True)

    def _options(self) -> Sequence[Option]:
        options = []
        for job in self._jobs:
            self._answers.append(job)
            options.append(Option(_job_line(job, self._now)))
        for verb in VERBS if self._marked else ():
            self._answers.append(verb.name)
            may = self.shell.may(verb.permission)
            why = verb.help if may else f"needs {verb.permission}"
            options.append(Option(Content.assemble((f"{verb.title:<18}", "bold"), (why, "dim")), disabled=not may))
        return options

    def on_mount(self) -> None:
        super().on_mount()
        options = self.query_one(OptionList)
        options.focus()
        options.action_first()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._answers[event.option_index])


def _who(marked: int) -> str:
    if not marked:
        return "Nobody is marked: space marks a row, v a range, * all that match."
    return "With the one marked user:" if marked == 1 else f"With all {grouped(marked)} marked users:"


def _job_line(job: PendingJob, now: datetime) -> Content:
    """`Go on: Deactivate, 31 000 of 100 000 done, begun 14:03 by maria`."""
    how_far = f"{grouped(job.done)} of {grouped(job.total)} done"
    begun = f"begun {stamp(job.begun_at, now)} by "
    return Content.assemble(("Go on: ", "bold"), safe(job.verb, 40), f", {how_far}, {begun}", safe(job.actor_label, 30))
