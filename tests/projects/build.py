"""Makes the projects beside this file anew, by the real `aerich` command: `python -m tests.projects.build [NAME ...]`.

Aerich works offline, in a copy, from the models that a history in `histories/` describes step by step. The files get
the dates of the history instead of today's, so that making them again gives the same bytes.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from tests.projects.histories.brownfield import BROWNFIELD
from tests.projects.histories.clinic import CLINIC
from tests.projects.histories.market import MARKET
from tests.projects.history import Branch, History, Step

HERE: Final = Path(__file__).resolve().parent
HISTORIES: Final = {history.name: history for history in (BROWNFIELD, CLINIC, MARKET)}
_BEGAN: Final = datetime(2025, 2, 3, 9, 30, tzinfo=UTC)
_BETWEEN: Final = timedelta(days=9, hours=1, minutes=17, seconds=13)
_FUNCTION: Final = r'(async def {name}\(db: BaseDBAsyncClient\) -> str:\n)    return """.*?"""'


def main() -> None:
    """Builds the projects that are named, or all."""
    for name in sys.argv[1:] or HISTORIES:
        build(HISTORIES[name])


def build(history: History) -> None:
    """Writes `tests/projects/<name>`: pyproject.toml, models, settings, migrations."""
    with tempfile.TemporaryDirectory(prefix="shellback-history-") as folder:
        _Builder(history, Path(folder)).run()
        shutil.rmtree(HERE / history.name, ignore_errors=True)
        ignore = shutil.ignore_patterns("__pycache__", "*.sqlite3*")
        shutil.copytree(folder, HERE / history.name, ignore=ignore)


class _Builder:
    """One history being lived through in `root`."""

    def __init__(self, history: History, root: Path) -> None:
        self._history = history
        self._root = root
        self._days = self._dates()

    def run(self) -> None:
        for name, text in {**self._history.texts, **self._module_texts()}.items():
            path = self._root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for app in self._history.models:
            self._aerich(app, "init-migrations")
            self._date(app, self._files(app))
        for step in self._history.steps:
            if isinstance(step, Branch):
                self._branch(step)
            else:
                self._step(step)

    def _module_texts(self) -> dict[str, str]:
        return {self._models(app): text for app, text in self._history.models.items()}

    def _branch(self, branch: Branch) -> None:
        """The side's files are made first and laid aside, as they would be in another checkout."""
        before = {app: self._files(app) for app in self._history.models}
        kept = {app: self._path(app).read_text(encoding="utf-8") for app in self._history.models}
        for step in branch.side:
            self._step(step)
        aside: list[tuple[Path, bytes]] = []
        for app, known in before.items():
            for path in self._files(app) - known:
                aside.append((path, path.read_bytes()))
                path.unlink()
            self._path(app).write_text(kept[app], encoding="utf-8")
        for step in branch.main:
            self._step(step)
        for step in branch.side:
            self._edit(step)
        for path, data in aside:
            path.write_bytes(data)

    def _step(self, step: Step) -> None:
        self._edit(step)
        app = self._app(step)
        before = self._files(app)
        empty = () if step.edits else ("--empty",)
        self._aerich(app, "migrate", "--offline", "--name", step.name, *empty, answers=step.answers)
        made = self._files(app) - before
        if len(made) != 1:
            raise SystemExit(f"{step.name}: aerich made {len(made)} files")
        (path,) = self._date(app, made)
        text = path.read_text(encoding="utf-8")
        if step.up is not None:
            text = _replaced(text, "upgrade", step.up, step.before)
        if step.down is not None:
            text = _replaced(text, "downgrade", step.down)
        if not step.transaction:
            text = text.replace("RUN_IN_TRANSACTION = True", "RUN_IN_TRANSACTION = False")
        path.write_text(text, encoding="utf-8")

    def _edit(self, step: Step) -> None:
        path = self._path(self._app(step))
        text = path.read_text(encoding="utf-8")
        for old, new in step.edits:
            if text.count(old) != 1:
                raise SystemExit(f"{step.name}: the models have {text.count(old)} times: {old}")
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")

    def _aerich(self, app: str, *arguments: str, answers: str = "") -> None:
        done = subprocess.run(
            [sys.executable, "-m", "aerich", "--app", app, *arguments],
            cwd=self._root,
            env={"PATH": "", "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"},
            input=answers,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"aerich {' '.join(arguments)}:\n{done.stdout}{done.stderr}")

    def _date(self, app: str, paths: set[Path]) -> set[Path]:
        """Gives new files the next date of the history."""
        found = set()
        for path in paths:
            number, _, rest = path.name.split("_", 2)
            stamp = next(self._days).strftime("%Y%m%d%H%M%S")
            found.add(path.rename(path.with_name(f"{number}_{stamp}_{rest}")))
        return found

    def _dates(self) -> Iterator[datetime]:
        day = _BEGAN
        while True:
            yield day
            day += _BETWEEN

    def _app(self, step: Step) -> str:
        return step.app or next(iter(self._history.models))

    def _files(self, app: str) -> set[Path]:
        return set((self._root / "migrations" / app).glob("*.py"))

    def _models(self, app: str) -> str:
        return f"{self._history.name}/{app if len(self._history.models) > 1 else 'models'}.py"

    def _path(self, app: str) -> Path:
        return self._root / self._models(app)


def _replaced(text: str, function: str, sql: str, before: str = "") -> str:
    """The text with another body of a function. A backslash in the SQL stays one: the literal becomes raw."""
    raw = "r" if "\\" in sql else ""
    lead = "".join(f"    {line}\n" if line else "\n" for line in before.strip("\n").split("\n")) if before else ""
    pattern = re.compile(_FUNCTION.replace("{name}", function), re.DOTALL)
    made, count = pattern.subn(lambda found: f'{found[1]}{lead}    return {raw}"""{sql}"""', text)
    if count != 1:
        raise SystemExit(f"there is no {function} as Aerich writes it")
    return made


if __name__ == "__main__":
    main()
