"""Every key there is, once: its id, what it does in two words and in a sentence, whether it writes.

Screens ask for their bindings by id, the footer and the help are made from the same rows, and `[keys]` in the
configuration remaps by id. To add a key: one row here, then the id in the screen's `bindings(...)`.

Only single letters, function keys and safe ctrl-letters: in tmux ctrl+enter, alt+enter, ctrl+i, ctrl+h and ctrl+m do
not arrive as typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the interface; `keys` as Textual names them, separated by commas, the first one is shown."""

    id: str
    keys: str
    label: str
    help: str
    writes: bool = False

    @property
    def group(self) -> str:
        """The part of the id before the dot: what the help sorts by."""
        return self.id.partition(".")[0]

    @property
    def action(self) -> str:
        """The name of the action that a screen writes for it (`action_reset` for `users.reset`)."""
        return self.id.partition(".")[2]


GROUPS: Final[Mapping[str, str]] = {
    "move": "Move",
    "list": "List",
    "search": "Search box",
    "users": "User",
    "user": "User page",
    "changes": "Staged changes",
    "bulk": "Bulk",
    "views": "Views",
    "filters": "Filters",
    "columns": "Columns",
    "roles": "Roles",
    "me": "Your account",
    "form": "Form",
    "dialog": "Dialog",
    "secret": "Secret",
    "migrations": "Migrations",
    "audit": "Audit",
    "app": "Everywhere",
}

