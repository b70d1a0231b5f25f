"""The file of a bulk that outlives its process: whom, what, and what became of each, as far as it was told in time.

A header of JSON on the first line, then the ids and the versions as numbers of 4 bytes, then a line of JSON after each
batch. What the last lines do not say (a process killed between COMMIT and its line) the audit does: nothing is lost and
nothing is done twice. A line that was cut is ignored. While a bulk runs its journal is locked.
"""

from __future__ import annotations

import fcntl
import json
import os
from array import array
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final
from uuid import UUID

from models.operations.bulk.plan import BulkPlan
from models.operations.bulk.selection import MOST, Selection
from models.operations.bulk.verbs import verb_json, verb_of
from models.operations.bulk.verdicts import Verdict
from models.private_files import whole_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.operations.plan import Actor

FORMAT: Final = 1
SUFFIX: Final = ".bulk"
HEADER_LIMIT: Final = 1 << 20

_VERDICTS: Final = frozenset(Verdict)


class JournalError(ValueError):
    """A journal that cannot be used, with the reason in `sentence`."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class PendingJob:
    """A bulk that did not come to its end. `done` users were looked at, as far as the journal knows.

    `is_running`: another process is at it right now.
    """

    path: Path
    op_id: UUID
    verb: str
    words: str
    total: int
    done: int
    actor_id: int | None
    actor_label: str
    begun_at: datetime
    is_running: bool


def job_path(directory: Path, op_id: UUID) -> Path:
    """Return where the journal of this bulk is kept."""
    return directory / f"{op_id}{SUFFIX}"


def pending_jobs(directory: Path) -> tuple[PendingJob, ...]:
    """Return the unfinished bulks whose journals are in the directory, oldest first; other files are left out."""
    found = []
    for path in directory.glob(f"*{SUFFIX}"):
        with suppress(JournalError, OSError):
            found.append(_job(path))
    return tuple(sorted(found, key=lambda job: job.begun_at))


def read_plan(path: Path, actor: Actor) -> BulkPlan:
    """Return the plan of a journal with the results that it knows, for this actor. Raises `JournalError`, OSError."""
    with path.open("rb") as file:
        header = _header(file, path)
        total = int(header["total"])
        ids, versions = _numbers(file, total, path), _numbers(file, total, path)
        results = _results(file, total)
    if header["actor_id"] != actor.user_id:
        raise JournalError(f"This bulk was begun by {header['actor_label']}: only the same account goes on with it.")
    return BulkPlan(
        actor,
        Selection(ids, versions, str(header["words"]), str(header["query"])),
        verb_of(header["verb"]),
        reason=str(header["reason"]),
        ticket=str(header["ticket"]),
        op_id=UUID(str(header["op_id"])),
        database=str(header["database"]),
        results=bytes(results),
    )


class Journal:
    """A journal that is being written. Blocking: call it in a thread."""

    __slots__ = ("_file", "path")

    def __init__(self, path: Path, plan: BulkPlan) -> None:
        """Make the file, or go on with the one that is there. Raises `JournalError` where it cannot be written, and
        when another process has it."""
        self.path = path
        try:
            if not path.exists():
                with whole_file(path) as file:
                    file.write(_header_of(plan))
                    for numbers in (plan.selection.ids, plan.selection.versions):
                        file.write(array("i", numbers).tobytes())
            self._file = path.open("ab", buffering=0)
        except OSError as error:
            raise _unwritable(error) from error
        try:
            fcntl.flock(self._file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise JournalError("Another process is at this bulk right now.") from error
        try:
            # A line that was cut ends here, so that the next one is whole.
            self._write(b"\n")
        except JournalError:
            self._file.close()
            raise

    def tell(self, places: Sequence[int], verdicts: bytes) -> None:
        """Add the results of a batch: the places in the selection, in order, and the verdict of each. Raises
        `JournalError` where it cannot be written."""
        told = {"places": _ranges(places), "verdicts": verdicts.hex()}
        self._write(json.dumps(told, separators=(",", ":")).encode() + b"\n")

    def close(self, *, finished: bool) -> None:
        """Give the file free; a finished bulk needs none any more."""
        if finished:
            # One that stays is offered to go on with, and then nobody is left to change.
            with suppress(OSError):
                self.path.unlink(missing_ok=True)
        self._file.close()

    def _write(self, line: bytes) -> None:
        left = memoryview(line)
        try:
            while left:
                left = left[self._file.write(left) :]
        except OSError as error:
            raise _unwritable(error) from error


def _unwritable(error: OSError) -> JournalError:
    return JournalError(f"The journal of this bulk cannot be written: {error.strerror or type(error).__name__}.")


def _header_of(plan: BulkPlan) -> bytes:
    header = {
        "shellback_bulk": FORMAT,
        "op_id": str(plan.op_id),
        "verb": verb_json(plan.verb),
        "words": plan.selection.words,
        "query": plan.selection.query,
        "reason": plan.reason,
        "ticket": plan.ticket,
        "database": plan.database,
        "actor_id": plan.actor.user_id,
        "actor_label": plan.actor.label,
        "total": plan.total,
        "at": datetime.now(UTC).isoformat(),
    }
    return json.dumps(header).encode() + b"\n"


def _header(file: IO[bytes], path: Path) -> dict[str, Any]:
    try:
        header = json.loads(file.readline(HEADER_LIMIT))
        if header["shellback_bulk"] == FORMAT and 0 <= int(header["total"]) <= MOST:
            verb_of(header["verb"])
            found: dict[str, Any] = header
            return found
    except (ValueError, KeyError, TypeError):
        pass
    raise JournalError(f"{path.name} is no journal of a bulk, or of another version.")


def _numbers(file: IO[bytes], total: int, path: Path) -> array[int]:
    numbers = array("i")
    raw = file.read(total * numbers.itemsize)
    if len(raw) != total * numbers.itemsize:
        raise JournalError(f"{path.name} is cut: its users are not all there.")
    numbers.frombytes(raw)
    return array("q", numbers)


def _results(file: IO[bytes], total: int) -> bytearray:
    results = bytearray(total)
    for line in file:
        with suppress(ValueError, KeyError, TypeError):
            told = json.loads(line)
            verdicts = bytes.fromhex(told["verdicts"])
            places = [place for first, last in told["places"] for place in range(first, last + 1)]
            if len(places) == len(verdicts) and _VERDICTS.issuperset(verdicts) and (not places or places[-1] < total):
                for place, verdict in zip(places, verdicts, strict=True):
                    results[place] = verdict
    return results


def _ranges(places: Sequence[int]) -> list[tuple[int, int]]:
    """Runs of neighbouring places, as first and last."""
    found: list[tuple[int, int]] = []
    for place in places:
        if found and found[-1][1] == place - 1:
            found[-1] = (found[-1][0], place)
        else:
            found.append((place, place))
    return found


def _job(path: Path) -> PendingJob:
    with path.open("rb") as file:
        header = _header(file, path)
        total = int(header["total"])
        file.seek(2 * total * array("i").itemsize, os.SEEK_CUR)
        results = _results(file, total)
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_SH | fcntl.LOCK_NB)
            running = False
        except OSError:
            running = True
    return PendingJob(
        path,
        UUID(str(header["op_id"])),
        verb_of(header["verb"]).words(),
        str(header["words"]),
        total,
        total - results.count(Verdict.PENDING),
        header["actor_id"],
        str(header["actor_label"]),
        datetime.fromisoformat(str(header["at"])),
        running,
    )
