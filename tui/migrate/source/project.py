"""Which project: where its migrations are, read from `[tool.aerich]` as the `aerich` command does. Executes nothing.

    load_project(Path("~/src/app").expanduser())     any project that uses Aerich
    own_project(parse_url(url))                      Shellback's own tree for the dialect of a database

Which database a project uses is known only by importing its configuration; nobody does that here.
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tui.migrate.schema import APP, own_tree
from tui.migrate.source.trust import why_not_trusted
from tui.paths import expanded

if TYPE_CHECKING:
    from tui.settings import DatabaseUrl

_TOML_PLACE: Final = re.compile(r" \(at line (\d+), column \d+\)$")


class ProjectError(Exception):
    """The project cannot be listed. `sentence` says what is wrong, where, and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Project:
    """One app of a project. `location`, `tortoise_orm` and `src_folder` are as the project wrote them."""

    name: str
    root: Path
    location: str
    tortoise_orm: str
    src_folder: str
    app: str
    own_url: DatabaseUrl | None = None
    """The database, for Shellback's own tree only."""
    apps: tuple[str, ...] = ()
    """All apps with a folder of migrations; `load_project` takes any of them."""

    @property
    def is_own(self) -> bool:
        return self.own_url is not None

    @property
    def folder(self) -> Path:
        """The absolute folder of the app's migration files."""
        return _app_folder(self.root, self.location, self.app)


def load_project(directory: Path, app: str | None = None) -> Project:
    """Reads `pyproject.toml` in `directory`. Without `app`: "models" if it is one, else the first by name.

    Raises `ProjectError`, also when others than you may write to the migrations, which are programs that you run.
    """
    root = expanded(directory).absolute()
    path = root / "pyproject.toml"
    document = _document(root, path)
    table = _table(document, path)
    location = _text(table, "location", path)
    if location is None:
        raise ProjectError(f"[tool.aerich] of {path} names no location. Run aerich init in the project.")
    orm = _text(table, "tortoise_orm", path) or os.environ.get("TORTOISE_ORM")
    if not orm:
        raise ProjectError(f"[tool.aerich] of {path} names no tortoise_orm. Run aerich init in the project.")
    # Aerich 0.10.1 reads `src` where its own `init` writes `src_folder`: both are followed.
    source = _text(table, "src", path) or _text(table, "src_folder", path) or "."
    apps = _apps(root, location)
    if app is not None and app not in apps:
        raise ProjectError(f"{root / location} has no migrations of an app {app!a}; it has {_listed(apps)}.")
    chosen = app or ("models" if "models" in apps else apps[0])
    named = document.get("project", {})
    name = named.get("name") if isinstance(named, dict) else None
    project = Project(
        name=name if isinstance(name, str) and name else root.name,
        root=root,
        location=location,
        tortoise_orm=orm,
        src_folder=source,
        app=chosen,
        apps=apps,
    )
    if reason := why_not_trusted(root, project.folder):
        raise ProjectError(reason)
    return project


def own_project(url: DatabaseUrl) -> Project:
    """Shellback's own migrations, for the database of `url`."""
    tree = own_tree(url.dialect)
    return Project(
        name="shellback",
        root=tree.parent.parent,
        location=str(tree),
        tortoise_orm="migrations.config.TORTOISE_ORM",
        src_folder=".",
        app=APP,
        own_url=url,
        apps=(APP,),
    )


def _document(root: Path, path: Path) -> dict[str, Any]:
    if not root.is_dir():
        raise ProjectError(f"There is no directory {root}.")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ProjectError(f"{root} has no pyproject.toml, where aerich init writes [tool.aerich].") from None
    except (OSError, UnicodeDecodeError):
        raise ProjectError(f"{path} cannot be read as UTF-8 text.") from None
    except tomllib.TOMLDecodeError as error:
        text = str(error)
        found = _TOML_PLACE.search(text)
        where = f"{path}:{found[1]}" if found else str(path)
        raise ProjectError(f"{where}: this is not valid TOML: {_TOML_PLACE.sub('', text)}.") from None


def _table(document: dict[str, Any], path: Path) -> dict[str, Any]:
    """`[tool.aerich]`, else `[tool.tortoise]`, which Aerich takes as well."""
    tool = document.get("tool")
    tool = tool if isinstance(tool, dict) else {}
    table = tool.get("aerich") or tool.get("tortoise")
    if not isinstance(table, dict):
        raise ProjectError(f"{path} has no [tool.aerich]: this project does not use Aerich, or needs aerich init.")
    return table


def _text(table: dict[str, Any], name: str, path: Path) -> str | None:
    value = table.get(name)
    if value is not None and not isinstance(value, str):
        raise ProjectError(f"{name} in [tool.aerich] of {path} must be a text in quotes.")
    return value


def _app_folder(root: Path, location: str, app: str) -> Path:
    """As `aerich.migrate.Migrate.get_migration_dir`, from the project's root."""
    return root / location.replace("{app}", app) if "{app}" in location else root / location / app


def _apps(root: Path, location: str) -> tuple[str, ...]:
    """The folders of apps that are there, by name. Raises `ProjectError` when there is none."""
    before, placeholder, after = location.partition("{app}")
    stem = before.rpartition("/")[2] if placeholder else ""
    parent = root / (before.removesuffix(stem) if stem else before)
    tail, _, below = after.partition("/")
    try:
        entries = sorted(entry.name for entry in parent.iterdir() if entry.is_dir())
    except FileNotFoundError:
        raise ProjectError(f"The folder {parent} of the migrations does not exist. Run aerich init-db first.") from None
    except OSError:
        raise ProjectError(f"The folder {parent} of the migrations cannot be read.") from None
    apps = [
        name.removeprefix(stem).removesuffix(tail)
        for name in entries
        if name[:1] not in "._"
        and len(name) > len(stem) + len(tail)
        and name.startswith(stem)
        and name.endswith(tail)
        and (not below or (parent / name / below).is_dir())
    ]
    if not apps:
        raise ProjectError(f"{parent} has no folder of an app's migrations. Run aerich init-db first.")
    return tuple(apps)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names)
