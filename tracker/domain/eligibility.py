"""Eligibility: what of the costs counts, what is economic use, and what nobody pays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.domain.allocations import INELIGIBLE, Reason
from tracker.domain.money import ZERO, Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class YearOfCosts:
    """The costs that were incurred in a year, divided over what became of them.

    Source: domain rule 27: eligible + ineligible + not charged = total.
    """

    year: int
    total: Money
    charged: Money = ZERO
    economic: Money = ZERO
    ineligible: Money = ZERO
    not_charged: Money = ZERO

    @property
    def waiting(self) -> Money:
        """What the split rules have not judged yet."""
        return self.total - self.charged - self.economic - self.ineligible - self.not_charged


def years_of_costs(
    totals: Mapping[int, Money],
    charged: Mapping[int, Money],
    left: Iterable[tuple[int, Reason, Money]],
) -> tuple[YearOfCosts, ...]:
    """Divide the costs of each year, the first year first.

    Shape:  ``left`` is what nobody pays by year and reason; economic use stands by itself.
    """
    economic: dict[int, Money] = {}
    ineligible: dict[int, Money] = {}
    rest: dict[int, Money] = {}
    for year, reason, amount in left:
        apart = ineligible if reason in INELIGIBLE else rest
        of = economic if reason is Reason.ECONOMIC_USE else apart
        of[year] = of.get(year, ZERO) + amount
    return tuple(
        YearOfCosts(
            year,
            totals[year],
            charged.get(year, ZERO),
            economic.get(year, ZERO),
            ineligible.get(year, ZERO),
            rest.get(year, ZERO),
        )
        for year in sorted(totals)
    )


def whole_of(years: Iterable[YearOfCosts]) -> YearOfCosts:
    """Add years up; the sum is of no year."""
    known = tuple(years)
    return YearOfCosts(
        0,
        *(
            Money.total(getattr(one, part) for one in known)
            for part in ("total", "charged", "economic", "ineligible", "not_charged")
        ),
    )
