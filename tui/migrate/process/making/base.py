"""What the last file says the models were, and what the code says they are now. Executes the project's files."""

from __future__ import annotations

import base64
import json
import pickle
from pathlib import Path
from typing import Any

import aerich.coder
from aerich.migrate import Migrate
from aerich.utils import decompress_dict, get_models_describe, import_py_module
from tortoise import Tortoise

from ..catalogues.described import UnreadableState, state_of_file
from ..modules import no_bytecode
from .merging import LOOKED_AT, Known
from .state import State


class Refused(Exception):
    """Nothing can be drafted; the sentence says why and what to do."""


def last_state() -> tuple[str | None, State]:
    """The newest file and its models; None and nothing where there is no file. Raises Refused."""
    modules = Migrate.get_all_version_modules()
    if not modules:
        return None, {}
    last = modules[-1]
    number = last.name.partition("_")[0]
    twins = [each.name for each in modules if int(each.name.partition("_")[0]) == int(number)]
    if len(twins) > 1:
        raise Refused(
            f"{' and '.join(twins)} have the same number, and neither knows the other's models. "
            "Give one of them the next number, and make its MODELS_STATE anew: delete it and make it again."
        )
    version = f"{last.name}.py"
    try:
        with no_bytecode():
            module = import_py_module(last)
    except SyntaxError as error:
        raise Refused(f"{version}:{error.lineno} cannot be read: {error.msg}.") from None
    except Exception as error:
        raise Refused(f"{version} cannot be imported: {type(error).__name__}: {error}.") from error
    text = getattr(module, "MODELS_STATE", None)
    if not text:
        raise Refused(
            f"{version} has no MODELS_STATE, so nobody knows the models it was made from. Run aerich fix-migrations."
        )
    before = aerich.coder.object_hook
    # Of a file that was just executed, an index may be unpickled: nobody else wrote it.
    aerich.coder.object_hook = _unpickled
    try:
        found = decompress_dict(text)
    except Exception as error:
        raise Refused(f"The MODELS_STATE of {version} cannot be read: {type(error).__name__}.") from error
    finally:
        aerich.coder.object_hook = before
    return version, plain(found)


def known_files(last: State) -> list[Known]:
    """What each file says, read as text; those before one whose state nobody can read are left out."""
    found: list[Known] = []
    modules = Migrate.get_all_version_modules()
    for info in reversed(modules[-LOOKED_AT - 1 :]):
        path = Path(Migrate.migrate_location, f"{info.name}.py")
        try:
            state = plain(dict(state_of_file(path))) if found else last
            text = path.read_text(encoding="utf-8").partition("MODELS_STATE")[0]
        except (UnreadableState, OSError, ValueError):
            break
        found.insert(0, Known(path.name, state, text))
    return found


def models_now(app: str) -> State:
    """The models of the app as Aerich describes them. Raises Refused when there are none."""
    found = plain(get_models_describe(app))
    if not [name for name in found if not name.endswith(".Aerich")]:
        raise Refused(f"The app {app} has no models: check its models in the Tortoise configuration.")
    return found


def schema_tables(app: str) -> dict[str, str]:
    """The tables of models with a `Meta.schema`, which Aerich leaves out of its SQL."""
    models = Tortoise.apps[app].values()
    return {model._meta.db_table: model._meta.schema for model in models if model._meta.schema}


def plain(state: dict[str, Any]) -> State:
    """As it is after being written and read again."""
    found: State = json.loads(aerich.coder.encoder(state))
    return found


def _unpickled(obj: dict[str, Any]) -> Any:
    if obj.get("type") == "index" and (value := obj.get("val")):
        return pickle.loads(base64.b64decode(value))  # noqa: S301 - of a file that was executed
    return obj