_ROWS: Final = (
    Key("move.down", "j,down", "down", "one row down"),
    Key("move.up", "k,up", "up", "one row up"),
    Key("move.page_down", "pagedown,ctrl+d", "page down", "one page down"),
    Key("move.page_up", "pageup,ctrl+u", "page up", "one page up"),
    Key("move.top", "g,home", "first", "to the first row"),
    Key("move.bottom", "G,end", "last", "to the last row"),
    Key("move.left", "h,left", "left", "scroll to the columns on the left"),
    Key("move.right", "l,right", "right", "scroll to the columns on the right"),
    Key("list.open", "enter", "open", "open the row under the cursor"),
    Key("list.search", "slash", "search", "go to the search box"),
    Key("search.submit", "enter", "search", "search now and go to the list; nobody found: search for it anywhere"),
    Key("search.list", "down", "to the list", "go to the list and keep what is typed"),
    Key("search.complete", "tab", "complete", "complete what is typed; again for the next candidate"),
    Key("search.complete_back", "shift+tab", "previous", "the candidate before"),
    Key("search.leave", "escape", "back", "go to the list; Esc there clears the search"),
    Key("list.order", "o", "order", "choose the order of the list"),
    Key("list.mark", "space", "mark", "mark or unmark the row under the cursor"),
    Key("list.mark_range", "v", "range", "mark from the last mark to the cursor"),
    Key("list.mark_all", "asterisk", "mark all", "mark all rows that match"),
    Key("list.unmark", "u", "unmark", "clear the marks"),
    Key("list.bulk", "b", "bulk", "do something to all marked users", writes=True),
    Key("list.filters", "f", "filters", "pick filters from a panel"),
    Key("list.views", "V", "views", "open or save a named view"),
    Key("list.columns", "C", "columns", "choose the columns of the list"),
    Key("list.goto", "percent_sign", "go to", "go to a part of the list, a name, a date or an id"),
    Key("list.copy_index", "f4", "copy index", "copy the statement for the index that would spare a search its scan"),
    Key("list.live", "T", "live", "read again by itself every few seconds, or stop it"),
    Key("list.count", "number_sign", "count", "count the matching rows exactly"),
    Key("list.copy_id", "y", "copy id", "copy the id of the row under the cursor"),
    Key("list.copy_row", "Y", "copy row", "copy the row under the cursor as JSON"),
    Key("list.stop", "escape", "stop", "stop reading and keep what was found; then clear the search"),
    Key("list.refresh", "ctrl+r,f5", "refresh", "read again, keeping cursor and marks"),
    Key("users.edit", "e", "edit", "edit the account", writes=True),
    Key("users.new", "n", "new", "create an account", writes=True),
    Key("users.reset", "p", "reset", "reset the password", writes=True),
    Key("users.why", "w", "why", "why this user cannot sign in, and what mends it"),
    Key("users.lock", "L", "lock", "lock or unlock the account", writes=True),
    Key("users.revoke_sessions", "K", "end sessions", "end the sessions of the account", writes=True),
    Key("users.active", "A", "(de)activate", "activate or deactivate the account", writes=True),
    Key("users.delete", "D", "delete", "delete or restore the account", writes=True),
    Key("users.stage", "s", "stage", "edit the account and put the edit into the changeset", writes=True),
    Key("users.changes", "c", "changes", "look through the staged changes"),
    Key("users.export", "X", "export", "write users to a file"),
    Key("users.import", "I", "import", "read users from a file", writes=True),
    Key("user.next_tab", "right_square_bracket", "next tab", "to the next tab"),
    Key("user.previous_tab", "left_square_bracket", "previous tab", "to the previous tab"),
    Key("user.grant", "plus", "grant", "grant a role", writes=True),
    Key("user.revoke", "minus", "take away", "take the role under the cursor away", writes=True),
    Key(
        "user.remove",
        "x",
        "remove",
        "end the session, or remove the authenticator or note under the cursor",
        writes=True,
    ),
    Key("user.note", "N", "note", "write a note about the account", writes=True),
    Key("user.pin", "i", "pin", "pin the note under the cursor on top, or unpin it", writes=True),
    Key("user.undo", "U", "undo", "take the change under the cursor back", writes=True),
    Key("roles.new", "n", "new", "make a role", writes=True),
    Key("roles.edit", "e", "edit", "change what the role under the cursor may do", writes=True),
    Key("roles.delete", "D", "delete", "delete the role under the cursor", writes=True),
    Key("roles.holders", "u", "holders", "who holds the role under the cursor"),
    Key("me.password", "p", "password", "change your own password", writes=True),
    Key("me.end_others", "K", "end others", "end your other sessions", writes=True),
    Key("me.authenticator", "a", "authenticator", "add an authenticator to your sign-in", writes=True),
    Key("me.remove", "x", "remove", "end the session or remove the authenticator under the cursor", writes=True),
    Key("form.save", "ctrl+s", "save", "review and save", writes=True),
    Key("form.stage", "ctrl+t", "stage", "put the edit into the changeset instead of saving it", writes=True),
    Key("changes.commit", "ctrl+s", "commit", "review and commit all staged changes in one transaction", writes=True),
    Key("changes.edit", "e", "edit", "edit the staged change under the cursor"),
    Key("changes.merge", "m", "merge", "settle a conflict of the staged change under the cursor"),
    Key("changes.drop", "x", "drop", "drop the staged change under the cursor"),
    Key("changes.discard", "D", "discard all", "drop all staged changes"),
    Key("views.filter", "slash", "filter", "filter the views by name, search or owner"),
    Key("views.save", "s", "save", "save the present search as a view", writes=True),
    Key("views.change", "w", "change", "put the present search into the view under the cursor", writes=True),
    Key("views.rename", "r", "rename", "rename the view under the cursor", writes=True),
    Key("views.share", "S", "share", "share the view under the cursor, or keep it to its owner", writes=True),
    Key("views.delete", "D", "delete", "delete the view under the cursor", writes=True),
    Key("filters.switch", "space", "switch", "with what is under the cursor, without it, or all the same"),
    Key("filters.clear", "ctrl+x", "clear", "begin anew, with everybody"),
    Key("columns.switch", "space", "show or hide", "show or hide the column under the cursor"),
    Key("columns.earlier", "K", "earlier", "move the column under the cursor to the left"),
    Key("columns.later", "J", "later", "move the column under the cursor to the right"),
    Key("columns.reset", "R", "reset", "choose the columns that were there at first"),
    Key("bulk.retry", "R", "retry", "try the failed rows again", writes=True),
    Key("bulk.export", "E", "export", "write the results to a file"),
    Key("dialog.yes", "y", "yes", "do it"),
    Key("dialog.no", "n", "no", "leave without doing it"),
    Key("dialog.confirm", "ctrl+s", "confirm", "do it"),
    Key("dialog.close", "escape", "close", "leave without doing it"),
    Key("dialog.copy_command", "ctrl+y", "copy command", "copy the command line that does the same"),
    Key("secret.reveal", "r", "reveal", "show or hide the secret"),
    Key("secret.copy", "c", "copy", "copy the secret to the clipboard of the terminal"),
    Key("migrations.apply_next", "a", "apply next", "apply the next pending file", writes=True),
    Key("migrations.apply_to", "u", "up to here", "apply every pending file up to the one here", writes=True),
    Key("migrations.apply_all", "A", "apply all", "apply every pending file", writes=True),
    Key("migrations.dry_run", "d", "dry run", "run what is pending, measure it, and take it all back"),
    Key("migrations.revert", "r", "revert", "take back everything behind the file here", writes=True),
    Key("migrations.stamp", "f", "stamp", "record files as applied without running them, or forget that", writes=True),
    Key("migrations.make", "m", "make", "write a migration of what changed in the models", writes=True),
    Key(
        "migrations.try_and_write",
        "ctrl+s",
        "try and write",
        "try the SQL on a scratch database, then write",
        writes=True,
    ),
    Key("migrations.renames", "f2", "renames", "say again what was renamed in the models"),
    Key("migrations.other_dialect", "f3", "other database", "the same migration for the other database"),
    Key("migrations.lint", "l", "lint", "what the pending files would lock, lose or break"),
    Key("migrations.drift", "x", "drift", "where the models, the files and the database differ"),
    Key("migrations.history", "h", "history", "what was run on this database: when, by whom, how long"),
    Key("migrations.diff", "c", "changed", "what changed in the file since it was applied"),
    Key("migrations.recover", "R", "recover", "go on with a run that was cut off", writes=True),
    Key("migrations.backups", "b", "backups", "the copies of an SQLite database, and restoring one"),
    Key("migrations.blockers", "b", "in the way", "end who is in the way of a run, or cancel what it does"),
    Key("migrations.cancel_theirs", "c", "cancel theirs", "cancel the statement of who is in the way"),
    Key("migrations.end_theirs", "t", "end theirs", "end the session of who is in the way"),
    Key("migrations.edit", "e", "editor", "open the file in your editor"),
    Key("migrations.write_sql", "w", "write .sql", "write the SQL of what is pending to a file"),
    Key("migrations.other_app", "o", "other app", "the migrations of another app of the project"),
    Key("migrations.direction", "s", "other side", "show the SQL of the other direction"),
    Key("migrations.copy_sql", "y", "copy SQL", "copy the SQL that is shown"),
    Key("migrations.next_hit", "n", "next hit", "to the next statement that the lint found something at"),
    Key("migrations.previous_hit", "p", "previous hit", "to the statement with a hit before this one"),
    Key("migrations.copy_rewrite", "Y", "copy rewrite", "copy the safer SQL of the hit here"),
    Key("migrations.whole", "enter", "whole SQL", "the statements whole, or one line each"),
    Key("migrations.copy_report", "y", "copy", "copy the report as text"),
    Key("audit.refresh", "r,ctrl+r,f5", "refresh", "read the trail again, keeping the cursor"),
    Key("audit.verify", "V", "verify", "check the chain of the whole trail"),
    Key("audit.filters", "slash,f", "filter", "show only some: by who, what, on whom, which batch and when"),
    Key("audit.undo", "U", "undo", "take the change or the batch under the cursor back", writes=True),
    Key("audit.batch", "b", "batch", "the whole batch of the event under the cursor"),
    Key("audit.target", "t", "target", "everything about whom the event under the cursor is"),
    Key("audit.export", "X", "export", "write the events that are shown to a file"),
    Key("audit.copy_id", "y", "copy id", "copy the id of the operation"),
    Key("audit.copy_event", "Y", "copy event", "copy the event as JSON"),
    Key("app.help", "question_mark,f1", "help", "this help"),
    Key("app.palette", "ctrl+p,colon", "commands", "every command of this screen by name"),
    Key("app.back", "escape,q", "back", "one step back; q at the top leaves Shellback"),
    Key("app.quit", "ctrl+q", "quit", "leave Shellback"),
    Key("app.me", "M", "me", "your own account: password, sessions, authenticators"),
    Key("app.lock", "ctrl+l", "lock", "lock the screen until the password is given again"),
)

KEYS: Final[Mapping[str, Key]] = {key.id: key for key in _ROWS}

_SHOWN: Final = {
    "enter": "⏎",
    "escape": "esc",
    "percent_sign": "%",
    "slash": "/",
    "colon": ":",
    "question_mark": "?",
    "asterisk": "*",
    "number_sign": "#",
    "plus": "+",
    "minus": "-",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
}


def bindings(*ids: str, priority: bool = False) -> list[Binding]:
    """The bindings of a screen or widget. KeyError names an id that is not in the registry."""
    from textual.binding import Binding  # here, so that the configuration reads the registry without the interface

    return [
        Binding(key.keys, key.action, key.label, id=key.id, tooltip=key.help, show=False, priority=priority)
        for key in (KEYS[name] for name in ids)
    ]


def show_key(key: str) -> str:
    """How a person reads a key: `ctrl+s` as `^S`, `question_mark` as `?`."""
    if key.startswith("ctrl+"):
        return "^" + key.removeprefix("ctrl+").upper()
    if len(key) > 1 and key[0] == "f" and key[1:].isdigit():
        return key.upper()
    return _SHOWN.get(key, key)
