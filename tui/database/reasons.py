"""Why a database was not opened, told with its label and with what to do. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.database.errors import OpenError

if TYPE_CHECKING:
    from models.engines.errors import DatabaseError
    from tui.settings import DatabaseUrl


def why_not_opened(url: DatabaseUrl, error: DatabaseError) -> OpenError:
    """The error to show instead of the engine's."""
    return OpenError(f"{url.label} was not opened. {error.sentence}", code=error.code)
