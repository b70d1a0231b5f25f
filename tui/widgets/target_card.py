"""On whom a dialog acts: id, username and e-mail as they were when it opened, never a row index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from textual.content import Content
from textual.widgets import Static

from tui.sanitise import sanitise

if TYPE_CHECKING:
    from models.operations.plan import Target


@dataclass(frozen=True, slots=True)
class Card:
    """What the card shows; `facts` is one line of what is true of the account now, `note` the pinned note."""

    id: int | None
    username: str
    email: str = ""
    facts: str = ""
    note: str = ""

    @classmethod
    def of(cls, target: Target, facts: str = "", note: str = "") -> Self:
        """The card of a plan's target."""
        return cls(target.id, target.label, target.email or "", facts, note)


class TargetCard(Static):
    """`alice.jones   #4712   alice.jones@example.com` and a quiet line of facts."""

    DEFAULT_CSS = """
    TargetCard { height: auto; width: 100%; margin: 0 0 1 0; }
    """

    def __init__(self, card: Card) -> None:
        super().__init__(card_content(card), id="target")


def card_content(card: Card) -> Content:
    """The card as text; whatever the account's owner wrote into it is made visible."""
    number = "" if card.id is None else f"   #{card.id}"
    email = f"   {sanitise(card.email, 120)}" if card.email else ""
    line = Content.assemble((sanitise(card.username, 80), "bold"), number, email)
    if card.facts:
        line = Content.assemble(line, "\n", (sanitise(card.facts, 200), "dim"))
    if card.note:
        line = Content.assemble(line, "\n", (sanitise(card.note, 140), "$text-warning"))
    return line
