"""What the keys of the list do: apply migrations, and open what has a room of its own.

A part of the migrations' screen, which reads and lists.
"""

from __future__ import annotations

from functools import partial, partialmethod
from typing import TYPE_CHECKING

from tui.migrate.running.allowed import apply_refusals
from tui.migrate.source.consent import has_consent, remember_consent
from tui.screens.base import AreaScreen
from tui.screens.dialogs.step_up import ask_first
from tui.screens.migrations.apply.consent import may_run
from tui.screens.migrations.apply.keys import APPLY_KEYS, NOT_YET, begin_apply, plan_of, why_not
from tui.screens.migrations.verbs import VERBS, verb

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.operations import Refusal
    from tui.migrate.listing import Look
    from tui.migrate.source.project import Project
    from tui.migrate.states import Entry


class Acts(AreaScreen):
    """The verbs. Whoever lists says what was read, what is under the cursor, and reads again."""

    @property
    def look(self) -> Look | None:
        """What was read last; None before anything was."""
        raise NotImplementedError

    @property
    def row(self) -> Entry | None:
        """The migration under the cursor; None without one, and while the screen comes and goes."""
        raise NotImplementedError

    @property
    def target(self) -> str:
        """The database as it is called in questions."""
        raise NotImplementedError

    def reload(self) -> None:
        """Reads files and rows again, after a change."""
        raise NotImplementedError

    # Applying -------------------------------------------------------------------------------------------------------

    def why_not(self, action: str) -> str:
        """Why a key does nothing now."""
        if action in APPLY_KEYS:
            return why_not(self.shell, action, self.look, self.row) or ""
        if action in VERBS and self.is_mounted:
            return verb(action).why_not(self) or ""
        return ""

    def _apply(self, action: str) -> None:
        """Asks with everything spelled out, then applies."""
        found = self.look
        reason = self.why_not(action)
        if reason or found is None:
            self.shell.warn(reason or NOT_YET)
            return
        if found.needs_consent:
            self.ask_to_run(found.project)
            return
        begin_apply(self, found, plan_of(action, found, self.row))

    action_apply_next = partialmethod(_apply, "apply_next")
    action_apply_to = partialmethod(_apply, "apply_to")
    action_apply_all = partialmethod(_apply, "apply_all")

    def once_allowed(self, go: Callable[[], object]) -> None:
        """Calls `go` when the account may still change migrations, after its password was given again if need be."""

        def asked(refusals: tuple[Refusal, ...]) -> None:
            if not refusals:
                go()
            elif not (self.shell.lock.heed(refusals) or ask_first(self.shell, refusals, go)):
                self.shell.warn(" ".join(refusal.reason for refusal in refusals))

        self.run_read(partial(apply_refusals, self.shell.actor), asked, group="may")

    # What opens something of its own: the verbs -----------------------------------------------------------------------

    def _begin(self, action: str) -> None:
        reason = self.why_not(action)
        if reason:
            self.shell.warn(reason)
        else:
            verb(action).begin(self)

    action_dry_run = partialmethod(_begin, "dry_run")
    action_revert = partialmethod(_begin, "revert")
    action_stamp = partialmethod(_begin, "stamp")
    action_make = partialmethod(_begin, "make")
    action_lint = partialmethod(_begin, "lint")
    action_drift = partialmethod(_begin, "drift")
    action_history = partialmethod(_begin, "history")
    action_diff = partialmethod(_begin, "diff")
    action_recover = partialmethod(_begin, "recover")
    action_backups = partialmethod(_begin, "backups")
    action_edit = partialmethod(_begin, "edit")
    action_write_sql = partialmethod(_begin, "write_sql")
    action_other_app = partialmethod(_begin, "other_app")

    def ask_to_run(self, project: Project) -> None:
        """The first time: may this project's code be run here."""

        def answered(answer: bool | None) -> None:
            if answer:
                try:
                    remember_consent(project)
                except OSError as error:
                    self.shell.warn(f"The answer could not be kept: {error.strerror}.")
                if has_consent(project):
                    self.reload()

        self.shell.push_screen(may_run(project), answered)
