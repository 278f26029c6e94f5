"""A milestone keeps its baseline, and says how it stands on a day."""

from __future__ import annotations

from datetime import date

import pytest

from tracker.domain.milestones import Milestone, Move, Standing

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
