"""Explanations of charges: however they are told apart, the parts are the figure."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tracker.domain import explained_shares
from tracker.domain.allocations import ChargeKind, Reason
from tracker.domain.errors import Code, Sentence
from tracker.domain.explained_shares import Share
from tracker.domain.explanations import NOBODY, Asked, Explanation, Figure, Lines, Part, Table
from tracker.domain.money import Money

NO_LINES = Lines((), 0)


def shares(told: list[str], commitments: list[str]) -> st.SearchStrategy[list[Share]]:
    one = st.builds(
        Share,
        st.sampled_from(commitments),
        st.sampled_from(["personnel", "travel"]),
        st.integers(2021, 2023),
        st.sampled_from(told),
        st.booleans(),
        st.integers(1, 50),
        st.integers(-(10**9), 10**9),
    )
    return st.lists(one, max_size=12)


def whole(found: list[Share]) -> Money:
    return Money(sum(share.cents for share in found))


@given(shares(list(ChargeKind), ["NGF-1", "UL-1"]))
def test_charges_come_to_the_figure_however_they_are_told_apart(found: list[Share]) -> None:
    told = explained_shares.charged(Asked(Figure.CHARGED), whole(found), found, NO_LINES)
    assert [table.total for table in told.tables] == [whole(found)] * 4
    assert told.apart == Money(0)
    deeds = told.says[1].facts
    assert isinstance(taken_back := deeds["taken_back"], Money)
    added = [deeds[name] for name in ("rules", "by_hand", "corrections")]
    assert Money.total(a for a in added if isinstance(a, Money)) - taken_back == whole(found)


@given(shares(list(Reason), ["NGF-1", ""]))
def test_what_is_left_comes_to_the_figure_however_it_is_told_apart(found: list[Share]) -> None:
    told = explained_shares.left(Asked(Figure.LEFT), whole(found), found, NO_LINES)
    assert [table.total for table in told.tables] == [whole(found)] * 4


@given(shares(list(Reason), ["NGF-1", ""]))
def test_the_parts_of_a_part_are_asked_for_by_what_it_is(found: list[Share]) -> None:
    asked = Asked(Figure.LEFT, year=2022)
    told = explained_shares.left(asked, whole(found), found, NO_LINES)
    assert len(told.tables) == 3, "what was asked for is not told apart again"
    for table, name in zip(told.tables, ("reason", "commitment", "category"), strict=True):
        for part in table.parts:
            assert part.asked is not None
            wish = getattr(part.asked, name)
            assert part.asked.but(**{name: ""}) == asked
            of = [
                share
                for share in found
                if (getattr(share, "told" if name == "reason" else name) or NOBODY) == wish
            ]
            assert part.amount == whole(of)


def test_a_figure_whose_parts_come_to_something_else_says_by_how_much() -> None:
    parts = (Part(Code("travel"), Money(100)), Part(Code("personnel"), Money(-1)))
    table = Table(Sentence("By category"), parts)
    told = Explanation(Asked(Figure.COSTS), Money(100), (), (table,))
    assert told.apart == Money(-1)
    assert replace(told, amount=Money(99)).apart == Money(0)


def test_only_what_is_asked_for_stands_in_an_address() -> None:
    asked = Asked(Figure.CHARGED, commitment="NGF-1", year=2023)
    assert asked.narrowed == {"commitment": "NGF-1", "year": 2023}
    assert asked.but(year=None, category="travel").narrowed == {
        "commitment": "NGF-1",
        "category": "travel",
    }
