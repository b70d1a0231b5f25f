"""One user: Account, Roles, Sessions, History. What the tabs say is in `tabs`, what is done in `verbs`."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial, partialmethod
from typing import TYPE_CHECKING, ClassVar

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static, TabbedContent, TabPane, Tabs

from tui.browse.detail import Detail, load_detail
from tui.browse.history import HistorySource
from tui.keys import bindings
from tui.sanitise import sanitise
from tui.screens.base import AreaScreen
from tui.screens.changes.staged import staged_words
from tui.screens.user import verbs as user_verbs
from tui.screens.user.tabs import account_facts, history_columns, permission_lines, role_columns, session_columns
from tui.terminal.safe import safe
from tui.widgets.facts import Facts
from tui.widgets.keyset_messages import LoadFailed, RowOpened
from tui.widgets.keyset_table import KeysetTable
from tui.widgets.list_source import ListSource
from tui.widgets.user_words import state_sentence

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from models.operations.effective import RoleSource
    from tui.browse.detail import Session
    from tui.browse.history import HistoryRow

ACTIONS = ("users.edit", "users.reset", "users.lock", "users.active")
MOST_WANTED = {
    "roles-tab": ("user.grant", "user.revoke", "users.reset", "users.edit"),
    "sessions-tab": ("users.revoke_sessions", "users.reset", "users.lock", "users.edit"),
}
"""Hints of a tab, where they are not those of the page."""

TABS = ("account", "roles-tab", "sessions-tab", "history-tab")
RESTORABLE = " D restores it, or deletes it for good."
GONE = "This user is not there any more. The audit says who deleted it, and when."


class UserScreen(AreaScreen):
    """The page of one user."""

    CSS_PATH = "user.tcss"
    INTRO = "One user. [ and ] change the tab; the keys of the list act on this user too."
    BINDINGS: ClassVar = [
        *bindings("user.next_tab", "user.previous_tab", "list.copy_id", "list.refresh", *user_verbs.KEYS),
        *bindings("user.grant", "user.revoke", "users.changes"),
    ]

    def __init__(self, user_id: int, username: str = "") -> None:
        super().__init__()
        self._user_id = user_id
        self._username = username
        self._detail: Detail | None = None
        self._gone = False
        self._roles: KeysetTable[RoleSource] = KeysetTable(role_columns(self._now), id="roles")
        self._sessions: KeysetTable[Session] = KeysetTable(session_columns(self._now), id="sessions")
        self._history: KeysetTable[HistoryRow] = KeysetTable(history_columns(self._now), id="history")

    def crumbs(self) -> tuple[str, ...]:
        return ("Users", self._username or f"#{self._user_id}")

    def hints(self) -> tuple[str, ...]:
        """What is wanted on the tab in front."""
        if self._gone:
            return ("user.next_tab", "app.back")
        if self._detail is not None and self._detail.deleted_at is not None:
            return ("users.delete", "user.next_tab", "app.back")
        return (*MOST_WANTED.get(self.query_one(TabbedContent).active, ACTIONS), "user.next_tab", "app.back")

    def compose_body(self) -> ComposeResult:
        yield Static(Content("…loading"), id="who")
        with TabbedContent(id="tabs"):
            with TabPane(Content("Account"), id=TABS[0]):
                yield Facts(id="facts")
            with TabPane(Content("Roles"), id=TABS[1]):
                yield self._roles
                with VerticalScroll(id="allowed", can_focus=False):
                    yield Static(id="permissions")
            with TabPane(Content("Sessions"), id=TABS[2]):
                yield self._sessions
            with TabPane(Content("History"), id=TABS[3]):
                yield self._history

    def _now(self) -> datetime:
        return self._detail.now if self._detail else datetime.now(UTC)

    def on_mount(self) -> None:
        self.query_one(Tabs).can_focus = False
        self._focus_tab()
        self._read()
        self.shell.staged.changed.subscribe(self, lambda _: self._read())

    # Reading --------------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        work = partial(load_detail, self._user_id, changes=0)
        self.run_read(work, self._show, group="detail", failed=self._failed)
        self._history.open(HistorySource(self._user_id))

    async def _show(self, detail: Detail | None) -> None:
        self._detail = detail
        self.refresh_bindings()
        who = self.query_one("#who", Static)
        if detail is None:
            who.update(Content(GONE))
            await self._show_nothing()
            return
        account = detail.account
        self._username = account.username
        self.refresh_header()
        email = f"   {sanitise(account.email, 254)}" if account.email else ""
        name = Content.styled(sanitise(account.username, 60), "bold")
        more = RESTORABLE if account.deleted_at is not None and user_verbs.may(self.shell, "delete") else ""
        staged = staged_words(self.shell.staged.of(account.id))
        who.update(Content.assemble(name, f"   #{account.id}{email}\n", state_sentence(detail), more, staged))
        await self.query_one(Facts).show(account_facts(detail))
        self._roles.say(Content("No roles."))
        self._roles.styles.height = max(3, len(detail.permissions.sources) + 1)
        self._roles.open(ListSource(detail.permissions.sources, lambda source: source.role_id))
        self.query_one("#permissions", Static).update(permission_lines(detail))
        self._sessions.say(Content("Never signed in anywhere."))
        self._sessions.open(ListSource(detail.sessions, lambda session: session.id))
        self._history.say(Content("Nothing has been recorded about this user."))

    async def _show_nothing(self) -> None:
        """What was read before is not so any more; the history is kept, and stays."""
        self._gone = True
        await self.query_one(Facts).show(())
        self.query_one("#permissions", Static).update("")
        self._roles.open(ListSource((), lambda source: source.role_id))
        self._sessions.open(ListSource((), lambda session: session.id))
        self.refresh_bindings()

    def _failed(self, sentence: str) -> None:
        self.query_one("#who", Static).update(Content.assemble(safe(sentence, 300), " ctrl+r tries again."))

    def on_load_failed(self, event: LoadFailed) -> None:
        self._history.say(safe(self.shell.trouble(event.error), 300))

    def on_row_opened(self, event: RowOpened) -> None:
        """A line of the history opens to the whole event."""
        if self.query_one(TabbedContent).active != TABS[3]:
            return
        if not self.shell.may("audit.view"):
            self.shell.warn("The whole event needs the permission audit.view.")
            return
        from tui.screens.audit.event import AuditEventScreen

        self.app.push_screen(AuditEventScreen(event.row.id))

    # Keys -----------------------------------------------------------------------------------------------------------

    def action_next_tab(self) -> None:
        self._turn(1)

    def action_previous_tab(self) -> None:
        self._turn(-1)

    def _turn(self, by: int) -> None:
        tabs = self.query_one(TabbedContent)
        tabs.active = TABS[(TABS.index(tabs.active) + by) % len(TABS)]

    def on_tabbed_content_tab_activated(self) -> None:
        self._focus_tab()
        self.refresh_bindings()

    def _focus_tab(self) -> None:
        """The keys that move go to what is shown."""
        shown = {TABS[0]: "#facts", TABS[1]: "#roles", TABS[2]: "#sessions", TABS[3]: "#history"}
        active = self.query_one(TabbedContent).active
        if active:
            self.query_one(shown[active]).focus()

    def action_refresh(self) -> None:
        """Read everything again."""
        self._read()

    def action_copy_id(self) -> None:
        self.shell.copy(str(self._user_id), f"id {self._user_id}")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in user_verbs.PERMISSIONS:
            return True if self._detail is not None and user_verbs.may(self.shell, action) else None
        return super().check_action(action, parameters)

    def _verb(self, verb: str) -> None:
        user_verbs.start(self.shell, verb, self._user_id, self._read)

    def action_changes(self) -> None:
        """To what is staged."""
        self.shell.action_area("changes")

    action_edit = partialmethod(_verb, "edit")
    action_stage = partialmethod(_verb, "stage")
    action_reset = partialmethod(_verb, "reset")
    action_lock = partialmethod(_verb, "lock")
    action_active = partialmethod(_verb, "active")
    action_revoke_sessions = partialmethod(_verb, "revoke_sessions")
    action_delete = partialmethod(_verb, "delete")
    action_grant = partialmethod(_verb, "grant")

    def action_revoke(self) -> None:
        """Take the role under the cursor away."""
        role = self._roles.row
        if self.query_one(TabbedContent).active == TABS[1] and role is not None:
            user_verbs.start(self.shell, "revoke", self._user_id, self._read, role=role.role)
        else:
            self.shell.notify("Go to the role on the Roles tab; then - takes it away.")
