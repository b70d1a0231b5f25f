"""What is settled before the interface starts. The command line fills it in; the application only reads it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tui.badge import LOCAL, Badge

if TYPE_CHECKING:
    from tui.database import Database
    from tui.settings import DatabaseUrl, Profile

Report = Callable[[str], None]
"""Takes one plain sentence about what is going on, to be shown while the person waits."""


@dataclass(frozen=True, slots=True)
class Opening:
    """An opened database, and the session token to sign in with, if there is one.

    `password` is the demo's, which nobody was ever told: the lock shows it. No other database may give one.
    """

    database: Database
    token: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)


Opener = Callable[[Report], Awaitable[Opening]]
"""Opens the database; called after the first paint, so it may import what it needs. Raises what opening raises."""


@dataclass(frozen=True, slots=True)
class Launch:
    """One start of the interface. `label` names the database without secrets; times are in minutes."""

    label: str
    opener: Opener
    badge: Badge = LOCAL
    theme: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    idle_lock: float = 5
    read_only: bool = False
    exposed: str = ""
    """What somebody on the way to the server could do, as a sentence that every screen shows; empty: nothing."""
    mouse: bool = True
    project: Path | None = None
    reset_url: str = ""
    """Where a person redeems a one-time link, with `{token}` in it; empty: the bare token is given out."""
    command: str = "shellback"
    """How the command line is called to reach the same database (`shellback --profile prod`)."""


def opener_for(
    url: DatabaseUrl,
    *,
    create: bool = False,
    read_only: bool = False,
    token: str | None = None,
    profile: Profile | None = None,
    read_url: DatabaseUrl | None = None,
) -> Opener:
    """The ordinary opener: this URL, with the session token that `shellback login` kept, if any. The profile says where
    the anchors of the audit go, where the key of authenticators is, and how far the replica may be behind."""

    async def open_it(report: Report) -> Opening:  # noqa: ARG001
        from models.mfa_secrets import use_key_file
        from tui.database import open_database
        from tui.database.anchoring import anchor_place
        from tui.database.replica.attaching import attach_replica
        from tui.settings import Profile, state_dir

        settings = profile or Profile()
        use_key_file(settings.mfa_key_path)
        anchored = anchor_place(url, settings, state_dir())
        database = await open_database(url, create=create, read_only=read_only, anchored=anchored)
        await attach_replica(database, read_url, settings.read_lag)
        return Opening(database, token)

    return open_it
