"""The geometry of the charts."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.commitments import Commitment, Form, Status
from tracker.domain.milestones import Milestone, Move
from tracker.domain.money import Money
from tracker.domain.periods import Period
from tracker.web.charts import BAR, HUES, fill, funding_by_source, timeline

DAY = date(2022, 1, 1)


def commitment(funder: str, status: Status, cents: int) -> Commitment:
    amount = Money(cents)
    return Commitment(
        id=1, code="A", funder_id=1, funder=funder, programme="", reference="", status=status,
        form=Form.CASH, decided_on=DAY, period=Period(DAY, DAY), award=amount, amount=amount,
        received=Money(0), charged=Money(0),
    )  # fmt: skip


commitments = st.lists(
    st.builds(
        commitment,
        st.sampled_from([f"Funder {n}" for n in range(9)]),
        st.sampled_from(Status),
        st.integers(0, 10**12),
    ),
    max_size=20,
)


@given(commitments)
def test_the_parts_fill_the_bar_and_tell_all_the_money(found: list[Commitment]) -> None:
    segments = funding_by_source(found)
    standing = [c for c in found if c.status not in (Status.DRAFT, Status.WITHDRAWN)]
    whole = sum(c.amount.cents for c in standing)
    assert sum(s.amount.cents for s in segments) == whole
    assert sum(s.width for s in segments) == (BAR if whole else 0)
    at = 0
    for segment in segments:
        assert segment.x == at
        at += segment.width
    assert max((s.hue for s in segments), default=0) <= HUES


def test_the_largest_funders_are_named_and_the_others_stand_together() -> None:
    found = [commitment(f"F{n}", Status.AWARDED, 100 * (n + 1)) for n in range(8)]
    found.append(commitment("C", Status.CONDITIONAL, 50))
    segments = funding_by_source(found)
    assert [s.label for s in segments] == ["F7", "F6", "F5", "F4", "", ""]
    assert segments[4].amount == Money(100 + 200 + 300 + 400)
    assert [s.hue for s in segments] == [1, 2, 3, 4, 5, 0]


@given(st.integers(-(10**12), 10**12), st.integers(-(10**12), 10**12))
def test_a_bar_is_never_fuller_than_full_nor_emptier_than_empty(part: int, whole: int) -> None:
    assert 0 <= fill(Money(part), Money(whole)) <= BAR


def test_a_bar_is_half_full_at_half() -> None:
    assert fill(Money(50), Money(100)) == BAR // 2
    assert fill(Money(300), Money(100)) == BAR


days = st.integers(-2000, 4000).map(lambda n: DAY + timedelta(n))
milestones = st.builds(
    lambda baseline, moves, met: Milestone(
        "M1", "Title", "WP1", 1, baseline, tuple(Move(d, d, "why") for d in moves), met
    ),
    days,
    st.lists(days, max_size=3),
    st.none() | days,
)


@given(st.lists(milestones, min_size=1, max_size=8), days)
def test_later_days_stand_further_right_on_the_timeline(
    found: list[Milestone], today: date
) -> None:
    drawn = timeline(found, today)
    assert drawn
    places = [(today, drawn.today)]
    for milestone, mark in zip(found, drawn.marks, strict=True):
        places += [(milestone.baseline, mark.baseline), (milestone.current, mark.current)]
        if milestone.met_on:
            assert mark.met is not None
            places.append((milestone.met_on, mark.met))
    ordered = sorted(places)
    assert [x for _, x in ordered] == sorted(x for _, x in places)
    assert all(0 <= x <= drawn.width for _, x in places)
    assert [year for year, _ in drawn.years] == sorted({year for year, _ in drawn.years})


def test_without_milestones_there_is_no_timeline() -> None:
    assert timeline([], DAY) is None
