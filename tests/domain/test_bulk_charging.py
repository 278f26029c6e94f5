"""Many lines at once: whatever is wished, charged and left of a line stay the line."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.test_allocations import RULES, TERMS
from tracker.domain.allocations import Chargeable, Charged, Reason, charge
from tracker.domain.bulk_charging import (
    DONE,
    Aim,
    BulkRun,
    Fate,
    Standing,
    Wish,
    check_reason,
    run_over,
)
from tracker.domain.errors import RuleViolation

LEFT_BY_PEOPLE = (Reason.TAKEN_BACK, Reason.NOT_ELIGIBLE)
PLENTY = 10**12


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    """A line as a run of the rules leaves it, of which people took something back since."""
    line = Chargeable(
        draw(st.integers(1, 10**6)),
        draw(st.dates(date(2022, 12, 1), date(2024, 1, 31))),
        draw(st.integers(-(10**5), 10**6).filter(bool)),
        draw(st.integers(1, 3)),
        draw(st.sampled_from([10, 11, 12, 13, 14, 99])),
        draw(st.sampled_from([None, 1, 2])),
    )
    room = {key: draw(st.sampled_from([0, 1000, PLENTY])) for key in TERMS}
    charged: Counter[int] = Counter()
    left: Counter[tuple[int | None, str]] = Counter()
    for each in charge([line], RULES, TERMS, room):
        if each.reason is None and draw(st.booleans()):
            charged[each.commitment_id or 0] += each.cents
        elif each.reason is None:
            left[each.commitment_id, draw(st.sampled_from(LEFT_BY_PEOPLE))] += each.cents
        else:
            left[each.commitment_id, each.reason] += each.cents
    paid = {
        key: Charged(cents, cents if draw(st.booleans()) else 0) for key, cents in charged.items()
    }
    return Standing(line, paid, dict(left), is_settled=draw(st.sampled_from([False] * 4 + [True])))


lists = st.lists(standings(), max_size=8, unique_by=lambda s: s.line.line_id)
wishes = st.one_of(
    st.builds(Wish, st.just(Aim.TO_COMMITMENT), st.sampled_from([1, 2, 4, 5])),
    st.just(Wish(Aim.AGAIN)),
    st.builds(Wish, st.just(Aim.TAKE_BACK), st.sampled_from([None, 1, 5]), st.just("why")),
)
rooms = st.fixed_dictionaries({key: st.sampled_from([0, 500, 10**5, PLENTY]) for key in TERMS})


def after(standing: Standing, run: BulkRun) -> tuple[Counter[int], Counter[tuple[int | None, str]]]:
    charged = Counter({key: paid.cents for key, paid in standing.charged.items()})
    left = Counter(standing.left)
    for change in run.changes:
        if change.line_id == standing.line.line_id:
            for key, cents in change.charged.items():
                charged[key] += cents
            for share, cents in change.left.items():
                left[share] += cents
    return charged, left


@given(lists, wishes, rooms)
def test_charged_and_left_still_add_up_and_no_part_turns_its_sign(
    lines: list[Standing], wish: Wish, room: dict[int, int]
) -> None:
    run = run_over(lines, wish, RULES, TERMS, dict(room))
    for standing in lines:
        charged, left = after(standing, run)
        assert sum(charged.values()) + sum(left.values()) == standing.line.cents
        sign = 1 if standing.line.cents > 0 else -1
        assert all(cents * sign >= 0 for cents in (*charged.values(), *left.values()))


@given(lists, wishes, rooms)
def test_what_is_told_is_what_changes(
    lines: list[Standing], wish: Wish, room: dict[int, int]
) -> None:
    run = run_over(lines, wish, RULES, TERMS, dict(room))
    moved = sum(sum(change.charged.values()) for change in run.changes)
    sign = -1 if wish.aim is Aim.TAKE_BACK else 1
    assert run.done[1].cents == moved * sign
    assert sum(run.by_commitment.values()) == moved
    assert run.line_count == len(lines)
    assert {fate for fate, *_, done in run.told if done} <= {fate.value for fate in DONE}


@given(lists, rooms)
def test_the_rules_again_leave_what_people_took_back_and_what_is_charged(
    lines: list[Standing], room: dict[int, int]
) -> None:
    run = run_over(lines, Wish(Aim.AGAIN), RULES, TERMS, dict(room))
    for standing in lines:
        charged, left = after(standing, run)
        for key, cents in standing.left.items():
            if key[1] in LEFT_BY_PEOPLE:
                assert left[key] == cents
        for payer, paid in standing.charged.items():
            assert abs(charged[payer]) >= abs(paid.cents)


@given(lists, rooms)
def test_the_rules_again_find_nothing_more_to_do_the_next_time(
    lines: list[Standing], room: dict[int, int]
) -> None:
    left_room, terms = dict(room), TERMS | {5: TERMS[1]}
    run = run_over(lines, Wish(Aim.AGAIN), RULES, terms, left_room)
    again = []
    for standing in lines:
        charged, left = after(standing, run)
        paid = {key: Charged(cents, 0) for key, cents in charged.items() if cents}
        again.append(standing._replace(charged=paid, left={k: c for k, c in left.items() if c}))
    if all(standing.line.cents > 0 for standing in again):  # a negative line makes room
        assert run_over(again, Wish(Aim.AGAIN), RULES, terms, left_room).changes == []


@given(lists)
def test_what_a_closed_period_holds_is_never_taken_back(lines: list[Standing]) -> None:
    run = run_over(lines, Wish(Aim.TAKE_BACK, None, "why"), RULES, TERMS, dict.fromkeys(TERMS, 0))
    for standing in lines:
        charged, _ = after(standing, run)
        for key, paid in standing.charged.items():
            assert charged[key] == (paid.cents if standing.is_settled else paid.locked)


def test_lines_that_wait_or_were_taken_back_stay_as_they_are() -> None:
    line = Chargeable(7, date(2023, 8, 1), 1000, 1, 11)
    for about, fate in (({"is_waiting": True}, Fate.WAITS), ({"is_settled": True}, Fate.SETTLED)):
        standing = Standing(line, {}, {(1, Reason.COMMITMENT_EXHAUSTED): 1000}, **about)
        run = run_over([standing], Wish(Aim.TO_COMMITMENT, 1), RULES, TERMS, {1: PLENTY})
        assert run.changes == []
        assert run.fates == {fate: (1, 1000)}


def test_taking_back_asks_why_and_charging_does_not() -> None:
    with pytest.raises(RuleViolation):
        check_reason(Wish(Aim.TAKE_BACK, None, " "))
    check_reason(Wish(Aim.TAKE_BACK, None, "wrong award"))
    check_reason(Wish(Aim.AGAIN))
