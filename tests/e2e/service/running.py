"""The example service as a process of its own, and a client of it."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

import httpx

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

EXAMPLES = Path(__file__).parents[3] / "examples"
LISTENS = re.compile(r"running on http://127\.0\.0\.1:(\d+)")
START_SECONDS = 60.0


@dataclass
class Service:
    """uvicorn with the service on one database; a context manager, which ends it. `log` is all that it printed."""

    url: str
    port: int = 0
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(48), repr=False)
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    log: list[str] = field(default_factory=list, repr=False)

    @property
    def base(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and return once it answers; the port is the system's choice the first time, then the same."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "--factory", "--app-dir", str(EXAMPLES), "--host", "127.0.0.1",
             "--port", str(self.port), "--no-access-log", "service.app:create_app"],
            env={**os.environ, **self.environment, "SERVICE_DATABASE_URL": self.url, "SERVICE_JWT_SECRET": self.secret},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        answers = threading.Event()
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout, answers))
        self._reader.start()
        assert answers.wait(START_SECONDS), "".join(self.log)
        assert self._process.poll() is None, "".join(self.log)

    def _read(self, output: IO[str], answers: threading.Event) -> None:
        with output:
            for line in output:
                self.log.append(line)
                found = LISTENS.search(line)
                if found:
                    self.port = int(found[1])
                    answers.set()
        answers.set()

    def stop(self) -> int:
        """End it as a service manager does; return its exit status."""
        self._process.terminate()
        try:
            return self._process.wait(timeout=20)
        finally:
            self._process.kill()
            self._reader.join()

    def client(self, token: str = "") -> httpx.Client:
        """An HTTP client; with a token every request shows it."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(base_url=self.base, headers=headers, timeout=30)

    def try_sign_in(self, username: str, password: str, **more: str) -> httpx.Response:
        """POST /token."""
        with self.client() as client:
            return client.post("/token", data={"username": username, "password": password, **more})

    def sign_in(self, username: str, password: str) -> str:
        """Sign in and return the token."""
        answer = self.try_sign_in(username, password)
        assert answer.status_code == 200, (answer.text, self.log)
        return str(answer.json()["access_token"])

    def get(self, token: str, path: str = "/me") -> httpx.Response:
        """GET with a token."""
        with self.client(token) as client:
            return client.get(path)

    def me(self, token: str) -> dict[str, Any]:
        """GET /me."""
        answer = self.get(token)
        assert answer.status_code == 200, (answer.text, self.log)
        found: dict[str, Any] = answer.json()
        return found

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self.stop()
        self._reader.join()
