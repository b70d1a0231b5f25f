"""The search line of the audit: what its text means, how it can be completed, what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from textual.containers import VerticalGroup
from textual.message import Message

from tui.browse.audit.complete import AUDIT, AuditVocabulary, load_audit_vocabulary
from tui.browse.audit.query import AuditQuery, parse_audit
from tui.browse.search.complete import Completions, complete
from tui.browse.search.suggest import QueryError
from tui.terminal.safe import safe
from tui.widgets.search_box import SearchBox

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tui.screens.base import AreaScreen


class AuditSearch(VerticalGroup):
    """The search box of the audit. The list behind it is the screen's."""

    @dataclass
    class Wanted(Message):
        """The text is a query; Enter was pressed (`entered`), or typing paused."""

        query: AuditQuery
        entered: bool

    def __init__(self) -> None:
        super().__init__()
        self._vocabulary = AuditVocabulary()

    def compose(self) -> ComposeResult:
        yield SearchBox("a name, action:users.reset, outcome:denied or at:<2d")

    def on_mount(self) -> None:
        self.box.completer = self._complete

    @property
    def box(self) -> SearchBox:
        """The box itself."""
        return self.query_one(SearchBox)

    def _complete(self, text: str, cursor: int) -> Completions:
        return complete(text, cursor, self._vocabulary, AUDIT)

    def on_search_box_entered(self) -> None:
        """The actions of the trail are read whenever the box is gone to: they are few."""
        area = cast("AreaScreen", self.screen)
        area.run_read(load_audit_vocabulary, self._take, group="vocabulary", failed=lambda _: None)

    def _take(self, vocabulary: AuditVocabulary) -> None:
        self._vocabulary = vocabulary

    def on_search_box_changed(self, event: SearchBox.Changed) -> None:
        """What is wrong waits for a pause; what was wrong and is not any more does not."""
        try:
            parse_audit(event.text)
        except QueryError:
            return
        self.box.show_error(None)

    def on_search_box_searched(self, event: SearchBox.Searched) -> None:
        try:
            query = parse_audit(event.text)
        except QueryError as error:
            if event.entered or not self.box.is_unfinished(error.position):
                self.say_wrong(error)
            return
        self.box.show_error(None)
        self.post_message(self.Wanted(query, event.entered))

    def say_wrong(self, error: QueryError) -> None:
        """Say what is wrong with the text, at its place."""
        self.box.show_error(safe(error.message, 200), error.position)
