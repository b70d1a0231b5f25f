"""Every rule there is: our own, and squawk's as we take them."""

from __future__ import annotations

from typing import Final

from tui.migrate.lint import rules_data, rules_place, rules_text, rules_transaction, rules_waiting
from tui.migrate.lint.rule import Rule
from tui.migrate.lint.squawk_rules import TAKEN

OWN: Final[tuple[Rule, ...]] = (
    *rules_transaction.RULES,
    *rules_text.RULES,
    *rules_data.RULES,
    *rules_waiting.RULES,
    *rules_place.RULES,
)
IGNORE_RULES: Final = {
    "ignore-without-reason": "An ignore that gives no reason: it has no effect",
    "ignore-without-effect": "An ignore of something that is not found there",
    "ignore-of-unknown-rule": "An ignore of a rule that does not exist",
}


def known_ids() -> frozenset[str]:
    """Every id that an ignore may name."""
    return frozenset(rule.id for rule in OWN) | frozenset(TAKEN)
