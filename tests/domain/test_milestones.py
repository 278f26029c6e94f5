"""A milestone keeps its baseline, and says how it stands on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.errors import RuleViolation
from tracker.domain.milestone_lists import (
    Listed,
    MilestoneFilter,
    MilestoneMoney,
    Order,
    chosen,
    sums_of,
)
from tracker.domain.milestone_order import (
    check_before,
    check_reachable,
    followers,
    moved_along,
    out_of_order,
)
from tracker.domain.milestone_rules import (
    Follow,
    check_evidence,
    check_follow,
    check_move,
    check_status,
)
from tracker.domain.milestones import (
    Evidence,
    Milestone,
    MilestoneStatus,
    Move,
    Standing,
    progress_of,
)
from tracker.domain.money import Money

BASELINE = date(2025, 6, 30)
MOVES = (
    Move(date(2025, 3, 11), date(2025, 12, 15), "Vacancy"),
    Move(date(2025, 10, 6), date(2026, 4, 30), "Second validation run needed"),
)


def milestone(moves: tuple[Move, ...] = (), met_on: date | None = None) -> Milestone:
    return Milestone("M7", "Line validated", "WP3", 5, BASELINE, moves, met_on)


@pytest.mark.parametrize(
    ("planned", "today", "standing", "late"),
    [
        (milestone(), BASELINE, Standing.ON_SCHEDULE, 0),
        (milestone(), date(2025, 7, 1), Standing.LATE, 1),
        (milestone(MOVES), date(2026, 4, 30), Standing.SLIPPED, 0),
        (milestone(MOVES), date(2026, 11, 21), Standing.LATE, 205),
        (milestone(met_on=BASELINE), date(2026, 1, 1), Standing.MET, 0),
        (milestone(MOVES, date(2026, 4, 1)), date(2026, 11, 1), Standing.MET_LATE, 0),
    ],
)
def test_a_milestone_says_how_it_stands(
    planned: Milestone, today: date, standing: Standing, late: int
) -> None:
    assert planned.standing(today) is standing
    assert planned.days_late(today) == late


def test_the_slip_is_counted_from_the_baseline() -> None:
    assert milestone().slip_days() == 0
    assert milestone(MOVES).slip_days() == 304
    assert milestone(MOVES, date(2025, 7, 2)).slip_days() == 2
    assert milestone(MOVES).baseline == BASELINE


STATUS = MilestoneStatus
STEPS = {
    (STATUS.SCHEDULED, STATUS.PARTLY_MET),
    (STATUS.PARTLY_MET, STATUS.SCHEDULED),
    (STATUS.SCHEDULED, STATUS.MET),
    (STATUS.PARTLY_MET, STATUS.MET),
    (STATUS.SCHEDULED, STATUS.NOT_MET),
    (STATUS.PARTLY_MET, STATUS.NOT_MET),
    (STATUS.NOT_MET, STATUS.SCHEDULED),
    (STATUS.MET, STATUS.SCHEDULED),
    (STATUS.MET, STATUS.PARTLY_MET),
}


@pytest.mark.parametrize("before", STATUS)
@pytest.mark.parametrize("after", STATUS)
def test_a_milestone_takes_the_steps_of_its_ladder_and_no_others(
    before: MilestoneStatus, after: MilestoneStatus
) -> None:
    if before is after or (before, after) in STEPS:
        check_status(before, after)
        return
    with pytest.raises(RuleViolation, match="does not go from") as refusal:
        check_status(before, after)
    assert refusal.value.field == "status"


TODAY = date(2026, 1, 15)


def known(status: MilestoneStatus = STATUS.SCHEDULED) -> Milestone:
    met_on = TODAY if status is STATUS.MET else None
    return replace(milestone(MOVES, met_on), status=status, progress=40)


@pytest.mark.parametrize(
    ("before", "wished", "field"),
    [
        (STATUS.SCHEDULED, Follow(STATUS.MET, 100), "met_on"),
        (STATUS.SCHEDULED, Follow(STATUS.MET, 100, date(2026, 1, 16)), "met_on"),
        (STATUS.SCHEDULED, Follow(STATUS.PARTLY_MET, 50, TODAY), "met_on"),
        (STATUS.SCHEDULED, Follow(STATUS.PARTLY_MET, 101), "progress"),
        (STATUS.SCHEDULED, Follow(STATUS.SCHEDULED, -1), "progress"),
        (STATUS.SCHEDULED, Follow(STATUS.NOT_MET, 0), "reason"),
        (STATUS.MET, Follow(STATUS.SCHEDULED, 0, reason=" "), "reason"),
        (STATUS.MET, Follow(STATUS.MET, 100, TODAY), "status"),
        (STATUS.NOT_MET, Follow(STATUS.MET, 100, TODAY), "status"),
    ],
)
def test_what_cannot_be_true_of_a_milestone_is_refused_at_its_field(
    before: MilestoneStatus, wished: Follow, field: str
) -> None:
    with pytest.raises(RuleViolation) as refusal:
        check_follow(known(before), wished, TODAY)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("before", "wished"),
    [
        (STATUS.SCHEDULED, Follow(STATUS.SCHEDULED, 70)),
        (STATUS.SCHEDULED, Follow(STATUS.MET, 100, TODAY)),
        (STATUS.PARTLY_MET, Follow(STATUS.NOT_MET, 70, reason="The supplier is gone")),
        (STATUS.NOT_MET, Follow(STATUS.SCHEDULED, 0)),
        (STATUS.MET, Follow(STATUS.PARTLY_MET, 90, reason="The test was wrong")),
    ],
)
def test_what_can_be_true_of_a_milestone_is_let_through(
    before: MilestoneStatus, wished: Follow
) -> None:
    check_follow(known(before), wished, TODAY)


def test_a_milestone_moves_with_a_reason_also_to_before_its_baseline() -> None:
    check_move(known(), date(2024, 1, 1), "Sooner")
    for to_day, reason, field in (
        (date(2026, 4, 30), "Why", "to_day"),
        (date(2026, 5, 1), " ", "reason"),
    ):
        with pytest.raises(RuleViolation) as refusal:
            check_move(known(), to_day, reason)
        assert refusal.value.field == field
    with pytest.raises(RuleViolation, match="does not move any more"):
        check_move(known(STATUS.MET), date(2026, 5, 1), "Why")


def test_worked_number_29_progress_is_weighed() -> None:
    parts = [(30, 100), (50, 60), (20, 0)]
    found = [replace(milestone(), weight=w, progress=p) for w, p in parts]
    assert progress_of(found) == Decimal("0.6")
    assert progress_of([]) is None
    assert progress_of([replace(milestone(), weight=0)]) is None


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 100)), max_size=9))
def test_progress_is_a_share_of_one(parts: list[tuple[int, int]]) -> None:
    found = progress_of(replace(milestone(), weight=w, progress=p) for w, p in parts)
    assert found is None or 0 <= found <= 1


def test_on_a_day_that_has_passed_later_moves_and_a_later_end_did_not_exist() -> None:
    one = replace(known(STATUS.MET), progress=100)
    then = one.as_of(date(2025, 6, 1))
    assert (then.current, then.met_on, then.status) == (date(2025, 12, 15), None, STATUS.SCHEDULED)
    assert one.as_of(TODAY) == one


def test_what_was_given_up_is_neither_late_nor_open() -> None:
    one = known(STATUS.NOT_MET)
    assert (one.days_late(date(2030, 1, 1)), one.is_open) == (0, False)
    assert one.standing(date(2030, 1, 1)) is Standing.NOT_MET


def chain(*days: int) -> list[Milestone]:
    """Milestones of which each comes after the one before it."""
    return [
        Milestone(
            f"M{at}", "T", "WP1", 1, TODAY + timedelta(day), (), None,
            after=(f"M{at - 1}",) if at else (),
        )
        for at, day in enumerate(days)
    ]  # fmt: skip


def test_those_that_come_after_a_milestone_keep_their_distance_when_it_moves() -> None:
    found = chain(10, 20, 40)
    later = followers(found[0], TODAY + timedelta(15), found)
    assert [(one.milestone.code, one.to_day) for one in later] == [
        ("M1", TODAY + timedelta(25)),
        ("M2", TODAY + timedelta(45)),
    ]
    assert followers(found[0], TODAY, found) == ()  # one that comes sooner takes nobody along
    met = [found[0], replace(found[1], met_on=TODAY), found[2]]
    assert followers(met[0], TODAY + timedelta(15), met) == ()


def test_only_those_that_are_ticked_move_along() -> None:
    found = chain(10, 20, 40)
    to = Move(TODAY, TODAY + timedelta(15), "Late")
    then = moved_along(found, to, found[0], ("M2",))
    assert [one.current for one in then] == [TODAY + timedelta(n) for n in (15, 20, 45)]
    assert [one.baseline for one in then] == [one.baseline for one in found]
    assert out_of_order(then[2], then) == ()
    assert out_of_order(replace(then[1], baseline=TODAY), then) == (then[0],)


def test_a_circle_is_refused_with_its_chain() -> None:
    known_after = {"M1": (), "M2": ("M1",), "M3": ("M2",)}
    check_reachable("M3", ("M1", "M2"), known_after)
    with pytest.raises(RuleViolation, match="M1 → M3 → M2 → M1") as refusal:
        check_reachable("M1", ("M3",), known_after)
    assert refusal.value.field == "after"
    with pytest.raises(RuleViolation, match="M2 → M2"):
        check_reachable("M2", ("M2",), known_after)


def test_a_milestone_is_met_after_those_before_it() -> None:
    first, second = chain(1, 2)
    with pytest.raises(RuleViolation, match="M1 comes after M0, which is not met yet"):
        check_before(second, [first, second])
    check_before(second, [replace(first, met_on=TODAY), second])


def test_evidence_that_is_missing_is_named() -> None:
    with pytest.raises(RuleViolation, match="not there yet: Permit, Report"):
        check_evidence("M1", [Evidence(1, "Permit"), Evidence(2, "Report"), Evidence(3, "Ok", 9)])
    check_evidence("M1", [Evidence(3, "Ok", 9)])


def listed(code: str, planned: int, charged: int, **changes: object) -> Listed:
    money = MilestoneMoney(Money(planned), Money(planned), Money(charged), Money(0))
    return Listed(replace(milestone(), code=code, **changes), money)  # type: ignore[arg-type]


def test_a_plan_that_is_overspent_does_not_hide_what_is_still_to_come_of_another() -> None:
    sums = sums_of([listed("M1", 100, 30), listed("M2", 50, 80)])
    assert (sums.to_come, sums.over) == (Money(70), Money(30))
    assert sums.planned - sums.charged == sums.to_come - sums.over


def test_a_list_shows_what_fits_in_the_order_that_is_wished() -> None:
    found = [
        listed("M10", 5, 0, owner="Ann"),
        listed("M9", 7, 0, owner="Bob", met_on=BASELINE),
        listed("M2", 6, 0, owner="ann"),
    ]

    def codes(wish: MilestoneFilter, order: str = "") -> list[str]:
        return [one.milestone.code for one in chosen(found, wish, TODAY, order)]

    assert codes(MilestoneFilter()) == ["M10", "M9", "M2"]
    assert codes(MilestoneFilter(), "code") == ["M2", "M9", "M10"]
    assert codes(MilestoneFilter(), "-planned") == ["M9", "M2", "M10"]
    assert codes(MilestoneFilter(is_late=True)) == ["M10", "M2"]
    assert codes(MilestoneFilter(standing=Standing.MET)) == ["M9"]
    assert codes(MilestoneFilter(owner="Bob")) == ["M9"]
    assert codes(MilestoneFilter(text="m1")) == ["M10"]
    assert codes(MilestoneFilter(work_package="WP9")) == []
    for order in Order:
        assert sorted(codes(MilestoneFilter(), order.value)) == ["M10", "M2", "M9"]
