"""The search box's text: what it means, how it is printed and said, and that nothing in it is dropped silently."""

import subprocess
import sys
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.browse.query_texts import ANY_TEXT, QUERIES, mutated
from tui.browse.search.fields import FIELDS, FIELDS_MEANT, MOMENTS, STATES_MEANT
from tui.browse.search.points import Date, Instant, NamedDay, Precision, Span, Unit
from tui.browse.search.query import (
    LARGEST_ID,
    LONGEST,
    Age,
    Comparison,
    Contains,
    Exact,
    Has,
    HasRole,
    IdIn,
    InState,
    Known,
    Match,
    MomentField,
    MomentFrom,
    MomentIs,
    Not,
    Prefix,
    Query,
    QueryError,
    State,
    Term,
    TextField,
    TextIs,
    Thing,
    parse,
)

CREATED = MomentField.CREATED
DAYS = Span(90, Unit.DAY)


def day(text: str, precision: Precision = Precision.DAY) -> Date:
    return Date(datetime.fromisoformat(text), precision)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("ali", Prefix("ali")),
        ("ali*", Prefix("ali")),
        ('"ali b"*', Prefix("ali b")),
        ("4711", Prefix("4711", 4711)),
        ("4711*", Prefix("4711")),
        ("OR*", Prefix("OR")),
        ("or", Prefix("or")),
        ("NOTTINGHAM", Prefix("NOTTINGHAM")),
        ("a.b@x+y", Prefix("a.b@x+y")),
        ("DOMAIN\\ali", Prefix("DOMAIN\\ali")),
        ('"Bob"', Exact("Bob")),
        ('"a \\"b\\" \\\\ \\c"', Exact('a "b" \\ \\c')),
        ('"-x"', Exact("-x")),
        ("*smith*", Contains("smith")),
        ('*"on call"*', Contains("on call")),
        ("*-is:x*", Contains("-is:x")),
        ("username:ali", TextIs(TextField.USERNAME, Match.PREFIX, "ali")),
        ('email:"Ali@x.org"', TextIs(TextField.EMAIL, Match.EXACT, "Ali@x.org")),
        ("email:*@x.org*", TextIs(TextField.EMAIL, Match.CONTAINS, "@x.org")),
        ('name:"ali m"*', TextIs(TextField.NAME, Match.PREFIX, "ali m")),
        ('name:*"i m"*', TextIs(TextField.NAME, Match.CONTAINS, "i m")),
        ("name:-x:y", TextIs(TextField.NAME, Match.PREFIX, "-x:y")),
        ("id:4711", IdIn(4711, 4711)),
        ("id:>=100", IdIn(100, LARGEST_ID)),
        ("id:>100", IdIn(101, LARGEST_ID)),
        ("id:<=100", IdIn(0, 100)),
        ("id:<100", IdIn(0, 99)),
        ("id:100..200", IdIn(100, 200)),
        ("created:2026-01-31", MomentIs(CREATED, Comparison.AT, day("2026-01-31"))),
        ("created:2026-01", MomentIs(CREATED, Comparison.AT, day("2026-01-01", Precision.MONTH))),
        ("created:2026", MomentIs(CREATED, Comparison.AT, day("2026-01-01", Precision.YEAR))),
        ("created:>=2026-01-31", MomentIs(CREATED, Comparison.AT_LEAST, day("2026-01-31"))),
        ("created:<2026-01-31T14:30", MomentIs(CREATED, Comparison.LESS, day("2026-01-31T14:30", Precision.MINUTE))),
        (
            "login:>2026-01-31t14:30:05",
            MomentIs(MomentField.LOGIN, Comparison.MORE, day("2026-01-31T14:30:05", Precision.SECOND)),
        ),
        ("created:2026-01-01..2026-02-01", MomentFrom(CREATED, day("2026-01-01"), day("2026-02-01"))),
        ("created:yesterday..now", MomentFrom(CREATED, NamedDay.YESTERDAY, Instant())),
        ("created:Today", MomentIs(CREATED, Comparison.AT, NamedDay.TODAY)),
        ("created:<now-90d", MomentIs(CREATED, Comparison.LESS, Instant(DAYS))),
        ("expires:<NOW+90D", MomentIs(MomentField.EXPIRES, Comparison.LESS, Instant(DAYS, ahead=True))),
        ("created:<90d", Age(CREATED, Comparison.LESS, DAYS)),
        ("locked:>=2h", Age(MomentField.LOCKED, Comparison.AT_LEAST, Span(2, Unit.HOUR))),
        ("login:1mo..1y", Age(MomentField.LOGIN, Comparison.AT_LEAST, Span(1, Unit.MONTH), Span(1, Unit.YEAR))),
        ("expires:none", Known(MomentField.EXPIRES, known=False)),
        ("password-changed:any", Known(MomentField.PASSWORD_CHANGED, known=True)),
        ("is:active", InState(State.ACTIVE)),
        ("IS:Active", InState(State.ACTIVE)),
        ("has:session", Has(Thing.SESSION)),
        ("role:support", HasRole("support")),
        ('role:"on call"', HasRole("on call")),
    ],
)
def test_every_kind_of_term_and_its_opposite(text: str, term: Term) -> None:
    assert parse(text).terms == (term,)
    assert parse(f"ali -{text} bob").terms == (Prefix("ali"), Not(term), Prefix("bob"))  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "   ", "\t"])
