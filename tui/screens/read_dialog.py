"""A dialog that reads before it can be confirmed: in workers, with what is the matter said in the dialog itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar

from textual import on
from textual.content import Content, ContentText
from textual.widgets import Button, Static

from tui.keys import bindings
from tui.screens.dialogs.base import SHORT, Dialog
from tui.screens.work import READ_DEADLINE, Reads
from tui.terminal.safe import safe

if TYPE_CHECKING:
    from textual.binding import BindingType

R = TypeVar("R")
T = TypeVar("T")

FRAME: Final = 9
"""Rows around the body: the border, the title, the command line on two rows, the buttons, and space between them."""

SHORT_FRAME: Final = 4
"""The same where there are few rows: no command line, and no space."""


class ReadDialog(Dialog[T]):
    """Compose a `Static(id="message")` in the body, and buttons with the ids cancel and confirm."""

    WIDTH: ClassVar[int] = 76
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("dialog.confirm")]

    DEFAULT_CSS = """
    ReadDialog > #box { overflow: hidden; }
    ReadDialog #message { height: auto; width: 100%; display: none; margin: 0 0 1 0; }
    ReadDialog #message.-given { display: block; }
    ReadDialog .label { height: 1; color: $text-muted; }
    ReadDialog #effects { height: auto; width: 100%; color: $text-muted; }
    ReadDialog .-hidden { display: none; }
    """

    _reads: Reads | None = None

    def on_resize(self) -> None:
        self.fit()

    def fit(self) -> None:
        """What is asked scrolls; the command line and the buttons always stay in sight."""
        frame = SHORT_FRAME if self.size.height < SHORT else FRAME
        self.query_one("#body").styles.max_height = max(4, self.size.height - frame)

    # Reading --------------------------------------------------------------------------------------------------------

    def read(
        self,
        work: Callable[[], Awaitable[R]],
        then: Callable[[R], object],
        *,
        group: str = "read",
        deadline: float = READ_DEADLINE,
        again: bool = False,
    ) -> None:
        """Reads in a worker; only the newest of a group is answered, an error is said in the dialog. `deadline` is in
        seconds. With `again` what a lost connection broke off is read once that is back."""
        if self._reads is None:
            self._reads = Reads(self.shell, self, self._slow)
        self._reads.start(work, then, group=group, deadline=deadline, failed=self.complain, again=again)

    def forget(self, group: str = "read") -> None:
        """What was asked for last is not asked for any more: its answer would be about what the dialog showed then."""
        if self._reads is not None:
            self._reads.forget(group)

    def _slow(self, slow: bool) -> None:
        if slow:
            self.say("The database has not answered yet. Esc stops waiting.")

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
        """Enables or disables the button that confirms."""
        self.query_one("#confirm", Button).disabled = not allowed

    def name_confirm(self, label: str) -> None:
        """Puts another word on the button that confirms."""
        self.label_confirm(Content(f"[ {label}  ^S ]"))

    def label_confirm(self, label: ContentText) -> None:
        """Puts another text on the button that confirms."""
        button = self.query_one("#confirm", Button)
        button.label = label
        button.refresh(layout=True)  # a label of another length would be cut

    def mark_danger(self, danger: bool) -> None:
        """Colours the button that confirms, where it takes something away."""
        self.query_one("#confirm", Button).set_class(danger, "-danger")

    # Leaving --------------------------------------------------------------------------------------------------------

    # Textual calls the decorated handlers of every base class: what a subclass does otherwise stands in the actions.

    @on(Button.Pressed, "#cancel")
    def _cancel_pressed(self) -> None:
        self.action_close()

    @on(Button.Pressed, "#confirm")
    def _confirm_pressed(self) -> None:
        self.action_confirm()

    def action_close(self) -> None:
        """Stops waiting if that was said, else leaves."""
        if self._reads is None or not self._reads.stop_waiting():
            self.leave()
        else:
            self.say("Stopped waiting: the database has not answered. Esc leaves.")

    def leave(self) -> None:
        """Leaves without having confirmed."""
        self.dismiss(None)

    def action_confirm(self) -> None:
        """Confirms, if it may be."""
        if not self.query_one("#confirm", Button).disabled:
            self.confirmed()

    def confirmed(self) -> None:
        """The person agrees."""
