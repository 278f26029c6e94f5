"""Charging: nothing is lost, nothing is charged twice, and the first reason counts."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.allocations import (
    Chargeable,
    Earmarks,
    Judgement,
    Reason,
    Share,
    Terms,
    charge,
    room_for,
    why_not,
)
from tracker.domain.commitments import Status
from tracker.domain.flat_rates import FlatRate
from tracker.domain.periods import Period

YEAR = Period(date(2023, 1, 1), date(2023, 12, 31))
ALLOWED = frozenset({1, 2})
TERMS = {
    1: Terms(Status.AWARDED, YEAR, ALLOWED),
    2: Terms(Status.AWARDED, Period(date(2023, 7, 1), date(2023, 12, 31)), ALLOWED),
    3: Terms(Status.CONDITIONAL, YEAR, ALLOWED),
    4: Terms(Status.AWARDED, YEAR, ALLOWED, Earmarks(frozenset({1}), frozenset({5}))),
    5: Terms(
        Status.AWARDED,
        YEAR,
        frozenset({1, 2, 3}),
        None,
        FlatRate(Decimal("0.25"), frozenset({1}), frozenset({3}), 12_345),
    ),
}
RULES = {
    10: (Share(1, 60), Share(2, 40)),
    11: (Share(1, 1),),
    12: (Share(1, 1), Share(3, 1)),
    13: (Share(4, 3), Share(5, 7)),
    14: (Share(5, 1), Share(1, 2), Share(2, 3)),
}
lines = st.lists(
    st.builds(
        Chargeable,
        line_id=st.integers(1, 10**6),
        incurred_on=st.dates(date(2022, 12, 1), date(2024, 1, 31)),
        cents=st.integers(-(10**6), 10**7),
        category_id=st.integers(1, 3),
        rule=st.sampled_from([10, 11, 12, 13, 14, 99]),
        work_package_id=st.sampled_from([None, 1, 2]),
        milestone_id=st.sampled_from([None, 5, 6]),
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
    base: Counter[int] = Counter()
    categories = {line.line_id: line.category_id for line in costs}
    for judgement in charge(costs, RULES, TERMS, dict(room)):
        if judgement.reason is None:
            key = judgement.commitment_id
            assert key is not None
            rate = TERMS[key].flat_rate
            charged[key] += judgement.cents
            if rate and categories[judgement.line_id] in rate.base:
                base[key] += judgement.cents
            overhead = rate.overhead(base[key]) - rate.overhead() if rate else 0
            assert charged[key] + overhead <= room[key]


@given(lines, rooms)
def test_no_part_has_another_sign_than_its_line(
    costs: list[Chargeable], room: dict[int, int]
) -> None:
    of_line = {line.line_id: line.cents for line in costs}
    for judgement in charge(costs, RULES, TERMS, dict(room)):
        assert judgement.cents * of_line[judgement.line_id] > 0


def judge(line: Chargeable, room: dict[int, int]) -> list[Judgement]:
    return list(charge([line], RULES, TERMS, room))


def cost(
    cents: int = 1000, day: date = date(2023, 8, 1), category: int = 1, rule: int = 11
) -> Chargeable:
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


@given(lines, rooms)
def test_a_share_is_left_for_the_reason_that_a_person_is_told(
    costs: list[Chargeable], room: dict[int, int]
) -> None:
    of_line = {line.line_id: line for line in costs}
    for judgement in charge(costs, RULES, TERMS, dict(room)):
        if judgement.commitment_id is None:
            continue
        told = why_not(of_line[judgement.line_id], TERMS[judgement.commitment_id])
        if judgement.reason in (None, Reason.COMMITMENT_EXHAUSTED):
            assert told is None
        else:
            assert told is judgement.reason


@given(lines)
def test_with_room_for_all_a_negative_line_mirrors_its_positive(costs: list[Chargeable]) -> None:
    room = dict.fromkeys(TERMS, 10**12)
    forth = list(charge(costs, RULES, TERMS, dict(room)))
    mirrored = [line._replace(cents=-line.cents) for line in costs]
    back = list(charge(mirrored, RULES, TERMS, dict(room)))
    assert [j._replace(cents=-j.cents) for j in back] == forth


@given(lines, st.permutations(sorted(RULES)))
def test_the_order_in_which_disjoint_rules_are_given_changes_nothing(
    costs: list[Chargeable], order: list[int]
) -> None:
    room = dict.fromkeys(TERMS, 10**6)
    shuffled = {key: RULES[key] for key in order}
    assert list(charge(costs, shuffled, TERMS, dict(room))) == list(
        charge(costs, RULES, TERMS, dict(room))
    )


def test_costs_outside_what_a_commitment_is_meant_for_are_left_and_others_are_charged() -> None:
    line = Chargeable(7, date(2023, 8, 1), 1000, 1, 13)
    only = {13: (Share(4, 1),)}
    for package, milestone, reason in (
        (2, None, Reason.NOT_EARMARKED),
        (1, None, None),
        (2, 5, None),
        (None, None, Reason.NOT_EARMARKED),
    ):
        cost_of = line._replace(work_package_id=package, milestone_id=milestone)
        found = list(charge([cost_of], only, TERMS, {4: 1000}))
        assert found == [Judgement(7, 4, 1000, reason)]


def test_of_a_flat_rate_the_room_is_for_costs_and_overhead_together() -> None:
    line = Chargeable(7, date(2023, 8, 1), 1000, 1, 13)
    only, fresh = (
        {13: (Share(5, 1),)},
        TERMS[5]._replace(flat_rate=FlatRate(Decimal("0.25"), frozenset({1}), frozenset({3}))),
    )
    terms = TERMS | {5: fresh}
    assert room_for(line, fresh, 1000) == 800
    assert list(charge([line], only, terms, {5: 1000})) == [
        Judgement(7, 5, 800, None),
        Judgement(7, 5, 200, Reason.COMMITMENT_EXHAUSTED),
    ]
    covered = line._replace(category_id=3)
    assert list(charge([covered], only, terms, {5: 5000})) == [
        Judgement(7, 5, 1000, Reason.COVERED_BY_FLAT_RATE)
    ]
    beside = line._replace(category_id=2)
    assert list(charge([beside], only, terms, {5: 1000})) == [Judgement(7, 5, 1000, None)]
