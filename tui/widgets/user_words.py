"""Users in words for the list, the preview and the page of one. Everything that comes from the database goes through
`safe` here. No widget."""

from __future__ import annotations

from datetime import datetime

from textual.content import Content

from models.operations.text import counted, grouped, lasting
from tui.browse.audit.changes import FieldChange
from tui.browse.moments import lock_end, stamp
from tui.browse.user.detail import Detail
from tui.browse.user.history import HistoryRow
from tui.browse.user.states import Facts, Weight, badges
from tui.terminal.safe import safe
from tui.widgets.keyset_columns import Cell, Tone

NONE = Content("–")
_TONES = {Weight.PLAIN: Tone.PLAIN, Weight.CAUTION: Tone.CAUTION, Weight.DANGER: Tone.DANGER}


def state_cell(user: Facts, now: datetime) -> Cell:
    """Return the badges of a user, in the tone of the gravest."""
    found = badges(user, now, lambda moment: lock_end(moment, now))
    return Cell(Content(", ".join(badge.word for badge in found)), _TONES[found[0].weight])


def state_sentence(detail: Detail) -> Content:
    """Return a user's state as a sentence: `locked until 14:30 after 7 failures, last from 10.0.0.4`."""
    now, account, state = detail.now, detail.account, detail.state
    clauses = []
    if account.deleted_at is not None:
        clauses.append(f"deleted {stamp(account.deleted_at, now)}")
    elif not account.is_active:
        since = f" since {stamp(account.deactivated_at, now)}" if account.deactivated_at else ""
        why = f" ({account.deactivation_reason})" if account.deactivation_reason else ""
        clauses.append(f"inactive{since}{why}")
    if state is not None and state.locked_until is not None and state.locked_until > now:
        clauses.append(f"locked {lasting(state.locked_until, lambda end: stamp(end, now))}{_after_failures(detail)}")
    elif state is not None and state.failed_count:
        clauses.append(f"{_failures(state.failed_count)} since the last login")
    if account.expires_at is not None:
        expired = account.expires_at <= now
        clauses.append(f"{'expired' if expired else 'expires'} {stamp(account.expires_at, now)}")
    if account.must_change_password:
        clauses.append("must change the password")
    if not account.has_usable_password:
        clauses.append("cannot sign in with a password")
    sentence = ", ".join(clauses) or "active"
    return safe(sentence[0].upper() + sentence[1:] + ".", 400)


def _after_failures(detail: Detail) -> str:
    count = detail.state.failed_count if detail.state else 0
    if not count:
        return ""
    last = detail.last_failure
    return f" after {_failures(count)}" + (f", last from {last.ip}" if last is not None and last.ip else "")


def _failures(count: int) -> str:
    return "1 failure" if count == 1 else f"{grouped(count)} failures"


def sessions_words(detail: Detail) -> str:
    """Return how many sessions are open: `2 open sessions`."""
    count = detail.live_sessions
    more = "+" if detail.more_sessions and count else ""
    return f"{count or 'no'}{more} open session{'' if count == 1 and not more else 's'}"


def pinned_words(detail: Detail) -> str:
    """Return the newest pinned note on one line, empty where there is none: `Note of maria: calls on Mondays`. As it is
    stored, not yet safe to show."""
    pinned = [note for note in detail.notes if note.pinned]
    if not pinned:
        return ""
    more = f" (and {counted(len(pinned) - 1, 'other')} pinned)" if len(pinned) > 1 else ""
    return f"Note of {pinned[0].author}{more}: {' '.join(pinned[0].body.split())}"


def verb(row: HistoryRow) -> str:
    """Return what an event did, as a person says it: `reset password`, `grant role`."""
    noun, _, words = row.action.partition(".")
    said = (words or noun).replace("_", " ")
    return f"{said} role" if noun == "roles" else said


def what(row: HistoryRow) -> Content:
    """Return an event's verb, with its outcome when it did not simply happen."""
    outcome = "" if row.outcome == "ok" else f" ({row.outcome})"
    return safe(verb(row) + outcome, 120)


def change_words(change: FieldChange) -> Content:
    """Return a change as `field: old → new`."""
    name = safe(change.field.replace("_", " "), 60)
    return Content.assemble(name, ": ", value_words(change.before), " → ", value_words(change.after))


def changes_words(row: HistoryRow) -> Content:
    """Return all changes of an event on one line, then why."""
    parts = [change_words(change) for change in row.changes]
    reason = " · ".join(part for part in (row.ticket, row.reason) if part)
    if reason:
        parts.append(safe(f"({reason})", 300))
    return Content(", ").join(parts) if parts else NONE


def value_words(value: object) -> Content:
    """Return a value of a change: `nothing`, `yes`, `no`, or itself."""
    if value is None or value in ("", []):
        return Content("nothing")
    if isinstance(value, bool):
        return Content("yes" if value else "no")
    if isinstance(value, list):
        return Content(", ").join([value_words(item) for item in value])
    return safe(value, 200)
