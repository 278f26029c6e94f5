"""A list of commitments: what is in it, in what order, and as of which day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.amendments import Amendment
from tracker.domain.commitment_lists import (
    PAGE,
    CommitmentFilter,
    Order,
    chosen,
    fits,
    on_day,
    page_of,
)
from tracker.domain.commitments import COMMITTED, Commitment, Form, Status
from tracker.domain.money import Money
from tracker.domain.periods import Period, calendar_year

ONE = Commitment(
    id=1,
    code="NGF-1",
    funder_id=1,
    funder="National Growth Fund",
    programme="Round 1",
    reference="NGF/21/7",
    status=Status.AWARDED,
    form=Form.CASH,
    decided_on=date(2021, 4, 9),
    period=calendar_year(2022),
    award=Money(100),
    amount=Money(150),
    received=Money(60),
    charged=Money(40),
    programme_id=4,
)
AWARD = Amendment(
    0, date(2021, 4, 9), Money(100), "award", status=Status.AWARDED, period=calendar_year(2022)
)
MORE = Amendment(1, date(2022, 7, 1), Money(50), "more")

commitments = st.lists(
    st.builds(
        lambda code, status, cents, last: replace(
            ONE,
            code=f"C-{code}",
            status=status,
            amount=Money(cents),
            period=Period(date(2022, 1, 1), date(2022, 1, 1) + timedelta(last)),
        ),
        st.integers(0, 50),
        st.sampled_from(Status),
        st.integers(1, 10**9),
        st.integers(0, 1000),
    ),
    max_size=PAGE * 2 + 5,
)


@given(commitments, st.sampled_from(Order), st.booleans())
def test_sorting_loses_and_adds_nothing(
    found: list[Commitment], order: Order, turned: bool
) -> None:
    listed = chosen(found, CommitmentFilter(), f"{'-' * turned}{order}")
    assert sorted(map(repr, listed)) == sorted(map(repr, found))


@given(commitments)
def test_pages_together_are_the_list_and_only_what_binds_is_added_up(
    found: list[Commitment],
) -> None:
    first = page_of(found)
    pages = [page_of(found, number) for number in range(1, first.page_count + 1)]
    assert [c for page in pages for c in page.commitments] == found
    assert all(len(page.commitments) <= PAGE for page in pages)
    binding = sum(c.amount.cents for c in found if c.status in COMMITTED)
    assert first.totals.committed == Money(binding)
    assert page_of(found, 10**6) == pages[-1]


@given(commitments, st.dates(date(2021, 1, 1), date(2026, 1, 1)), st.sampled_from(Status))
def test_what_is_filtered_is_what_fits(found: list[Commitment], day: date, status: Status) -> None:
    wish = CommitmentFilter(ends_before=day, status=status)
    expected = [c for c in found if c.period.last_day < day and c.status is status]
    assert chosen(found, wish) == expected


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (CommitmentFilter(text="growth"), True),
        (CommitmentFilter(text="ngf/21"), True),
        (CommitmentFilter(text="round 1"), True),
        (CommitmentFilter(text="province"), False),
        (CommitmentFilter(funder_id=2), False),
        (CommitmentFilter(programme_id=4, form=Form.CASH), True),
        (CommitmentFilter(form=Form.IN_KIND), False),
    ],
)
def test_a_text_is_looked_for_in_all_that_names_a_commitment(
    wish: CommitmentFilter, expected: bool
) -> None:
    assert fits(ONE, wish) is expected


@given(st.dates(date(2020, 1, 1), date(2024, 1, 1)))
def test_on_a_day_a_commitment_is_what_had_been_decided_until_then(day: date) -> None:
    was = on_day(ONE, [AWARD, MORE], day, Money(1), Money(2))
    decided = [d.amount for d in (AWARD, MORE) if d.decided_on <= day]
    if not decided:
        assert was is None
        return
    assert was is not None
    assert was.amount == Money.total(decided)
    assert (was.received, was.charged, was.award) == (Money(1), Money(2), Money(100))
