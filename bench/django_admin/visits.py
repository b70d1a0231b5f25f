"""Visits to Django admin from here: start it on a database, ask for pages, hear how long each took."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from bench.django_admin.environment import python_with_django
from bench.places import Place

PROJECT: Final = Path(__file__).parent / "project.py"
LIST: Final = "/admin/bench_people/user/"
LIST_BY_PREFIX: Final = "/admin/bench_people/prefixed/"


@dataclass(frozen=True, slots=True)
class Visit:
    """One page of Django admin: the seconds from the request to the whole page, and how many rows it shows."""

    seconds: float
    rows: int


@dataclass(frozen=True, slots=True)
class DjangoAdmin:
    """A running Django admin on one place."""

    requests: IO[str]
    answers: IO[str]

    def list(self, path: str = LIST, **query: object) -> Visit:
        """Ask for the list of users. Raises RuntimeError for anything but a page."""
        return self._visit({"path": f"{path}?{urlencode(query)}"})

    def act(self, action: str, first: int, query: Mapping[str, object]) -> Visit:
        """Run an action on all that match a query; `first` is one of them, as the form has it."""
        form = {"action": action, "select_across": "1", "index": "0", "_selected_action": str(first)}
        return self._visit({"path": f"{LIST}?{urlencode(query)}", "form": form}, good=302)

    def _visit(self, asked: Mapping[str, Any], good: int = 200) -> Visit:
        self.requests.write(json.dumps(asked) + "\n")
        self.requests.flush()
        line = self.answers.readline()
        if not line:
            raise RuntimeError(f"Django has ended at {asked['path']}")
        answer = json.loads(line)
        if answer["status"] != good:
            raise RuntimeError(f"Django answered {answer['status']} to {asked['path']}")
        return Visit(float(answer["seconds"]), int(answer["rows"]))


@contextmanager
def django_admin(place: Place, environment: Path) -> Iterator[DjangoAdmin]:
    """Run Django admin on the database of a place; `environment` is where Django is installed."""
    command = [str(python_with_django(environment)), str(PROJECT)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(_database(place)) + "\n")
        process.stdin.flush()
        try:
            yield DjangoAdmin(process.stdin, process.stdout)
        finally:
            process.kill()


def _database(place: Place) -> dict[str, object]:
    """The place as Django's DATABASES has it."""
    if place.dialect == "sqlite":
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": place.driver}
    parts = urlsplit(place.driver)
    options = parse_qs(parts.query)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": parts.username or "",
        "HOST": options.get("host", [parts.hostname or ""])[0],
        "PORT": options.get("port", [str(parts.port or 5432)])[0],
    }
