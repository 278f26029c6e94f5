"""The forecasts of the sample: two versions of what is still to be spent, and why they differ.

Every amount, name and reason in here is made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tracker.actions import forecasts
from tracker.domain.forecasts import (
    ForecastExplanation,
    ForecastLine,
    NewForecast,
    Place,
    quarters_between,
)
from tracker.domain.money import Money
from tracker.store.forecasting import forecasting
from tracker.store.forecasts import forecasts_of
from tracker.store.projects import the_project

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor

LAST_DAY = date(2028, 12, 31)


@dataclass(frozen=True, slots=True)
class Told:
    """A version as the sample tells it: euros a quarter for each year, and why it differs."""

    made_on: date
    first_day: date
    reason: str
    a_quarter: dict[Place, dict[int, int]]
    because: dict[str, str]


VERSIONS = (
    Told(
        date(2025, 10, 14),
        date(2025, 10, 1),
        "Outlook after the third quarter of 2025",
        {
            ("WP2", "equipment"): {2025: 40_000, 2026: 20_000, 2027: 20_000, 2028: 15_000},
            ("WP3", "personnel"): {2025: 60_000, 2026: 75_000, 2027: 75_000, 2028: 70_000},
            ("WP3", "third_parties"): {2025: 15_000, 2026: 15_000, 2027: 12_500, 2028: 10_000},
            ("WP3", "materials"): {2025: 25_000, 2026: 37_500, 2027: 37_500, 2028: 32_500},
            ("WP4", "personnel"): {2025: 40_000, 2026: 30_000, 2027: 30_000, 2028: 27_500},
            ("WP4", "third_parties"): {2025: 10_000, 2026: 15_000, 2027: 12_500, 2028: 10_000},
            ("WP5", "personnel"): {2025: 40_000, 2026: 45_000, 2027: 45_000, 2028: 42_500},
            ("WP5", "travel"): {2025: 5_000, 2026: 5_000, 2027: 5_000, 2028: 5_000},
        },
        {
            "WP1": "The building was finished later than planned, and the last invoices were less.",
            "WP2": "The freezers were leased for the time being, and two bids came in lower.",
            "WP3": "Process development goes on after 2025 with the new awards.",
            "WP4": "The inspection takes a year longer; the quality system is kept until then.",
            "WP5": "The programme office stays on for the follow-up.",
        },
    ),
    Told(
        date(2026, 1, 12),
        date(2026, 1, 1),
        "New awards of Leiden University and LUMC",
        {
            ("WP2", "equipment"): {2026: 30_000, 2027: 20_000, 2028: 15_000},
            ("WP3", "personnel"): {2026: 95_000, 2027: 77_500, 2028: 60_000},
            ("WP3", "third_parties"): {2026: 15_000, 2027: 12_500, 2028: 10_000},
            ("WP3", "materials"): {2026: 40_000, 2027: 37_500, 2028: 30_000},
            ("WP4", "personnel"): {2026: 30_000, 2027: 30_000, 2028: 27_500},
            ("WP4", "third_parties"): {2026: 20_000, 2027: 12_500, 2028: 10_000},
            ("WP5", "personnel"): {2026: 47_500, 2027: 45_000, 2028: 42_500},
            ("WP5", "travel"): {2026: 5_000, 2027: 5_000, 2028: 5_000},
        },
        {
            "WP1": "Completion of the building was invoiced in full before the end of 2025.",
            "WP2": "Validation runs needed more of the laboratory than foreseen.",
            "WP3": "Two process developers start in January instead of July.",
            "WP4": "The second inspection was brought forward to the summer of 2026.",
            "WP5": "A project controller joins for the new awards.",
        },
    ),
)


def live_through(session: Session, *, by: Actor) -> None:
    """Make the versions that the sample has, or what an interrupted run left of them."""
    project = the_project(session)
    for number, told in enumerate(VERSIONS):
        if len(forecasts_of(session, project.id)) > number:
            continue
        forecasts.make(session, _version(session, told, number), today=told.made_on, by=by)


def _version(session: Session, told: Told, based_on: int) -> NewForecast:
    """Put a version together; every deviation of which a word is due has that of its package."""
    lines = tuple(
        ForecastLine(*place, quarter, Money(euros[quarter.year] * 100))
        for place, euros in told.a_quarter.items()
        for quarter in quarters_between(told.first_day, LAST_DAY)
    )
    facts = forecasting(session, the_project(session), told.made_on)
    asked = {
        (comparison.against, row.work_package, row.year)
        for comparison in facts.comparisons(told.first_day, lines, facts.newest)
        for row in comparison.asked
    }
    explanations = tuple(
        ForecastExplanation(against, package, "", year, told.because[package])
        for against, package, year in sorted(asked)
    )
    return NewForecast(told.first_day, told.reason, lines, explanations, based_on)
