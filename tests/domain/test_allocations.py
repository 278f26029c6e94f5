"""Charging: nothing is lost, nothing is charged twice, and the first reason counts."""

from __future__ import annotations

from collections import Counter
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.allocations import Chargeable, Judgement, Reason, Share, Terms, charge
from tracker.domain.commitments import Status
from tracker.domain.periods import Period

YEAR = Period(date(2023, 1, 1), date(2023, 12, 31))
ALLOWED = frozenset({1, 2})
TERMS = {
    1: Terms(Status.AWARDED, YEAR, ALLOWED),
    2: Terms(Status.AWARDED, Period(date(2023, 7, 1), date(2023, 12, 31)), ALLOWED),
    3: Terms(Status.CONDITIONAL, YEAR, ALLOWED),
}
RULES = {
    10: (Share(1, 60), Share(2, 40)),
    11: (Share(1, 1),),
    12: (Share(1, 1), Share(3, 1)),
}
lines = st.lists(
    st.builds(
        Chargeable,
        line_id=st.integers(1, 10**6),
        incurred_on=st.dates(date(2022, 12, 1), date(2024, 1, 31)),
        cents=st.integers(-(10**6), 10**7),
        category_id=st.integers(1, 3),
        rule=st.sampled_from([10, 11, 12, 99]),
    ),
    max_size=30,
    unique_by=lambda line: line.line_id,
)
rooms = st.fixed_dictionaries({key: st.integers(0, 10**7) for key in TERMS})


@given(lines, rooms)
def test_the_judgements_of_a_line_add_up_to_the_line(
    costs: list[Chargeable], room: dict[int, int]
) -> None:
    judged: Counter[int] = Counter()
    for judgement in charge(costs, RULES, TERMS, dict(room)):
        judged[judgement.line_id] += judgement.cents
    assert {c.line_id: c.cents for c in costs if c.cents} == {k: v for k, v in judged.items() if v}


@given(lines, rooms)
def test_a_commitment_is_never_charged_beyond_its_room(
    costs: list[Chargeable], room: dict[int, int]
) -> None:
    charged: Counter[int] = Counter()
    for judgement in charge(costs, RULES, TERMS, dict(room)):
        if judgement.reason is None:
            assert judgement.commitment_id is not None
            charged[judgement.commitment_id] += judgement.cents
            assert charged[judgement.commitment_id] <= room[judgement.commitment_id]


@given(lines, rooms)
def test_no_part_has_another_sign_than_its_line(
    costs: list[Chargeable], room: dict[int, int]
) -> None:
    of_line = {line.line_id: line.cents for line in costs}
    for judgement in charge(costs, RULES, TERMS, dict(room)):
        assert judgement.cents * of_line[judgement.line_id] > 0


def judge(line: Chargeable, room: dict[int, int]) -> list[Judgement]:
    return list(charge([line], RULES, TERMS, room))


def cost(cents: int = 1000, day: date = date(2023, 8, 1), category: int = 1, rule: int = 11):
    return Chargeable(7, day, cents, category, rule)


def test_the_first_reason_that_holds_counts() -> None:
    outside_and_not_allowed = cost(day=date(2024, 1, 1), category=3)
    assert judge(outside_and_not_allowed, {1: 0}) == [Judgement(7, 1, 1000, Reason.OUTSIDE_PERIOD)]
    assert judge(cost(category=3), {1: 0}) == [Judgement(7, 1, 1000, Reason.CATEGORY_NOT_ALLOWED)]
    assert judge(cost(), {1: 0}) == [Judgement(7, 1, 1000, Reason.COMMITMENT_EXHAUSTED)]


def test_both_ends_of_the_period_count() -> None:
    for day in (YEAR.first_day, YEAR.last_day):
        assert judge(cost(day=day), {1: 1000}) == [Judgement(7, 1, 1000, None)]


def test_the_part_that_does_not_fit_stays_unallocated() -> None:
    assert judge(cost(), {1: 400}) == [
        Judgement(7, 1, 400, None),
        Judgement(7, 1, 600, Reason.COMMITMENT_EXHAUSTED),
    ]


def test_a_negative_cost_makes_room_again() -> None:
    room = {1: 0}
    assert judge(cost(-300), room) == [Judgement(7, 1, -300, None)]
    assert room == {1: 300}


def test_a_promise_that_does_not_bind_is_not_charged() -> None:
    assert judge(cost(rule=12), {1: 1000, 3: 1000})[1] == Judgement(7, 3, 500, Reason.NOT_AWARDED)


def test_a_cost_without_a_rule_is_kept_with_that_reason() -> None:
    assert judge(cost(rule=99), {}) == [Judgement(7, None, 1000, Reason.NO_SPLIT_RULE)]
