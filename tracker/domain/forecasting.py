"""Everything that a forecast is made and judged with: the books, the budget, and the versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tracker.domain.errors import StaleEditError
from tracker.domain.forecasts import (
    burn_rate,
    check_new_forecast,
    quarters_between,
)
from tracker.domain.money import ZERO
from tracker.domain.periods import months_after
from tracker.domain.prefilling import Known
from tracker.domain.variances import (
    against_budget,
    against_previous,
    check_explained,
    expected,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from tracker.domain.budgets import BudgetLine
    from tracker.domain.forecasts import (
        Beginnings,
        Forecast,
        ForecastLine,
        NewForecast,
        Place,
        Spent,
    )
    from tracker.domain.money import Money
    from tracker.domain.variances import Comparison, Key, Threshold

MONTHS_OF_PACE: Final = 12  # over which the burn rate is measured


@dataclass(frozen=True, slots=True)
class Forecasting:
    """What is known of a project's spending, planned and done.

    Shape:  ``versions`` are the newest first; ``last_day`` is the last one of anything: of the
            project, of an awarded commitment, of the budget.
    """

    work_packages: tuple[str, ...]
    categories: tuple[str, ...]
    beginnings: Beginnings
    last_day: date
    spent: Spent
    budget: tuple[BudgetLine, ...]
    threshold: Threshold | None
    versions: tuple[Forecast, ...]

    @property
    def newest(self) -> Forecast | None:
        """The newest version, if there is one."""
        return self.versions[0] if self.versions else None

    @property
    def places(self) -> tuple[Place, ...]:
        """Every row that a forecast may have."""
        return tuple((p, c) for p in self.work_packages for c in self.categories)

    def quarters(self, first_day: date) -> tuple[date, ...]:
        """List the quarters of a forecast that begins on a day."""
        return quarters_between(first_day, self.last_day)

    def known(self, first_day: date) -> Known:
        """Give what a forecast that begins on a day may begin with."""
        spent = {key: amount for key, amount in self.spent.items() if key[2] < first_day}
        return Known(self.quarters(first_day), self.places, spent, self.budget, self.newest)

    def before(self, number: int) -> Forecast | None:
        """Give the version before another, if there is one."""
        return next((each for each in self.versions if each.number < number), None)

    def numbered(self, number: int) -> Forecast | None:
        """Give a version by its number, if there is such a one."""
        return next((each for each in self.versions if each.number == number), None)

    def expected(self, first_day: date, lines: Iterable[ForecastLine]) -> dict[Key, Money]:
        """Give what lines come to, with what was spent before them."""
        return expected(self.spent, first_day, lines)

    def burn_rate(self, first_day: date) -> Money:
        """Give what was spent in a month on average, over the year before a day."""
        by_month: dict[date, Money] = {}
        for (_, _, month), amount in self.spent.items():
            by_month[month] = by_month.get(month, ZERO) + amount
        return burn_rate(by_month, months_after(first_day, -1), MONTHS_OF_PACE)

    def comparisons(
        self, first_day: date, lines: Iterable[ForecastLine], before: Forecast | None
    ) -> tuple[Comparison, ...]:
        """Compare lines with the budget and with a version, as far as there are any."""
        now, since = self.expected(first_day, lines), first_day.year
        found = [against_budget(now, self.budget, self.threshold, since)]
        if before:
            then = self.expected(before.first_day, before.lines)
            found.append(against_previous(now, then, self.threshold, since))
        return tuple(each for each in found if each)

    def check(self, new: NewForecast) -> None:
        """Judge a version that somebody wants to keep.

        Errors: ``RuleViolation`` at the field; ``StaleEditError`` where another version came in
                between.
        """
        self._check_newest(new.based_on)
        self.beginnings.check(new.first_day)
        check_new_forecast(new, self.places, self.quarters(new.first_day))
        found = self.comparisons(new.first_day, new.lines, self.newest)
        check_explained(found, new.explanations)

    def _check_newest(self, based_on: int) -> None:
        newest = self.newest
        number = newest.number if newest else 0
        if number != based_on:
            raise StaleEditError(
                "{who} made version {number} on {day} while you had this open: {reason}.",
                "What you typed is still here. Compare it with that version, and save again if it"
                " still holds.",
                who=newest.made_by if newest else "–",
                number=str(number),
                day=newest.made_on if newest else self.last_day,
                reason=newest.reason if newest else "–",
                version=number,
            )
