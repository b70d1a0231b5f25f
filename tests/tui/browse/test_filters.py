"""The panel of filters as values: what it shows of a text, and the text it writes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.browse.search.fields import MomentField, State, Thing
from tui.browse.search.filters import Filters, Want, filters_of
from tui.browse.search.query import parse


def test_what_there_is_a_line_for_is_picked_and_the_rest_is_kept() -> None:
    found = filters_of(
        'ali *son* is:locked -is:deleted has:mfa -role:SUPPORT created:<90d login:none email:"a@b"', ("Support",)
    )

    assert found.rest == 'ali *son* email:"a@b"'
    assert found.states == {State.LOCKED: Want.YES, State.DELETED: Want.NO}
    assert found.things == {Thing.MFA: Want.YES}
    assert found.roles == {"Support": Want.NO}
    assert found.dates == {MomentField.CREATED: "<90d", MomentField.LOGIN: "none"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ali",
        'role:"on call" is:active',
        "created:<90d created:>30d",
        "is:locked -is:locked",
        "-created:<90d",
        "created:2026-01..2026-02 -login:<5d has:role -has:session id:5..9",
    ],
)
def test_the_text_it_writes_means_what_was_typed(text: str) -> None:
    assert set(parse(filters_of(text).text()).terms) == set(parse(text).terms)


def test_what_is_no_query_is_kept_as_it_is() -> None:
    assert filters_of('is:lokced "ali').text() == 'is:lokced "ali'


@given(st.text(max_size=40))
def test_no_text_is_lost(text: str) -> None:
    written = filters_of(text).text()
    assert filters_of(written).text() == written


def test_picking_goes_round() -> None:
    want = Want.ANY
    texts = []
    for _ in range(3):
        want = want.next()
        texts.append(Filters("ali").with_state(State.LOCKED, want).text())
    assert texts == ["ali is:locked", "ali -is:locked", "ali"]
    assert (
        Filters().with_role("on call", Want.NO).with_date(MomentField.LOGIN, " <5d ").text()
        == '-role:"on call" login:<5d'
    )
