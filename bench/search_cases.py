"""What `bench.search` searches for: each search as it is typed, by hand in SQL, and as Django admin is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from bench.django_admin.visits import LIST, LIST_BY_PREFIX
from bench.places import fetch

if TYPE_CHECKING:
    from bench.places import Place

NOBODY: Final = "qxzqjx"
"""In nobody's name: a search for it reads everything."""


@dataclass(frozen=True, slots=True)
class Case:
    """One search: what is typed, the condition one would write by hand (on `u`), and what Django admin is asked."""

    name: str
    text: str
    by_hand: str = ""
    path: str = LIST
    asked: dict[str, object] = field(default_factory=dict)
    whole: bool = False  # nobody is found: it is over when everything was searched


def cases_of(place: Place) -> list[Case]:
    """The searches, with names that this place has."""
    word = place.word
    middle = fetch(
        place.dialect,
        place.driver,
        "SELECT username, username_key FROM users WHERE id >= $1 LIMIT 1",
        place.people // 2,
    )[0]
    support = fetch(place.dialect, place.driver, "SELECT id FROM roles WHERE name = $1", "support")[0][0]
    now = "CURRENT_TIMESTAMP"
    inside = "lopez"
    return [
        Case("first page", "", "TRUE"),
        Case(
            "prefix",
            word,
            f"u.username_key >= '{word}' AND u.username_key < '{word}\U0010ffff'",
            LIST_BY_PREFIX,
            {"q": word},
        ),
        Case("exact", f'"{middle[0]}"', f"u.username_key = '{middle[1]}'", LIST, {"q": middle[0]}),
        Case(
            "contains",
            f"*{inside}*",
            f"(u.username_key LIKE '%{inside}%' OR u.email_key LIKE '%{inside}%')",
            LIST,
            {"q": inside},
        ),
        Case(
            "role and lock",
            "role:support is:locked",
            f"a.locked_until > {now} AND EXISTS (SELECT 1 FROM user_roles r"
            f" WHERE r.user_id = u.id AND r.role_id = {support})",
            LIST,
            {"roles__id__exact": support, "state__locked_until__isnull": "False"},
        ),
        Case("inactive", "is:inactive", "NOT u.is_active AND u.deleted_at IS NULL", LIST, {"is_active__exact": 0}),
        Case(
            "nobody, contains",
            f"*{NOBODY}*",
            f"(u.username_key LIKE '%{NOBODY}%' OR u.email_key LIKE '%{NOBODY}%')",
            LIST,
            {"q": NOBODY},
            whole=True,
        ),
        Case(
            "nobody, the worst",
            f"-name:*{inside}* -has:role is:look-alike *{NOBODY}*",
            "",
            whole=True,
        ),
    ]
