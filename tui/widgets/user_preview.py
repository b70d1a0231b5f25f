"""The pane beside the list: the user under the cursor, in a few lines."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from tui.browse.lists.rows import UserRow
from tui.browse.moments import ago, stamp
from tui.browse.user.detail import Detail
from tui.terminal.safe import safe
from tui.widgets.user_words import change_words, pinned_words, sessions_words, state_sentence, what


class UserPreview(Static):
    """Shows a row at once, and the rest of the user when it has been read."""

    DEFAULT_CSS = """
    UserPreview {
        width: 36;
        height: 1fr;
        padding: 0 1;
        border-left: vkey $border;
        display: none;
    }
    """

    def _paint(self, content: Content) -> None:
        """Paint it. The pane's size is fixed, so nothing has to be laid out again: that would cost a key 25 ms."""
        self.update(content, layout=False)

    def show_row(self, row: UserRow | None) -> None:
        """Show what the list knows of a user; None: nobody."""
        self._paint(Content("") if row is None else Content("\n").join([*_head(row), Content(""), Content("…")]))

    def show_detail(self, row: UserRow, detail: Detail | None) -> None:
        """Show all that was read of a user; None: the user is gone."""
        if detail is None:
            self._paint(Content("\n").join([*_head(row), Content(""), Content("This user is not there any more.")]))
            return
        note = pinned_words(detail)
        pinned = [safe(note, 300, style="$text-warning")] if note else []
        lines = [*_head(row), Content(""), state_sentence(detail), *pinned, Content(""), *_facts(detail)]
        lines += [Content(""), Content.styled("Last changes", "bold"), *_changes(detail)]
        self._paint(Content("\n").join(lines))


def _head(row: UserRow) -> list[Content]:
    lines = [Content.assemble((safe(row.username, 60).plain, "bold"), f"  #{row.id}")]
    lines += [safe(text, 200) for text in (row.full_name, row.email) if text]
    return lines


def _facts(detail: Detail) -> list[Content]:
    names = [source.role for source in detail.permissions.sources]
    if detail.permissions.is_superuser:
        names.insert(0, "superuser")
    state = detail.state
    login = ago(state.last_login_at if state else None, detail.now)
    place = f" from {state.last_login_ip}" if state and state.last_login_at and state.last_login_ip else ""
    return [
        Content.assemble("Roles     ", safe(", ".join(names), 200) if names else "none"),
        Content(f"Sessions  {sessions_words(detail)}"),
        Content.assemble("Login     ", safe(login + place, 100)),
        Content(f"Created   {stamp(detail.account.created_at, detail.now)}"),
    ]


def _changes(detail: Detail) -> list[Content]:
    if not detail.changes:
        return [Content.styled("none recorded", "dim")]
    lines = []
    for row in detail.changes:
        when = stamp(row.at, detail.now)
        lines.append(Content.assemble(when, " ", safe(row.actor, 60), ": ", what(row)))
        lines += [Content.assemble("  ", change_words(change)) for change in row.changes[:4]]
    return lines
