"""Strategies for what people type into the search box: valid queries of every kind, and those gone wrong."""

from datetime import date

from hypothesis import strategies as st

from tests.tui.browse.strangers import NAMES, ROLES
from tui.browse.search.fields import MomentField, State, TextField, Thing
from tui.browse.search.typed import quoted

_FOUND = [text for name in NAMES for text in name if text]

_typable = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=6)


@st.composite
def _parts(draw: st.DrawFn) -> str:
    """A part of somebody's name or address, in some case."""
    text = draw(st.sampled_from(_FOUND))
    start = draw(st.integers(0, max(0, min(len(text) - 1, 20))))
    part = text[start : start + draw(st.integers(1, 8))] if draw(st.booleans()) else text
    case = draw(st.sampled_from(["", "upper", "lower", "title", "casefold"]))
    return str(getattr(part, case)()) if case else part


_texts = st.one_of(_parts(), _typable)


def _patterns(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        texts,
        texts.map(lambda text: f"{text}*"),
        texts.map(lambda text: f"*{text}*"),
        texts.map(quoted),
        texts.map(lambda text: f"{quoted(text)}*"),
        texts.map(lambda text: f"*{quoted(text)}*"),
    )


_comparisons = st.sampled_from(["<", "<=", ">", ">="])
_spans = st.builds(
    "{}{}".format, st.sampled_from([0, 1, 2, 3, 7, 12, 90, 100]), st.sampled_from(["m", "h", "d", "w", "mo", "y"])
)
_places = st.one_of(
    st.sampled_from(["today", "yesterday", "tomorrow", "now"]),
    st.sampled_from(["2026", "2025-12", "2026-01", "2024-02-29", "9999-12-31", "2026-01-01", "2026-03-13"]),
    st.sampled_from(["2026-03-14", "2026-03-15", "2026-01-01T14:30", "2026-03-14T16:09:26"]),
    st.dates(min_value=date(1900, 1, 1)).map(str),
    st.builds("now{}{}".format, st.sampled_from("+-"), _spans),
)
_moments = st.builds(
    "{}:{}".format,
    st.sampled_from(MomentField),
    st.one_of(
        st.sampled_from(["none", "any"]),
        _places,
        st.builds("{}{}".format, _comparisons, st.one_of(_places, _spans)),
        st.builds("{}..{}".format, _places, _places),
        st.builds("{}..{}".format, _spans, _spans),
    ),
)
_ids = st.integers(0, 60).map(str) | st.sampled_from(["2147483647", "2147483648", "0"])
_others = st.one_of(
    st.builds("id:{}{}".format, st.one_of(_comparisons, st.just("")), _ids),
    st.builds("id:{}..{}".format, _ids, _ids),
    st.sampled_from([f"is:{state}" for state in State]),
    st.sampled_from([f"has:{thing}" for thing in Thing]),
    st.sampled_from([f"role:{quoted(role)}" for role in (*ROLES, "support", "Support", "nobody")]),
    st.integers(0, 60).map(str),
    st.sampled_from(["AND", "OR", "NOT", "OR*"]),
)
_atoms = st.one_of(
    _patterns(_texts), st.builds("{}:{}".format, st.sampled_from(TextField), _patterns(_texts)), _moments, _others
)
TERMS = st.builds("{}{}".format, st.sampled_from(["", "-"]), _atoms)
"""Texts of one term, nearly all of them valid."""

QUERIES = st.lists(TERMS, min_size=1, max_size=3).map(" ".join)
"""Texts of queries, most of them valid."""

_signs = st.sampled_from(['"', "*", ":", "-", "..", "<", ">=", "=", "\\", " ", "\t", "\x00", "\ud800"])
_noise = st.one_of(_signs, st.sampled_from(["9" * 12, "is:", "名", ""]))


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A query with some characters taken out, put in or doubled."""
    text = draw(QUERIES)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        upto = draw(st.integers(at, min(len(text), at + 3)))
        text = text[:at] + draw(st.one_of(_noise, st.just(text[at:upto] * 2))) + text[upto:]
    return text


ANY_TEXT = st.one_of(st.text(max_size=40), QUERIES, mutated())
"""Any text at all."""
