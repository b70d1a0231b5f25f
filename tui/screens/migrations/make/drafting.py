"""How a draft comes about: models and files are compared in a worker process, what may be a rename is asked, and what
has no changes is offered as an empty file. What becomes of the draft is the page's.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tui.migrate.make.draft import with_counts
from tui.migrate.make.whole import Making, begin
from tui.screens.dialogs.confirm import ConfirmDialog
from tui.screens.migrations.command_line import make_twin
from tui.screens.migrations.make.questions import RenamesDialog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tui.migrate.source.project import Project
    from tui.screens.base import AreaScreen

    Working = Callable[[str, Callable[[], Awaitable[Making]], Callable[[Making], object]], object]
    """Says what is under way, does it, and hands on what came of it."""


class Drafting:
    """One page's drafts. `drafted` takes each that can be shown, `settled` is called once nothing is left to be asked,
    `refused` takes the sentence where nothing can be drafted."""

    def __init__(
        self,
        screen: AreaScreen,
        project: Project,
        command: str,
        work: Working,
        *,
        drafted: Callable[[Making], object],
        settled: Callable[[], object],
        refused: Callable[[str], object],
    ) -> None:
        self._screen = screen
        self._project = project
        self._command = command
        self._work = work
        self._drafted = drafted
        self._settled = settled
        self._refused = refused
        self._asked: frozenset[str] = frozenset()
        self._answers: tuple[str, ...] = ()

    def begin(self, *, empty: bool = False) -> None:
        """Compares, and drafts what differs; `empty`: a file without statements."""
        self._work("Comparing the models with the last file ...", partial(self._compare, empty), self._found)

    async def _compare(self, empty: bool) -> Making:
        making = await begin(self._project, self._answers, empty=empty)
        first = making.first
        if making.refusal or not first.draft.likely:
            return making
        counted = await with_counts(first.project, first.draft)
        return Making((replace(first, draft=counted), *making.parts[1:]))

    def _found(self, making: Making) -> None:
        if making.refusal:
            self._refused(making.refusal)
            return
        self._drafted(making)
        if any(each.id not in self._asked for each in making.first.draft.likely):
            self.ask(making)
        elif not making.has_changes:
            self._offer_empty()
        else:
            self._settled()

    def ask(self, making: Making) -> None:
        """Asks what was renamed; other answers than before are drafted anew."""
        likely = making.first.draft.likely

        def answered(answers: tuple[str, ...] | None) -> None:
            if answers is None:
                if not self._asked:
                    self._screen.leave()
                return
            self._asked |= {each.id for each in likely}
            if answers != self._answers:
                self._answers = answers
                self.begin()
            else:
                self._settled()

        twin = partial(make_twin, self._command, self._project, "", last="--no-renames")
        self._screen.shell.push_screen(RenamesDialog(likely, self._answers, twin=twin), answered)

    def _offer_empty(self) -> None:
        dialog = ConfirmDialog(
            "No changes",
            ("The models and the files agree: there is nothing to make.", "An empty migration is filled in by hand."),
            yes="Make an empty one",
            no="Back",
            twin=make_twin(self._command, self._project, last="--empty"),
        )
        self._screen.shell.push_screen(
            dialog, lambda answer: self.begin(empty=True) if answer else self._screen.leave()
        )
