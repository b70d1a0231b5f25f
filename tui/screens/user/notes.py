"""Write a note on a user, pin one or unpin it, delete one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static, TextArea

from models.operations.notes import LONGEST, plan_add_note, plan_delete_note, plan_pin
from tui.screens.twins import twin
from tui.screens.write_dialog import WriteDialog
from tui.terminal.safe import safe_block
from tui.widgets.check import Check

if TYPE_CHECKING:
    from textual.timer import Timer

    from models.operations import Plan
    from tui.browse.user.detail import Detail, Note

PAUSE: Final = 0.2
"""Seconds after the last key before what is typed is planned."""
UNSAVED: Final = "This note is not saved: esc again drops it."


class NoteDialog(WriteDialog):
    """Writes a note. What stands there when it is confirmed is what is written."""

    VERB: ClassVar[str] = "Write"

    DEFAULT_CSS = """
    NoteDialog #body-text { height: 5; border: none; padding: 0 1; margin: 0 0 1 0; background: $panel; }
    NoteDialog.-short #body-text { height: 3; }
    """

    def __init__(self, user_id: int) -> None:
        super().__init__("Write a note", user_id)
        self._pause: Timer | None = None
        self._wanted = False
        self._leaving = False

    def compose_options(self) -> ComposeResult:
        yield TextArea(id="body-text", soft_wrap=True)
        yield Check(Content("pinned: first of the notes, and shown at a reset"), False, id="pinned", compact=True)

    @property
    def text(self) -> str:
        """What is typed."""
        return self.query_one("#body-text", TextArea).text

    @property
    def _pinned(self) -> bool:
        return self.query_one("#pinned", Check).value

    async def make_plan(self, detail: Detail) -> Plan:
        return await plan_add_note(self.shell.actor, detail.account.id, self.text, pinned=self._pinned)

    def fill(self, detail: Detail) -> None:
        """The text is what is wanted."""
        del detail
        self.query_one("#body-text").focus()

    def show_plan(self, plan: Plan) -> None:
        """An empty note is not wrong yet."""
        super().show_plan(plan)
        if not self.text.strip() and not plan.refusals:
            self.say("")
        if self._leaving:  # what is typed is planned a moment later, and the warning is for the next key
            self.say(UNSAVED)
        if self._wanted:
            self._wanted = False
            self.action_confirm()

    def command(self, reason: str) -> str:
        pinned = ("--pinned",) if self._pinned else ()
        return twin(self.shell.launch.command, "users", "notes", self.user_id, "add", self.text, *pinned, reason=reason)

    # Typing ---------------------------------------------------------------------------------------------------------

    @on(TextArea.Changed, "#body-text")
    @on(Check.Changed)
    def _typed(self) -> None:
        """What was planned is not what stands here: nothing is written until it is planned again."""
        if self.in_doubt is not None or self.detail is None:
            return
        self._leaving = False
        self.plan = None
        self.allow(False)
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(PAUSE, self.read_again)

    def action_confirm(self) -> None:
        """Waits for the plan of what was typed last."""
        if self.plan is None and self.detail is not None and self.in_doubt is None:
            self._wanted = True
        else:
            super().action_confirm()

    def action_close(self) -> None:
        """Asks before it drops what is typed."""
        if self.text.strip() and not self._leaving and self.in_doubt is None:
            self._leaving = True
            self.say(UNSAVED)
        else:
            super().action_close()


class NoteUnderCursor(WriteDialog):
    """A verb on one note that is there already, which it shows."""

    DEFAULT_CSS = """
    NoteUnderCursor #note { height: auto; max-height: 8; width: 100%; color: $text-muted; }
    """

    def __init__(self, title: str, user_id: int, note_id: int) -> None:
        super().__init__(title, user_id)
        self.note_id = note_id

    def compose_options(self) -> ComposeResult:
        yield Static(id="note")

    def note(self, detail: Detail) -> Note | None:
        """The note, as it was read."""
        return next((note for note in detail.notes if note.id == self.note_id), None)

    def fill(self, detail: Detail) -> None:
        """Shows which note it is about."""
        note = self.note(detail)
        self.query_one("#note", Static).update(safe_block(note.body, LONGEST) if note is not None else Content(""))


class PinDialog(NoteUnderCursor):
    """Pins a note, and unpins one that is pinned."""

    VERB: ClassVar[str] = "Pin"

    def __init__(self, user_id: int, note_id: int) -> None:
        super().__init__("Pin or unpin a note", user_id, note_id)
        self._pins = True

    async def make_plan(self, detail: Detail) -> Plan:
        note = self.note(detail)
        self._pins = note is None or not note.pinned
        return await plan_pin(self.shell.actor, detail.account.id, self.note_id, pinned=self._pins)

    def show_plan(self, plan: Plan) -> None:
        """Names the verb that it is."""
        self.name_confirm("Pin" if self._pins else "Unpin")
        super().show_plan(plan)

    def command(self, reason: str) -> str:
        verb = "pin" if self._pins else "unpin"
        return twin(self.shell.launch.command, "users", "notes", self.user_id, verb, self.note_id, reason=reason)


class DeleteNoteDialog(NoteUnderCursor):
    """Deletes a note for good."""

    VERB: ClassVar[str] = "Delete"

    def __init__(self, user_id: int, note_id: int) -> None:
        super().__init__("Delete a note", user_id, note_id)

    async def make_plan(self, detail: Detail) -> Plan:
        return await plan_delete_note(self.shell.actor, detail.account.id, self.note_id)

    def show_plan(self, plan: Plan) -> None:
        """Its text is gone then."""
        self.mark_danger(True)
        super().show_plan(plan)

    def command(self, reason: str) -> str:
        return twin(self.shell.launch.command, "users", "notes", self.user_id, "delete", self.note_id, reason=reason)
