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

_DATABASES: Final = {"postgres": "PostgreSQL", "sqlite": "SQLite"}


def known_ids() -> frozenset[str]:
    """Every id that an ignore may name."""
    return frozenset(rule.id for rule in OWN) | frozenset(TAKEN)


def rule_table() -> str:
    """Every rule as a table in Markdown, for the documentation."""
    rows = [
        (rule.id, str(rule.severity), " and ".join(_DATABASES[name] for name in rule.dialects), rule.title, "")
        for rule in OWN
    ]
    rows += [
        (name, "note" if "effect" in name else "warning", "both", title, "") for name, title in IGNORE_RULES.items()
    ]
    rows += [(name, str(taken.severity), "PostgreSQL", taken.title, "squawk") for name, taken in TAKEN.items()]
    lines = ["| rule | severity | database | finds | of |", "|---|---|---|---|---|"]
    lines += [
        f"| `{name}` | {severity} | {database.replace('PostgreSQL and SQLite', 'both')} | {title} | {of} |"
        for name, severity, database, title, of in rows
    ]
    return "\n".join(lines)
