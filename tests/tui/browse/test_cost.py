"""What a query costs, said before it runs."""

import pytest

from models.operations.text import grouped
from tui.browse.cost.means import Means, Total
from tui.browse.cost.price import cost
from tui.browse.lists.counts import Matching, approximately
from tui.browse.search.query import parse

MILLIONS = Means(Total(10_034_000, exact=False), trigram=False)
WITH_TRIGRAM = Means(Total(10_034_000, exact=False), trigram=True)


@pytest.mark.parametrize(
    ("text", "words", "scans"),
    [
        ("", "", False),
        ("ali", "prefix · index", False),
        ("ali is:superuser *x.y*", "prefix · index", False),
        ('"alice" ali', "exact · index", False),
        ("*smith*", "contains · scans ~10.0 M rows", True),
        ("*smith* is:active", "contains · scans ~10.0 M rows", True),
        ("*smith* is:locked", "contains · index", False),
        ("is:locked", "filter · index", False),
        ("-is:active", "filter · index", False),
        ("role:support", "filter · index", False),
        ("-role:support", "filter · index", False),
        ("is:superuser", "filter · index", False),
        ("is:mustchange", "filter · scans ~10.0 M rows", True),
        ("email:ali*", "prefix · index", False),
        ('name:"Ali Baba"', "exact · index", False),
        ("is:expired is:locked", "filter · index", False),
        ("-is:superuser", "filter · index", False),
    ],
)
def test_the_term_that_narrows_most_decides(text: str, words: str, scans: bool) -> None:
    found = cost(parse(text), MILLIONS)

    assert (found.words, found.scans) == (words, scans)


def test_a_trigram_index_is_said() -> None:
    assert cost(parse("*smith*"), WITH_TRIGRAM).words == "contains · trigram index"
    assert not cost(parse("*smith*"), WITH_TRIGRAM).scans


def test_numbers_in_words() -> None:
    assert grouped(1204551) == "1 204 551"
    assert approximately(Total(9412, exact=True)) == "9 412"
    assert approximately(Total(31_377, exact=False)) == "~31 000"
    assert approximately(Total(10_034_000, exact=False)) == "~10.0 M"
    assert Matching(1000, more=True).words() == "1 000+"
    assert Matching(37, more=False).words() == "37"
