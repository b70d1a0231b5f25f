"""One user: who it is, and a page in tabs. What a tab shows is in `tabs`, what is done in `verbs`."""

from __future__ import annotations

from functools import partial, partialmethod
from typing import TYPE_CHECKING, ClassVar, Final

from textual.content import Content
from textual.widgets import Static

from tui.browse.user.detail import Detail, load_detail
from tui.keys import bindings
from tui.sanitise import sanitise
from tui.screens.changes.staged import staged_words
from tui.screens.tabbed import TabbedPage
from tui.screens.user import verbs as user_verbs
from tui.screens.user.rank import above
from tui.screens.user.tabs import make_tabs
from tui.terminal.safe import safe
from tui.widgets.keyset_messages import LoadFailed, RowOpened
from tui.widgets.keyset_table import KeysetTable
from tui.widgets.user_words import state_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.screens.user.tabs.tab import Deed

RESTORABLE: Final = " D restores it, or deletes it for good."
GONE: Final = "This user is not there any more. The audit says who deleted it, and when."
ON_ROW: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "revoke": ("Go to a role on the Roles tab; then - takes it away.", ("revoke",)),
    "remove": (
        "Go to a session, an authenticator or a note on its tab; then x removes it.",
        ("end_session", "remove_factor", "delete_note"),
    ),
    "pin": ("Go to a note on the Notes tab; then i pins it, or unpins it.", ("pin",)),
    "undo": ("Go to a change on the History tab; then U takes it back.", ("undo",)),
}
"""Actions on the row under the cursor: what is said where there is no such row, and the verbs that they can come to."""


class UserScreen(TabbedPage):
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
        return (*self.tab.hints, "user.next_tab", "app.back")

    @property
    def user_id(self) -> int:
        return self._user_id

    def on_mount(self) -> None:
        # Besides that of the page: Textual calls the handlers of every class.
        self.shell.staged.changed.subscribe(self, lambda _: self.read())

    # Reading --------------------------------------------------------------------------------------------------------

    def read(self) -> None:
        work = partial(load_detail, self._user_id, changes=0, activity=True)
        self.run_read(work, self._show, group="detail", failed=self._failed, again=True)
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

    def on_load_failed(self, event: LoadFailed) -> None:
        self._history.say(safe(self.shell.trouble(event.error), 300))

    def on_row_opened(self, event: RowOpened) -> None:
        """A line of the history opens to the whole event."""
        if self.tab.id != "history-tab":
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

    def why_not(self, action: str) -> str:
        """The verbs need a user who is there, some of them a row under the cursor."""
        if self._detail is None and (action in ON_ROW or action in user_verbs.PERMISSIONS):
            return GONE if self._gone else "This user is still being read."
        if action not in ON_ROW:
            return self._above(action)
        deed = self._deed(action) if self.is_mounted else None
        return self._above(deed.verb) if deed is not None else ON_ROW[action][0] if self.is_mounted else ""

    def _above(self, verb: str) -> str:
        """Why the verb is refused on this user, whatever the person's permissions."""
        if self._detail is None:
            return ""
        account, held = self._detail.account, self._detail.permissions.codenames
        return above(self.shell, verb, account.id, account.username, is_superuser=account.is_superuser, held=held)

    def _verb(self, verb: str, **more: object) -> None:
        user_verbs.start(self.shell, verb, self._user_id, self.read, **more)

    def _deed(self, action: str) -> Deed | None:
        """What the key comes to on the tab in front; None: nothing is under the cursor there."""
        on_row = self.tab.on_row.get(action)
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
