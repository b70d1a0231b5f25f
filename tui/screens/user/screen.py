"""One user: who it is, and a page in tabs. What a tab shows is in `tabs`, what is done in `verbs`."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial, partialmethod
from typing import TYPE_CHECKING, ClassVar, Final

from textual.content import Content
from textual.widgets import Static, TabbedContent, TabPane
from textual.widgets import Tabs as TabRow

from tui.browse.detail import Detail, load_detail
from tui.keys import bindings
from tui.sanitise import sanitise
from tui.screens.base import AreaScreen
from tui.screens.changes.staged import staged_words
from tui.screens.user import verbs as user_verbs
from tui.screens.user.tabs import make_tabs
from tui.terminal.safe import safe
from tui.widgets.keyset_messages import LoadFailed, RowOpened
from tui.widgets.keyset_table import KeysetTable
from tui.widgets.user_words import state_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult

    from tui.screens.user.tabs.tab import Deed, Tab

RESTORABLE: Final = " D restores it, or deletes it for good."
GONE: Final = "This user is not there any more. The audit says who deleted it, and when."
ON_ROW: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "revoke": ("Go to the role on the Roles tab; then - takes it away.", ("revoke",)),
    "remove": (
        "Go to a session, an authenticator or a note on its tab; then x removes it.",
        ("end_session", "remove_factor", "delete_note"),
    ),
    "pin": ("Go to a note on the Notes tab; then i pins it, or unpins it.", ("pin",)),
    "undo": ("Go to a change on the History tab; then U takes it back.", ("undo",)),
}
"""Actions on the row under the cursor: what is said where there is no such row, and the verbs that they can come to."""


class UserScreen(AreaScreen):
    """The page of one user."""

    CSS_PATH = "user.tcss"
    INTRO = "One user. [ and ] change the tab; the keys of the list act on this user too."
    BINDINGS: ClassVar = [
        *bindings("user.next_tab", "user.previous_tab", "list.copy_id", "list.refresh", *user_verbs.KEYS),
        *bindings("user.grant", "user.revoke", "user.remove", "user.note", "user.pin", "user.undo", "users.changes"),
    ]

    def __init__(self, user_id: int, username: str = "") -> None:
        super().__init__()
        self._user_id = user_id
        self._username = username
        self._detail: Detail | None = None
        self._gone = False
        self._tabs = {tab.id: tab for tab in make_tabs(user_id, self._now)}

    def crumbs(self) -> tuple[str, ...]:
        return ("Users", self._username or f"#{self._user_id}")

    def hints(self) -> tuple[str, ...]:
        """What is wanted on the tab in front."""
        if self._gone:
            return ("user.next_tab", "app.back")
        if self._detail is not None and self._detail.deleted_at is not None:
            return ("users.delete", "user.next_tab", "app.back")
        return (*self._tab.hints, "user.next_tab", "app.back")

    def compose_body(self) -> ComposeResult:
        yield Static(Content("…loading"), id="who")
        with TabbedContent(id="tabs"):
            for tab in self._tabs.values():
                with TabPane(Content(tab.title), id=tab.id):
                    yield from tab.widgets

    def _now(self) -> datetime:
        return self._detail.now if self._detail else datetime.now(UTC)

    @property
    def _tab(self) -> Tab:
        """The tab in front; the first one before there is any."""
        active = self.query_one(TabbedContent).active
        return self._tabs.get(active) or next(iter(self._tabs.values()))

    def on_mount(self) -> None:
        self.query_one(TabRow).can_focus = False
        self._focus_tab()
        self._read()
        self.shell.staged.changed.subscribe(self, lambda _: self._read())

    # Reading --------------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        work = partial(load_detail, self._user_id, changes=0, activity=True)
        self.run_read(work, self._show, group="detail", failed=self._failed)
        for tab in self._tabs.values():
            if tab.again is not None:
                tab.again()

    async def _show(self, detail: Detail | None) -> None:
        self._detail = detail
        self._gone = detail is None
        self.refresh_bindings()
        self._show_who(detail)
        for tab in self._tabs.values():
            await tab.show(detail)

    def _show_who(self, detail: Detail | None) -> None:
        who = self.query_one("#who", Static)
        if detail is None:
            who.update(Content(GONE))
            return
        account = detail.account
        self._username = account.username
        self.refresh_header()
        email = f"   {sanitise(account.email, 254)}" if account.email else ""
        name = Content.styled(sanitise(account.username, 60), "bold")
        more = RESTORABLE if account.deleted_at is not None and user_verbs.may(self.shell, "delete") else ""
        staged = staged_words(self.shell.staged.of(account.id))
        who.update(Content.assemble(name, f"   #{account.id}{email}\n", state_sentence(detail), more, staged))

    def _failed(self, sentence: str) -> None:
        self.query_one("#who", Static).update(Content.assemble(safe(sentence, 300), " ctrl+r tries again."))

    def on_load_failed(self, event: LoadFailed) -> None:
        self._history.say(safe(self.shell.trouble(event.error), 300))

    def on_row_opened(self, event: RowOpened) -> None:
        """A line of the history opens to the whole event."""
        if self._tab.id != "history-tab":
            return
        if not self.shell.may("audit.view"):
            self.shell.warn("The whole event needs the permission audit.view.")
            return
        from tui.screens.audit.event import AuditEventScreen

        self.app.push_screen(AuditEventScreen(event.row.id))

    @property
    def _history(self) -> KeysetTable[object]:
        return self.query_one("#history", KeysetTable)

    def on_cursor_moved(self) -> None:
        """What stands beside a table follows its cursor, in front or not."""
        for tab in self._tabs.values():
            if tab.moved is not None:
                tab.moved()
        self.refresh_bindings()

    # Keys -----------------------------------------------------------------------------------------------------------

    def action_next_tab(self) -> None:
        self._turn(1)

    def action_previous_tab(self) -> None:
        self._turn(-1)

    def _turn(self, by: int) -> None:
        ids = list(self._tabs)
        self.query_one(TabbedContent).active = ids[(ids.index(self._tab.id) + by) % len(ids)]

    def on_tabbed_content_tab_activated(self) -> None:
        self._focus_tab()
        self.refresh_bindings()

    def _focus_tab(self) -> None:
        """The keys that move go to what is shown."""
        self._tab.focus().focus()

    def action_refresh(self) -> None:
        """Read everything again."""
        self._read()

    def action_copy_id(self) -> None:
        self.shell.copy(str(self._user_id), f"id {self._user_id}")

    def why_not(self, action: str) -> str:
        """The verbs need a user who is there, some of them a row under the cursor."""
        if self._detail is None and (action in ON_ROW or action in user_verbs.PERMISSIONS):
            return GONE if self._gone else "This user is still being read."
        return ON_ROW[action][0] if action in ON_ROW and self.is_mounted and self._deed(action) is None else ""

    def _verb(self, verb: str, **more: object) -> None:
        user_verbs.start(self.shell, verb, self._user_id, self._read, **more)

    def _deed(self, action: str) -> Deed | None:
        """What the key comes to on the tab in front; None: nothing is under the cursor there."""
        on_row = self._tab.on_row.get(action)
        return on_row() if on_row is not None else None

    def _on_row(self, action: str) -> None:
        """Do to the row under the cursor what the key does on this tab."""
        deed = self._deed(action)
        if deed is None:
            self.shell.notify(ON_ROW[action][0])
        elif user_verbs.may(self.shell, deed.verb):
            self._verb(deed.verb, **deed.more)
        else:
            self.shell.warn(user_verbs.refusal(self.shell, deed.verb))

    def action_changes(self) -> None:
        """To what is staged."""
        self.shell.action_area("changes")

    action_edit = partialmethod(_verb, "edit")
    action_stage = partialmethod(_verb, "stage")
    action_reset = partialmethod(_verb, "reset")
    action_why = partialmethod(_verb, "why")
    action_lock = partialmethod(_verb, "lock")
    action_active = partialmethod(_verb, "active")
    action_revoke_sessions = partialmethod(_verb, "revoke_sessions")
    action_delete = partialmethod(_verb, "delete")
    action_grant = partialmethod(_verb, "grant")
    action_note = partialmethod(_verb, "note")
    action_revoke = partialmethod(_on_row, "revoke")
    action_remove = partialmethod(_on_row, "remove")
    action_pin = partialmethod(_on_row, "pin")
    action_undo = partialmethod(_on_row, "undo")
