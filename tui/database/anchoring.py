"""Where the anchors of a database's audit go on this machine, and by which name they know it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from models.operations.audit.anchors import Place, journal_listens
from tui.paths import expanded

if TYPE_CHECKING:
    from tui.settings import DatabaseUrl, Profile


def anchor_place(url: DatabaseUrl, profile: Profile, state: Path) -> Place:
    """Return the profile's `audit_anchors`, else a file of this database in the state directory; and the journal."""
    name = database_name(url)
    chosen = expanded(profile.audit_anchors) if profile.audit_anchors else None
    own = state / "anchors" / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.jsonl"
    return Place(name, chosen or own, journal=profile.audit_journal and journal_listens())


def database_name(url: DatabaseUrl) -> str:
    """Return what tells this database from others, whoever opens it: the user of the server is no part of it."""
    if url.server is None:
        return url.identity
    schema = f"?schema={url.server.schema}" if url.server.schema else ""
    return f"postgres:{url.server.host}:{url.server.port}/{url.server.database}{schema}"
