"""What may follow in the audit's search box. Pure, and cheap enough for every key; and what the trail adds to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from models.operations.audit.row import AuditOutcome
from models.operations.plan import ActorKind
from tui.browse.audit.conditions import load_actions
from tui.browse.audit.query import FIELDS, AuditField
from tui.browse.search.complete import Candidate, Known, Vocabulary, moments
from tui.browse.search.fields import MomentField
from tui.browse.search.typed import word

OUTCOMES: Final = {
    AuditOutcome.OK: "it was done",
    AuditOutcome.DENIED: "it was refused",
    AuditOutcome.CONFLICT: "somebody else had changed it",
    AuditOutcome.ERROR: "it failed",
    AuditOutcome.UNKNOWN: "nobody could say whether it was done",
}
DOORS: Final = {
    ActorKind.TUI: "through the interface",
    ActorKind.CLI: "on the command line",
    ActorKind.API: "through the service",
    ActorKind.SYSTEM: "by the machine's own account",
}
KINDS: Final = {
    "user": "a user",
    "users": "many users at once",
    "role": "a role",
    "view": "a saved view",
    "audit": "the trail itself",
}


@dataclass(frozen=True, slots=True)
class AuditVocabulary(Vocabulary):
    """What the trail and the day add to the language: the actions that there are, and today's date."""

    actions: tuple[str, ...] = ()


async def load_audit_vocabulary() -> AuditVocabulary:
    """Return the actions of the trail and today's date where the program runs."""
    return AuditVocabulary(today=datetime.now(UTC).astimezone().date(), actions=await load_actions())


def _terms(typed: str, vocabulary: Vocabulary) -> Iterator[Candidate]:
    for name, said in FIELDS.items():
        if name.startswith(typed):
            yield Candidate(f"{name}:", said, whole=False)
    if typed:
        for name in (AuditField.OUTCOME, AuditField.ACTION):
            for candidate in _values(name, typed, vocabulary):
                yield Candidate(f"{name}:{candidate.text}", candidate.help)


def _values(name: str, typed: str, vocabulary: Vocabulary) -> Iterator[Candidate]:
    folded = typed.casefold()
    if name == AuditField.ACTION and isinstance(vocabulary, AuditVocabulary):
        for action in vocabulary.actions:
            if action.startswith(folded) or (folded and action.partition(".")[2].startswith(folded)):
                yield Candidate(word(action), "what was done")
    elif name == "at":
        yield from moments(MomentField.CREATED, folded, vocabulary.today)
    else:
        known: dict[str, str] = {}
        match name:
            case AuditField.OUTCOME:
                known = {str(value): said for value, said in OUTCOMES.items()}
            case AuditField.VIA:
                known = {str(value): said for value, said in DOORS.items()}
            case AuditField.KIND:
                known = KINDS
        for value, said in known.items():
            if value.startswith(folded):
                yield Candidate(value, said)


AUDIT: Final = Known(_terms, _values)
