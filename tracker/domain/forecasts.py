"""Forecasts: what is expected to be spent, by work package, category and quarter, in versions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tracker.domain.money import Money

if TYPE_CHECKING:
    from datetime import date


class Against(StrEnum):
    """What a forecast is compared with."""

    BUDGET = "budget"
    PREVIOUS = "previous"


@dataclass(frozen=True, slots=True)
class ForecastLine:
    """What is expected to be spent in a quarter, named by its first day."""

    work_package: str
    category: str
    quarter: date
    amount: Money


@dataclass(frozen=True, slots=True)
class ForecastExplanation:
    """Why a forecast differs in a year; an empty work package or category means all of them."""

    against: Against
    work_package: str
    category: str
    year: int
    said: str


@dataclass(frozen=True, slots=True)
class Forecast:
    """A version of the forecast. It says something from ``first_day`` on; before, the books do."""

    id: int
    number: int
    first_day: date
    made_on: date
    made_by: str
    reason: str
    lines: tuple[ForecastLine, ...]
    explanations: tuple[ForecastExplanation, ...] = ()

    @property
    def total(self) -> Money:
        """Everything that is expected to be spent."""
        return Money.total(line.amount for line in self.lines)
