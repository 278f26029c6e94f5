"""The outlook laid out as tables: quarters that open to months, and what a month is made of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from reports.outlook import basis_of
from tracker.domain.errors import NotFoundError
from tracker.domain.expected import expected_costs
from tracker.domain.expected_receipts import balance_of, month_expected, settled_in
from tracker.domain.money import ZERO, Money
from tracker.domain.periods import month_of, months_after

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracker.domain.expected import Share
    from tracker.domain.outlook import CommitmentOutlook, Funding, Outlook, OutlookFacts

MONTH = re.compile(r"([12][0-9]{3})-(0[1-9]|1[0-2])")
QUARTERS_BACK = 4  # quarters before this one that are told apart


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some months together: what went out and came in, and what was there at their end.

    Shape:  ``months`` are the same of each month, empty for a month.
    """

    name: str
    basis: str
    spending: Money
    uncovered: Money
    receipts: Money
    cash: Money
    pre_financed: Money
    months: tuple[Stretch, ...] = ()

    @property
    def paid(self) -> Money:
        """What commitments pay of the spending."""
        return self.spending - self.uncovered


@dataclass(frozen=True, slots=True)
class YearShared:
    """What a commitment is expected to pay in a year, and what it does not pay of its share."""

    year: int
    paid: Money
    refused: Money


def quarters_of(made: Outlook) -> list[Stretch]:
    """Lay out the quarters from a year ago on; all months before them come first, as one."""
    current = month_of(made.as_of)
    quarter = current.replace(month=(current.month - 1) // 3 * 3 + 1)
    since = months_after(quarter, -3 * QUARTERS_BACK)
    found: dict[str, list[int]] = {}
    for at, month in enumerate(made.months):
        name = "" if month < since else f"{month.year}-Q{(month.month + 2) // 3}"
        found.setdefault(name, []).append(at)
    return [_stretch(made, name, places) for name, places in found.items()]


def _stretch(made: Outlook, name: str, places: Sequence[int]) -> Stretch:
    last = places[-1]
    months = (
        _stretch(made, f"{made.months[at]:%Y-%m}", [at])
        for at in places
        if name and len(places) > 1
    )
    return Stretch(
        name=name,
        basis=basis_of(made, made.months[last]),
        spending=Money.total(made.spending[at] for at in places),
        uncovered=Money.total(made.uncovered[at] for at in places),
        receipts=Money.total(made.receipts[at] for at in places),
        cash=made.cash[last],
        pre_financed=made.pre_financed[last],
        months=tuple(months),
    )


def month_named(text: str) -> date:
    """Read a month such as ``2026-02``.

    Errors: ``NotFoundError`` for anything else.
    """
    found = MONTH.fullmatch(text)
    if found is None:
        raise NotFoundError("“{month}” is no month.", month=text)
    return date(int(found[1]), int(found[2]), 1)


def of_month(facts: OutlookFacts, made: Outlook, month: date) -> dict[str, Any]:
    """Give what the figures of a month are made of.

    Shape:  what the books hold of it, each expected cost, and what each commitment does in it.
    """
    at = made.months.index(month)
    packages = {key: code for code, key in facts.packages.items()}
    categories = {key: code for code, key in facts.categories.items()}
    costs: dict[tuple[str, str], int] = {}
    for cell in expected_costs(facts)[0]:
        if cell.month == month:
            key = (packages.get(cell.work_package_id, ""), categories[cell.category_id])
            costs[key] = costs.get(key, 0) + cell.cents
    before = at - 1
    return {
        "month": month,
        "stretch": _stretch(made, f"{month:%Y-%m}", [at]),
        "booked": Money(facts.spent.get(month, 0)),
        "costs": [(*key, Money(cents)) for key, cents in costs.items()],
        "commitments": [
            (one, one.cash[before] if at else ZERO, one.received[at], one.charged[at], one.cash[at])
            for one in made.by_commitment
            if one.received[at] or one.charged[at] or one.cash[at]
        ],
        "cash_before": made.cash[before] if at else ZERO,
        "months": made.months,
        "at": at,
        "today": facts.as_of,
    }


def years_shared(shares: Iterable[Share]) -> list[YearShared]:
    """Add up what a commitment is expected to pay by year."""
    found: dict[int, list[Share]] = {}
    for each in shares:
        found.setdefault(each.month.year, []).append(each)
    return [
        YearShared(
            year,
            Money.total(each.paid for each in of),
            Money.total(each.refused for each in of),
        )
        for year, of in found.items()
    ]


def money_of(facts: OutlookFacts, one: CommitmentOutlook, funding: Funding) -> dict[str, Any]:
    """Give what is left of a commitment, and what is still to be received on it, step by step."""
    balance = balance_of(funding, one.left.cents) if one.moves_cash else 0
    return {
        "room": Money(funding.room),
        "awaited": [(each, month_expected(each, facts.as_of)) for each in funding.awaited],
        "balance": Money(balance),
        "settled_in": settled_in(funding, facts.as_of),
        "ZERO": ZERO,
    }


def lines_of(facts: OutlookFacts, shares: Sequence[Share], year: int | None) -> dict[str, Any]:
    """Give a commitment's shares of expected costs: by year, and each of one year."""
    return {
        "years": years_shared(shares),
        "shares": [each for each in shares if each.month.year == year],
        "refused": Money.total(each.refused for each in shares),
        "packages": {key: code for code, key in facts.packages.items()},
        "categories": {key: code for code, key in facts.categories.items()},
    }
