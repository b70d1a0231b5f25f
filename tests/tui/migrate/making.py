"""A shop whose models change: its first migration made by the real `aerich` command, and the next one by us."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from tests.tui.migrate.projects import configuration, execute, query
from tui.migrate.make.draft import Draft
from tui.migrate.make.whole import Making, begin, tried, version_of, write_all
from tui.migrate.source.consent import remember_consent
from tui.migrate.source.project import Project, load_project
from tui.settings import parse_url

HEAD: Final = "from tortoise import fields\nfrom tortoise.indexes import Index\nfrom tortoise.models import Model\n\n\n"
ITEM: Final = """class Item(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=50)
"""
CHILD: Final = """

class Line(Model):
    id = fields.IntField(primary_key=True)
    item = fields.ForeignKeyField("models.Item", related_name="lines", on_delete=fields.CASCADE)
    amount = fields.IntField()
"""
AERICH: Final = Path(sys.executable).parent / "aerich"


@dataclass(frozen=True, slots=True)
class _First:
    """What `aerich init-db` made of some models: the name and the text of its file, and its row."""

    name: str
    text: str
    row: tuple[str, str, str]


_made: dict[tuple[str, str], _First] = {}
"""By dialect and models: the command takes half a second, and says the same each time."""


async def start_shop(root: Path, url: str, models: str = ITEM) -> Project:
    """A project with these models, brought into the database by `aerich init-db`."""
    _write_shop(root, url, models)
    folder = root / "migrations" / "models"
    made = _made.get((parse_url(url).dialect, models))
    if made is None:
        await aerich(root, "init-db")
        (file,) = _numbered(folder)
        ((version, app, content),) = await query(url, "SELECT version, app, content FROM aerich")
        _made[parse_url(url).dialect, models] = _First(file.name, file.read_text(), (version, app, content))
    else:
        folder.mkdir(parents=True)
        (folder / made.name).write_text(made.text)
        program: dict[str, Any] = {}
        exec(made.text, program)
        await execute(url, await program["upgrade"](None))
        values = ", ".join("'" + value.replace("'", "''") + "'" for value in made.row)
        await execute(url, f"INSERT INTO aerich (version, app, content) VALUES ({values})")
    project = load_project(root)
    remember_consent(project)
    return project


def _write_shop(root: Path, url: str, models: str) -> None:
    root.mkdir(parents=True)
    (root / "pyproject.toml").write_text(
        '[project]\nname = "shop"\n\n[tool.aerich]\ntortoise_orm = "settings.TORTOISE_ORM"\n'
        'location = "./migrations"\nsrc_folder = "./."\n'
    )
    (root / "settings.py").write_text(f"TORTOISE_ORM = {configuration(url)!r}\n")
    (root / "shop.py").write_text(HEAD + models)
    (root / "url").write_text(url)


def change(project: Project, models: str) -> None:
    """The models from now on."""
    (project.root / "shop.py").write_text(HEAD + models)


async def aerich(root: Path, *argv: str, seed: int = 0, ok: bool = True) -> str:
    """What the plain command says, on whichever of its two outputs."""
    environment = {**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("PYTHONPATH", None)

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run([AERICH, *argv], cwd=root, env=environment, capture_output=True, text=True, check=False)

    ended = await asyncio.to_thread(run)
    said = ended.stdout + ended.stderr
    assert (ended.returncode == 0) is ok, said
    return said


async def draft_of(project: Project, *answers: str) -> Draft:
    """The first draft, not refused."""
    making = await begin(project, answers)
    assert making.refusal == ""
    return making.first.draft


async def try_it(project: Project, *answers: str, name: str = "update", up: str = "", down: str = "") -> Making:
    """A draft and its trial; `up` and `down` stand in for what was drafted."""
    making = await begin(project, answers)
    assert making.refusal == ""
    assert making.has_changes
    if up or down:
        first = making.first
        making = Making((replace(first, draft=replace(first.draft, up=up, down=down)),))
    return await tried(making, version_of(making, name))


async def make_it(project: Project, *answers: str, name: str = "update") -> Path:
    """The file, written; everything about it must be well."""
    making = await try_it(project, *answers, name=name)
    trial = making.first.trial
    assert trial is not None
    assert trial.is_clean, trial.sentences
    return write_all(making)[0]


def files(project: Project) -> list[str]:
    """What is in the folder of the migrations."""
    return sorted(path.name for path in project.folder.iterdir() if not path.name.startswith("__"))


async def plain_draft(root: Path, folder: Path, seed: int = 0) -> str:
    """The SQL that the plain command writes offline, its file taken away again."""
    before = _numbered(folder)
    await aerich(root, "migrate", "--offline", "--no-input", seed=seed)
    (made,) = _numbered(folder) - before
    text = made.read_text().partition("MODELS_STATE")[0]
    made.unlink()
    return text


def _numbered(folder: Path) -> set[Path]:
    return set(folder.glob("[0-9]*.py"))
