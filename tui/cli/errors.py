"""Errors of the rooms below, as the failures of a command. Imported only once something went wrong."""

from __future__ import annotations

import errno
import traceback
from pathlib import Path
from typing import Final

from models.engines.errors import CommitUnknown, DatabaseError, DatabaseUnavailable, PermissionRefused
from models.operations.presence import TargetGone
from tui.browse.lists.columns import ColumnError
from tui.browse.lists.orders import OrderError
from tui.browse.search.query import QueryError
from tui.cli.exits import Exit
from tui.cli.failure import Failure, refused, usage
from tui.migrate.source.project import ProjectError
from tui.settings import SettingsError
from tui.staging import StagingError

_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EIO)


def as_failure(error: Exception) -> Failure:
    """The failure that an error means. An error nobody foresaw is named by its type and place, never by its message."""
    match error:
        case CommitUnknown():
            return Failure(error.sentence, Exit.UNKNOWN)
        case DatabaseUnavailable():
            return Failure(error.sentence, Exit.UNAVAILABLE)
        case PermissionRefused():
            return refused(error.sentence)
        case DatabaseError():
            return Failure(error.sentence, Exit.FAILED)
        case TimeoutError():
            return Failure("The database has not answered in time. Nothing was changed.", Exit.UNAVAILABLE)
        case TargetGone():
            return Failure(error.sentence, Exit.CONFLICT, kind="gone")
        case QueryError():
            return usage(f"The query cannot be run, at character {error.position + 1}: {error.message}")
        case OrderError() | ColumnError() | SettingsError():
            return usage(str(error))
        case ProjectError():
            return Failure(error.sentence, Exit.FAILED, kind="project")
        case StagingError():
            return Failure(error.sentence, Exit.FAILED, kind="staging")
        case OSError() if error.errno in _FULL:
            return Failure(f"What was to be written could not be: {error.strerror}.", Exit.FAILED)
    return Failure(f"Shellback made a mistake: {type(error).__name__} at {_place(error)}.", Exit.FAILED, kind="defect")


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"
