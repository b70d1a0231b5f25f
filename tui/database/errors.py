"""Why a database could not be opened."""

from models.engines.errors import DatabaseUnavailable


class OpenError(DatabaseUnavailable):
    """The database was not opened, and nothing was changed. `sentence` says what is there instead and what to do."""