def test_a_blank_text_is_every_user(text: str) -> None:
    assert parse(text) == Query()
    assert not parse(text)


@pytest.mark.parametrize(
    ("text", "position", "part"),
    [
        ("is:", 3, "needs a value: active"),
        ("ali is:lokced", 7, "Did you mean locked?"),
        ("is:xyz", 3, "States are active"),
        ("is:admin", 3, "Did you mean superuser?"),
        ("fullname:x", 0, "Did you mean name:?"),
        ("has:roles", 4, "Did you mean role?"),
        ("is:>locked", 3, "is: takes no >"),
        ("is:lock*", 7, "is: takes active"),
        ("role:sup*", 8, "role: takes the name of a role"),
        ("role:>=x", 5, "role: takes no >"),
        ('role:" "', 5, "needs a value"),
        ("ali rol:x", 4, "Did you mean role:?"),
        ("zzz:x", 0, "Fields are is:, role:, has:"),
        ("zzz:", 0, "Fields are is:, role:, has:"),
        (":x", 0, "needs a field before it"),
        ('ali "abc', 4, "quote is not closed"),
        ('ali "abc\\"', 4, "quote is not closed"),
        ('name:"abc', 5, "quote is not closed"),
        ('""', 0, "nothing between the quotes"),
        ('a"b"', 1, "a space is missing before the quote"),
        ('"a"b', 3, "a space is missing after the quote"),
        ("*ab*", 0, "at least 3 characters"),
        ("ali name:*ab*", 9, "at least 3 characters"),
        ("al*ce", 2, "at both ends"),
        ("*abc", 0, "at both ends"),
        ("**", 0, "at both ends"),
        ("x *abc*d", 2, "at both ends"),
        ("name:a*b", 6, "at both ends"),
        ("name:>x", 5, "name: takes no >"),
        ("ali -", 5, "goes right before a term"),
        ("--ali", 1, "goes right before a term"),
        ("- ali", 1, "goes right before a term"),
        ("id:99999999999", 3, "largest id is 2147483647"),
        ("id:2147483648", 3, "largest id is 2147483647"),
        ("id:>2147483647", 4, "no id > 2147483647"),
        ("id:<0", 4, "no id < 0"),
        ("id:-5", 3, "an id is a whole number"),
        ("id:x", 3, "an id is a whole number"),
        ("id:200..100", 3, "write 100..200"),
        ("id:=5", 3, "= does not fit here. id: takes a number"),
        ("id:<", 4, "needs a value"),
        ("id:1..", 6, "another end"),
        ('id:"5"', 3, "quotes do not fit"),
        ("created:soon", 8, "is no date. It is a day 2026-01-31"),
        ("created:>todya", 9, "Did you mean today?"),
        ("created:90d", 8, "90d needs a sign: created:<90d"),
        ("created:<90", 9, "90 needs a unit: 90d"),
        ("created:<90q", 11, "Units are m, h, d, w, mo, y"),
        ("created:<90days", 11, "Did you mean 90d?"),
        ("created:<200y", 9, "at most 100y"),
        ("created:<" + "9" * 500 + "d", 9, "at most 100y"),
        ("created:2026-13-01", 8, "no 2026-13-01 in the calendar"),
        ("created:2026-02-30", 8, "no 2026-02-30 in the calendar"),
        ("created:2026-01-01T25:00", 8, "in the calendar"),
        ("created:1.2.2026", 8, "A date is written 2026-01-31"),
        ("created:2026-1-5", 8, "A date is written 2026-01-31"),
        ("created:>1800-01-01", 9, "a year is from 1900 to 9999"),
        ("created:2026-02-01..2026-01-01", 8, "write 2026-01-01..2026-02-01"),
        ("created:2026-01-01..", 20, "another end"),
        ("created:90d..30d", 8, "write 30d..90d"),
        ("created:30d..2026-01-01", 8, "Write now-30d"),
        ("created:now", 8, "now needs a sign"),
        ("created:none", 8, "is never empty"),
        ("expires:<none", 9, "stands alone"),
        ("expires:<now+5", 13, "needs a unit"),
        ("created:>=2026-01..2026-02", 17, "a range takes no sign before it: created:2026-01"),
        ("id:>=1..5", 6, "a range takes no sign before it: id:100..200"),
        ("id:1..2..3", 7, ". does not fit here"),
        ("name:", 5, "needs a value"),
        ("name:*", 5, "at both ends"),
        ("created:2026-01-01 14:30", 19, "follows its date after a T"),
        ("login:never", 6, "Did you mean none?"),
        ("ali OR bob", 4, "there is no OR"),
        ("ali AND bob", 4, "leave it out"),
        ("NOT ali", 0, "turns it round: -is:locked"),
        ("al\x00i", 2, "control character"),
        ("al\ud800i", 2, "control character"),
        ("a" * (LONGEST + 1), LONGEST, "at most 2000 characters"),
        ("a " * 51, 0, "at most 50 terms"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(text: str, position: int, part: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)

    assert part in caught.value.message
    assert caught.value.position == position


def test_a_word_that_joins_terms_elsewhere_is_a_word_at_the_end() -> None:
    assert parse("ali OR").terms == (Prefix("ali"), Prefix("OR"))
    assert str(parse("ali OR")) == "ali OR*"


def test_the_first_of_two_errors_is_told() -> None:
    with pytest.raises(QueryError, match="lokced"):
        parse('is:lokced "abc')


def test_a_printed_query_that_would_be_too_long_to_read_is_too_long() -> None:
    with pytest.raises(QueryError, match="at most 2000 characters"):
        parse('"' + "\\." * 900 + '"')


def test_a_number_too_large_for_an_id_is_text_only() -> None:
    assert parse("2147483647").terms == (Prefix("2147483647", 2147483647),)
    assert parse("2147483648").terms == (Prefix("2147483648"),)
    assert parse("٤٧١١").terms == (Prefix("٤٧١١"),)


def test_the_predicate_in_words() -> None:
    assert parse("4711 -is:locked role:support").words() == (
        'username or e-mail starts with "4711" or id is 4711, not locked, holds the role "support"'
    )
    assert Query().words() == "every user"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("-ali", 'neither username nor e-mail starts with "ali"'),
        ("-name:*ali*", 'full name does not contain "ali"'),
        ("id:>=5", "id is 5 or more"),
        ("-id:5..7", "id is not from 5 to 7"),
        ("created:2026-01-31", "created on 2026-01-31"),
        ("created:2026", "created in 2026"),
        ("login:>=2026-01-31T14:30", "last login not before 2026-01-31 14:30"),
        ("login:yesterday", "last login yesterday"),
        ("created:<90d", "created less than 90 days ago"),
        ("-created:>1y", "not (created more than 1 year ago)"),
        ("expires:<7d", "account ends in less than 7 days"),
        ("login:30d..90d", "last login 30 days to 90 days ago"),
        ("expires:<now-30d", "account ends before 30 days ago"),
        ("login:none", "never logged in"),
        ("-login:none", "logged in at least once"),
        ("-has:mfa", "has no second factor"),
        ("-role:support", 'does not hold the role "support"'),
    ],
)
def test_terms_in_words(text: str, words: str) -> None:
    assert parse(text).words() == words


def test_contains_is_offered_for_prefixes_only() -> None:
    assert str(parse("ali is:locked").as_contains()) == "*ali* is:locked"
    assert str(parse("name:ali").as_contains()) == "name:*ali*"
    assert parse("al is:locked").as_contains() is None
    assert parse('"ali" -bob').as_contains() is None


def test_every_field_is_documented_and_read() -> None:
    for field in FIELDS:
        with pytest.raises(QueryError, match="needs a value"):
            parse(f"{field}:")
    assert FIELDS_MEANT.keys().isdisjoint(FIELDS)
    assert set(FIELDS_MEANT.values()) <= set(FIELDS)
    assert STATES_MEANT.keys().isdisjoint(State)
    for moment, told in MOMENTS.items():
        assert (told.never is None) == (told.ever is None)
        assert parse(f"{moment}:<1d")


@given(ANY_TEXT)
def test_any_text_is_a_query_or_an_error_within_it(text: str) -> None:
    try:
        query, error = parse(text), None
    except QueryError as raised:
        query, error = Query(), raised
    if error is None:
        assert bool(query) == bool(text.strip())
        assert query.words()
    else:
        assert 0 <= error.position <= len(text)
        assert error.message


@given(st.one_of(QUERIES, mutated(), ANY_TEXT))
def test_a_query_prints_to_a_text_that_means_the_same(text: str) -> None:
    try:
        query = parse(text)
    except QueryError:
        return
    printed = str(query)

    assert parse(printed) == query
    assert str(parse(printed)) == printed


_TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=3, max_size=8).filter(str.strip)


@given(_TEXTS, st.sampled_from(Match), st.sampled_from(TextField))
def test_any_text_can_be_searched_for(text: str, match: Match, field: TextField) -> None:
    kinds: dict[Match, Term] = {Match.PREFIX: Prefix(text), Match.EXACT: Exact(text), Match.CONTAINS: Contains(text)}
    for term in (kinds[match], TextIs(field, match, text), HasRole(text)):
        assert parse(str(term)).terms == (term,)


def test_the_parser_is_loaded_with_the_first_query_only() -> None:
    code = (
        "import sys, tui.browse.search.query as q; assert 'lark' not in sys.modules; q.parse('a'); sys.modules['lark']"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
