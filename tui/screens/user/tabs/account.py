"""The Account tab: what is true of the account, fact by fact."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

from models.operations.sign_in.attempts import outcome_words
from models.operations.text import grouped
from tui.browse.moments import ago, stamp, utc
from tui.screens.user.tabs.month import month
from tui.screens.user.tabs.tab import Tab
from tui.terminal.safe import safe, safe_whole
from tui.widgets.facts import Fact, Facts
from tui.widgets.user_words import NONE, sessions_words, state_sentence

if TYPE_CHECKING:
    from tui.browse.user.detail import Detail


def make() -> Tab:
    """Return the tab."""
    facts = Facts(id="facts")

    async def show(detail: Detail | None) -> None:
        await facts.show(account_facts(detail) if detail is not None else ())

    return Tab(
        "account-tab",
        "Account",
        (facts,),
        lambda: facts,
        show,
        ("users.edit", "users.reset", "users.why", "users.lock", "users.active"),
    )


def account_facts(detail: Detail) -> Sequence[Fact]:
    """Return what the Account tab shows."""
    account, state, now = detail.account, detail.state, detail.now
    verified = " (not verified)" if account.email and not account.is_verified else ""
    facts: list[Fact] = [
        ("Username", safe(account.username, 60)),
        ("Id", Content(grouped(account.id))),
        ("E-mail", safe(account.email + verified, 300) if account.email else NONE),
        ("Full name", safe_whole(account.full_name, 200) if account.full_name else NONE),
        ("State", state_sentence(detail)),
        ("Superuser", Content("yes: may do everything" if account.is_superuser else "no")),
        ("Roles", safe(", ".join(source.role for source in detail.permissions.sources), 300) or NONE),
        ("Sessions", Content(sessions_words(detail))),
        ("Last login", _last_login(detail)),
        ("Failures", _failures(detail)),
    ]
    if detail.activity is not None:
        facts += month(detail.activity, now)
    if state is not None and state.lock_cause:
        facts.append(("Lock cause", safe(state.lock_cause, 100)))
    facts += [
        ("Password", _password(detail)),
        ("Authenticators", Content(grouped(len(detail.factors)) if detail.factors else "none")),
        ("Account ends", _moment(account.expires_at, now, "never")),
        ("Created", _moment(account.created_at, now)),
        ("Last change", Content.assemble(_moment(account.updated_at, now), f", version {account.version}")),
    ]
    if account.deactivated_at is not None:
        why = f": {account.deactivation_reason}" if account.deactivation_reason else ""
        facts.append(("Deactivated", Content.assemble(_moment(account.deactivated_at, now), safe(why, 300))))
    if account.deleted_at is not None:
        facts.append(("Deleted", _moment(account.deleted_at, now)))
    return facts


def _moment(moment: datetime | None, now: datetime, missing: str = "unknown") -> Content:
    """A time in the operator's zone, and in UTC beside it."""
    return Content(f"{stamp(moment, now)} ({utc(moment)})" if moment is not None else missing)


def _last_login(detail: Detail) -> Content:
    state = detail.state
    if state is None or state.last_login_at is None:
        return Content("never")
    place = f" from {state.last_login_ip}" if state.last_login_ip else ""
    return Content.assemble(_moment(state.last_login_at, detail.now), safe(place, 60))


def _failures(detail: Detail) -> Content:
    state, last = detail.state, detail.last_failure
    count = grouped(state.failed_count) if state and state.failed_count else "none"
    if last is None:
        return Content(f"{count} since the last login")
    place = f" from {last.ip}" if last.ip else ""
    return safe(
        f"{count} since the last login; the last {ago(last.created_at, detail.now)}{place}: "
        f"{outcome_words(last.outcome)}",
        200,
    )


def _password(detail: Detail) -> Content:
    account, now = detail.account, detail.now
    if not account.has_usable_password:
        return Content("none: cannot sign in with a password")
    changed = account.password_changed_at
    parts = [f"changed {stamp(changed, now)}" if changed is not None else "never changed"]
    if account.password_expires_at is not None:
        past = account.password_expires_at <= now
        parts.append(f"temporary, {'expired' if past else 'expires'} {stamp(account.password_expires_at, now)}")
    if account.must_change_password:
        parts.append("must change at the next sign-in")
    return Content(", ".join(parts))
