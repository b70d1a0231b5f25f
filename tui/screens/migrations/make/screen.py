"""A draft on the screen: what it does by table, its SQL to be changed, how it did on a scratch database; then written.

Models and files are compared, and the SQL is tried, by the worker process; nothing is written before the last question.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.events import DescendantFocus
from textual.widgets import Input, Static, TextArea

from tui.keys import bindings
from tui.migrate.make.naming import DEFAULT, name_fault
from tui.migrate.make.whole import Making, Part, tried, version_of, write_all
from tui.migrate.make.writing import NotWritten
from tui.sanitise import sanitise_block
from tui.screens.base import AreaScreen
from tui.screens.dialogs.confirm import ConfirmDialog
from tui.screens.migrations.command_line import draft_twin
from tui.screens.migrations.make.drafting import Drafting
from tui.screens.migrations.make.words import operation_lines, verdict, warnings
from tui.terminal.safe import safe
from tui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from pathlib import Path

    from tui.migrate.source.project import Project

SECONDS: Final = 600.0
"""Files up to now are run on a scratch database, which takes what it takes; Esc stops waiting."""


class MakeScreen(AreaScreen):
    """One new migration, or the two of Shellback's own trees: f3 shows the other one."""

    CSS_PATH = "make.tcss"
    INTRO = (
        "What changed in the models since the last file. Change the SQL as you like; ctrl+s runs it up, down and up "
        "again on a scratch database, and asks before it writes the file. No file is deleted or overwritten."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("migrations.try_and_write", "migrations.renames", "migrations.other_dialect")
    ]

    def __init__(self, project: Project, versions: tuple[str, ...], command: str) -> None:
        super().__init__()
        self._project = project
        self._versions = versions
        self._command = command
        self._making: Making | None = None
        self._shown = 0
        self._drafted: tuple[tuple[str, str], ...] = ()
        self._busy = ""
        self._drafting = Drafting(
            self, project, command, self._work, drafted=self._take, settled=self._to_the_sql, refused=self._refuse
        )

    def crumbs(self) -> tuple[str, ...]:
        return ("Migrations", "make")

    def hints(self) -> tuple[str, ...]:
        found = ["migrations.try_and_write", "app.back"]
        if self._making is not None and self._making.first.draft.likely:
            found.insert(1, "migrations.renames")
        if self._making is not None and len(self._making.parts) > 1:
            found.insert(1, "migrations.other_dialect")
        return tuple(found)

    def compose_body(self) -> ComposeResult:
        yield Static(id="make-facts")
        with Horizontal(id="make-name"):
            yield Static(Content("name "), id="make-label")
            yield LineInput(DEFAULT, id="make-input", compact=True)
        with VerticalScroll(id="make-operations", can_focus=False):
            yield Static(id="make-lines")
            yield Static(id="make-verdict")
        with Horizontal(id="make-sides"):
            for direction in ("up", "down"):
                with Vertical(id=f"make-{direction}"):
                    yield Static(Content(direction), classes="make--title")
                    yield TextArea(id=f"sql-{direction}", soft_wrap=False, compact=True)

    def on_mount(self) -> None:
        self.query_one("#make-up").add_class("-front")
        self._drafting.begin()

    # Drafting -------------------------------------------------------------------------------------------------------

    def _take(self, making: Making) -> None:
        self._busy = ""
        self._making = making
        self._drafted = tuple((part.draft.up, part.draft.down) for part in making.parts)
        self._fill()
        if not making.has_changes:
            self._facts("No changes: the models and the files agree.")

    def _to_the_sql(self) -> None:
        self.query_one("#sql-up").focus()

    def _refuse(self, sentence: str) -> None:
        self._busy = ""
        self._making = None
        self.query_one("#make-lines", Static).update(safe(sentence, 2000).stylize("$text-error"))
        self._facts("Nothing was written. Esc goes back.")

    # What is shown --------------------------------------------------------------------------------------------------

    @property
    def part(self) -> Part | None:
        """The file that is shown."""
        return self._making.parts[self._shown] if self._making is not None else None

    def _fill(self) -> None:
        part = self.part
        assert part is not None
        for direction, text in (("up", part.draft.up), ("down", part.draft.down)):
            area = self.query_one(f"#sql-{direction}", TextArea)
            shown = sanitise_block(text)
            # What cannot be shown as it is cannot be changed either: it would be written as it looks.
            area.read_only = shown.rstrip("\n") != text.rstrip("\n")
            area.text = shown
        self._show()

    def _show(self) -> None:
        part = self.part
        if part is None:
            return
        self.query_one("#make-lines", Static).update(operation_lines(part))
        self.query_one("#make-verdict", Static).update(verdict(part))
        base = f"after {part.draft.base}" if part.draft.base else "the first migration"
        dialect = {"postgres": "PostgreSQL", "sqlite": "SQLite"}[part.draft.dialect]
        self._facts(f"{base} · app {part.project.app} · {dialect} · tab: name, up, down")
        self.refresh_bindings()

    def _facts(self, text: str) -> None:
        self.query_one("#make-facts", Static).update(safe(text, 300))

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """The direction that is worked on is the one in front where only one fits."""
        for direction in ("up", "down"):
            if event.widget.id == f"sql-{direction}":
                for other in ("up", "down"):
                    self.query_one(f"#make-{other}").set_class(other == direction, "-front")

    @on(TextArea.Changed)
    def _typed(self, event: TextArea.Changed) -> None:
        """What was tried is not what stands here any more."""
        part, text = self.part, event.text_area.text
        if part is None or event.text_area.read_only:
            return
        name = "up" if event.text_area.id == "sql-up" else "down"
        if text.rstrip() == getattr(part.draft, name).rstrip():
            return
        changed = replace(part.draft, up=text) if name == "up" else replace(part.draft, down=text)
        self._put(replace(part, draft=changed, trial=None))
        self._show()

    def _put(self, part: Part) -> None:
        assert self._making is not None
        parts = list(self._making.parts)
        parts[self._shown] = part
        self._making = Making(tuple(parts))

    # Keys -----------------------------------------------------------------------------------------------------------

    def why_not(self, action: str) -> str:
        """Why a key does nothing now."""
        making = self._making
        if action == "try_and_write" and (self._busy or making is None):
            return self._busy or "There is nothing to write."
        if action == "renames" and (making is None or not making.first.draft.likely):
            return "Nothing that is gone looks like something that is new."
        if action == "other_dialect" and (making is None or len(making.parts) < 2):
            return "There is one file only."
        return ""

    def action_renames(self) -> None:
        """Asks again what was renamed; the SQL is drafted anew then."""
        if self._making is not None and not self.why_not("renames"):
            self._drafting.ask(self._making)

    def action_other_dialect(self) -> None:
        """The file for the other database."""
        if self._making is not None and not self.why_not("other_dialect"):
            self._shown = (self._shown + 1) % len(self._making.parts)
            self._fill()

    def action_try_and_write(self) -> None:
        """Tries every file, then asks whether to write."""
        making = self._making
        if making is None or self.why_not("try_and_write"):
            return
        name = self.query_one("#make-input", Input).value.strip()
        if fault := name_fault(name):
            self._facts(fault)
            self.query_one("#make-input").focus()
            return

        async def work() -> Making:
            version = await asyncio.to_thread(version_of, making, name, self._versions)
            return await tried(making, version)

        self._work("Trying it up, down and up again on a scratch database ...", work, self._tried)

    def _tried(self, making: Making) -> None:
        self._busy = ""
        self._making = making
        self._show()
        self.query_one("#make-operations").scroll_end(animate=False)
        if not making.is_ok:
            failed = next(place for place, part in enumerate(making.parts) if not (part.trial and part.trial.is_ok))
            if failed != self._shown:
                self._shown = failed
                self._fill()
            self.shell.warn("It does not run: nothing was written. Change the SQL, or the models.")
            return
        name = self.query_one("#make-input", Input).value.strip()
        versions = [part.trial.version for part in making.parts if part.trial is not None]
        sentences = [f"To {part.project.folder}:" for part in making.parts[:1]]
        sentences += [f"  {versions[0]}"]
        if len(making.parts) > 1:
            sentences.append("and the same for the other database.")
        clean = [part.trial.sentences[0] for part in making.parts if part.trial is not None and part.trial.is_clean]
        self.shell.push_screen(
            ConfirmDialog(
                "Write it?",
                [*sentences, *dict.fromkeys(clean)],
                warnings=warnings(making.parts),
                yes="Write",
                twin=draft_twin(self._command, self._project, name, making.first.draft),
            ),
            self._agreed,
        )

    def _agreed(self, answer: bool | None) -> None:
        making = self._making
        if answer and making is not None:
            self.run_write("making a migration", partial(asyncio.to_thread, _write, making), self._written)

    def _written(self, paths: tuple[Path, ...] | str) -> None:
        if isinstance(paths, str):
            self.shell.warn(paths)
            return
        self.shell.notify(f"Written: {paths[0].name}. It is pending; nothing was applied.")
        self.dismiss(None)

    def action_back(self) -> None:
        """Stops what is under way, asks before it drops what was typed, else one step back."""
        making = self._making
        if self._busy and self._reads.stop_waiting():
            self.notice = self._busy = ""
            if making is None:
                self.leave()
            else:
                self._show()
            return
        now = tuple((part.draft.up, part.draft.down) for part in making.parts) if making is not None else ()
        if now == self._drafted or making is None:
            self.leave()
            return
        self.shell.push_screen(
            ConfirmDialog("Leave the draft?", ("What you changed in the SQL is lost.",), yes="Leave", destructive=True),
            lambda answer: self.leave() if answer else None,
        )

    def _work(self, says: str, work: Callable[[], Awaitable[Making]], then: Callable[[Making], object]) -> None:
        self._busy = says
        self._facts(says)
        self.refresh_bindings()
        self.run_read(work, then, group="make", deadline=SECONDS, failed=self._failed)

    def _failed(self, sentence: str) -> None:
        self._busy = ""
        if self._making is None:
            self._refuse(sentence)
        else:
            self._show()
            self.shell.warn(sentence)


def _write(making: Making) -> tuple[Path, ...] | str:
    try:
        return write_all(making)
    except NotWritten as error:
        return error.sentence
