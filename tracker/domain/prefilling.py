"""What a new forecast begins with: an earlier one, what is left of the budget, or the pace."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from tracker.domain.errors import Sentence
from tracker.domain.forecasts import ForecastLine, nearest_part, quarter_code, quarter_of
from tracker.domain.money import ZERO, Money
from tracker.domain.periods import months_after
from tracker.domain.variances import budgeted

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from tracker.domain.budgets import BudgetLine
    from tracker.domain.forecasts import Forecast, Place, Spent

PACE_QUARTERS: Final = 4  # over which the pace of spending is measured


class Basis(StrEnum):
    """What the amounts of a new forecast begin with."""

    PREVIOUS = "previous_forecast"
    BUDGET_LEFT = "budget_left"
    BURN_RATE = "burn_rate"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known when a forecast is begun.

    Shape:  ``spent`` is of the months before the first of the ``quarters``; ``places`` are the
            rows of the forecast.
    """

    quarters: tuple[date, ...]
    places: tuple[Place, ...]
    spent: Spent
    budget: tuple[BudgetLine, ...]
    previous: Forecast | None

    @property
    def bases(self) -> tuple[Basis, ...]:
        """What the amounts may begin with, the best first."""
        found = (
            (Basis.PREVIOUS, self.previous is not None),
            (Basis.BUDGET_LEFT, bool(self.budget)),
            (Basis.BURN_RATE, True),
        )
        return tuple(basis for basis, is_there in found if is_there)


@dataclass(frozen=True, slots=True)
class Filled:
    """The amounts that a row begins with, and where they come from; nothing is left out."""

    work_package: str
    category: str
    amounts: tuple[tuple[date, Money], ...]
    comes_from: Sentence

    @property
    def total(self) -> Money:
        """All quarters of the row."""
        return Money.total(amount for _, amount in self.amounts)


def prefilled(basis: Basis, known: Known) -> tuple[Filled, ...]:
    """Give what each row of a new forecast begins with."""
    if not known.quarters:
        return ()
    if basis is Basis.PREVIOUS and known.previous:
        return _from_previous(known, known.previous)
    if basis is Basis.BUDGET_LEFT:
        return _from_budget(known)
    return _from_pace(known)


def lines_of(rows: Iterable[Filled]) -> tuple[ForecastLine, ...]:
    """Give the lines of a forecast that says what it begins with."""
    return tuple(
        ForecastLine(row.work_package, row.category, quarter, amount)
        for row in rows
        for quarter, amount in row.amounts
    )


def _from_previous(known: Known, previous: Forecast) -> tuple[Filled, ...]:
    said = {(line.work_package, line.category, line.quarter): line for line in previous.lines}
    rows = []
    for place in known.places:
        found = [(q, said[*place, q].amount) for q in known.quarters if (*place, q) in said]
        why = Sentence("Version {number}", {"number": str(previous.number)})
        rows.append(Filled(*place, tuple(found), why if found else Sentence("")))
    return tuple(rows)


def _from_pace(known: Known) -> tuple[Filled, ...]:
    """Go on as in the last four quarters, or as many as there were any costs in."""
    first = known.quarters[0]
    begun = min((quarter_of(month) for _, _, month in known.spent), default=first)
    count = min(PACE_QUARTERS, max(1, _quarters_from(begun, first)))
    since = months_after(first, -3 * count)
    recent: dict[Place, Money] = {}
    for (package, category, month), amount in known.spent.items():
        if since <= month < first:
            recent[package, category] = recent.get((package, category), ZERO) + amount
    rows = []
    for place in known.places:
        whole = recent.get(place, ZERO)
        pace = max(ZERO, nearest_part(whole, count))
        why = Sentence(
            "{spent} in {count} quarters to {last}",
            {"spent": whole, "count": count, "last": quarter_code(months_after(first, -3))},
        )
        amounts = tuple((quarter, pace) for quarter in known.quarters) if pace else ()
        rows.append(Filled(*place, amounts, why if pace else Sentence("")))
    return tuple(rows)


def _quarters_from(first: date, until: date) -> int:
    return ((until.year - first.year) * 12 + until.month - first.month) // 3


def _from_budget(known: Known) -> tuple[Filled, ...]:
    """Spread what is left of each amount of the budget evenly over the quarters that it is for."""
    rows = []
    left = _left(known)
    for place in known.places:
        mine = [part for part in left if part.place == place]
        amounts: dict[date, Money] = {}
        for part in mine:
            even = part.amount.share_out([1] * len(part.quarters))
            for quarter, amount in zip(part.quarters, even, strict=True):
                amounts[quarter] = amounts.get(quarter, ZERO) + amount
        why = Sentence(
            "Budget {budget}, spent {spent}",
            {
                "budget": Money.total(part.budget for part in mine),
                "spent": Money.total(part.spent for part in mine),
            },
        )
        rows.append(Filled(*place, tuple(sorted(amounts.items())), why if mine else Sentence("")))
    return tuple(rows)


def budget_left(known: Known) -> Money:
    """Tell what is left of the budget for the quarters to come: what is overspent takes nothing."""
    return Money.total(part.amount for part in _left(known))


class _Left(NamedTuple):
    """What is left of an amount of the budget for a row, and the quarters that it is for."""

    place: Place
    quarters: tuple[date, ...]
    amount: Money
    budget: Money
    spent: Money


def _left(known: Known) -> list[_Left]:
    """Tell what is left for each row.

    Shape:  of a budget by year only the years count that have quarters left. What is for a whole
            category is divided over the work packages as they spent so far.
    """
    found = []
    for (package, category, year), budget in budgeted(known.budget).items():
        quarters = tuple(quarter for quarter in known.quarters if year in (0, quarter.year))
        places = [(p, c) for p, c in known.places if c == category and package in ("", p)]
        if not quarters or not places:
            continue
        used = _used(known.spent, category, year)
        weights = [max(0, used.get(of, ZERO).cents) for of, _ in places]
        weights = weights if any(weights) else [1] * len(places)
        spent = Money.total(used.get(of, ZERO) for of in ({of for of, _ in places}))
        left = max(ZERO, budget - spent)
        shared = (each.share_out(weights) for each in (left, budget, spent))
        found += [
            _Left(place, quarters, *parts) for place, *parts in zip(places, *shared, strict=True)
        ]
    return found


def _used(spent: Spent, category: str, year: int) -> dict[str, Money]:
    """What was spent for a category, in a year unless that is 0, by work package."""
    found: dict[str, Money] = {}
    for (package, of, month), amount in spent.items():
        if of == category and year in (0, month.year):
            found[package] = found.get(package, ZERO) + amount
    return found
