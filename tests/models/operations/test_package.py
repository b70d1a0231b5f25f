"""The package as others import it: every name is there, and a start does not pay for the verbs."""

from __future__ import annotations

import subprocess
import sys

import models.operations


def test_every_public_name_is_there() -> None:
    missing = [name for name in models.operations.__all__ if not hasattr(models.operations, name)]
    assert missing == []


def test_signing_in_imports_no_verb() -> None:
    program = (
        "import sys, models.operations as o; o.resume; "
        "print([name for name in ('create', 'edit', 'credentials') if f'models.operations.{name}' in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
