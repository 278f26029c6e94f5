"""Variances: what a forecast comes to beside the budget or another version, and why it differs.

Everything is told apart by its work package, category and year, and never by its place in a row.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from tracker.domain.budgets import Detail, detail_of
from tracker.domain.errors import RuleViolation
from tracker.domain.forecasts import Against
from tracker.domain.money import ZERO, Money
from tracker.domain.shares import exceeds, share_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date
    from decimal import Decimal

    from tracker.domain.budgets import BudgetLine
    from tracker.domain.forecasts import ForecastExplanation, ForecastLine, Spent

Key: TypeAlias = tuple[str, str, int]  # work package, category, year
Amounts: TypeAlias = "Mapping[Key, Money]"


@dataclass(frozen=True, slots=True)
class Threshold:
    """From which deviation on a programme wants to know why, and which programme that is."""

    share: Decimal
    programme: str
    source: str


@dataclass(frozen=True, slots=True)
class Variance:
    """What is expected beside what was budgeted, or expected before.

    Shape:  year 0 is the whole project; an empty work package or category means that they are
            not told apart.
    """

    work_package: str
    category: str
    year: int
    before: Money
    expected: Money

    @property
    def key(self) -> Key:
        """What it is about."""
        return self.work_package, self.category, self.year

    @property
    def difference(self) -> Money:
        """Expected − before: above zero where more is expected."""
        return self.expected - self.before

    @property
    def size(self) -> Money:
        """The difference, whichever way it goes."""
        return max(self.difference, -self.difference)

    @property
    def share(self) -> Decimal | None:
        """The difference as a share of what was there before; none of nothing."""
        return share_of(self.difference, self.before)

    @property
    def share_of_size(self) -> Decimal | None:
        """The size as a share of what was there before; none of nothing."""
        return None if self.share is None else abs(self.share)

    def is_above(self, share: Decimal) -> bool:
        """Tell whether it is more than a share of what was there before, either way.

        Source: domain rule 21: 342,000 of a budgeted 480,000 is −28.75 %, which is more than 25 %;
                exactly 25 % is not.
        """
        return exceeds(self.size, max(self.before, -self.before), share)


@dataclass(frozen=True)
class Comparison:
    """All variances of a forecast against one other thing.

    Shape:  an explanation is asked from the year ``since`` on, in which the forecast begins: of
            the years before it nothing can be changed any more, and earlier versions told of them.
    """

    against: Against
    rows: tuple[Variance, ...]
    threshold: Threshold | None
    since: int

    @cached_property
    def differing(self) -> tuple[Variance, ...]:
        """The rows that differ."""
        return tuple(row for row in self.rows if row.difference)

    @cached_property
    def shown(self) -> tuple[Variance, ...]:
        """The rows that differ, of the years that the forecast is about."""
        return tuple(row for row in self.differing if self._is_coming(row))

    @property
    def hidden(self) -> int:
        """How many rows do not differ."""
        return len(self.rows) - len(self.differing)

    @property
    def earlier(self) -> Variance | None:
        """The years before the forecast began together, where they differ."""
        rows = [row for row in self.rows if not self._is_coming(row)]
        return _together(rows) if any(row.difference for row in rows) else None

    @property
    def total(self) -> Variance:
        """All rows together, those that do not differ too."""
        return _together(self.rows)

    @cached_property
    def asked(self) -> tuple[Variance, ...]:
        """The rows for which an explanation is asked."""
        if self.threshold is None:
            return ()
        share = self.threshold.share
        return tuple(row for row in self.shown if row.is_above(share))

    def _is_coming(self, row: Variance) -> bool:
        return not row.year or row.year >= self.since

    def unexplained(self, said: Iterable[ForecastExplanation]) -> tuple[Variance, ...]:
        """The rows for which an explanation is asked and not given."""
        given = tuple(said)
        return tuple(row for row in self.asked if not self.explained(row, given))

    def explained(self, row: Variance, said: Iterable[ForecastExplanation]) -> tuple[str, ...]:
        """Give what was said of a row, or of more that holds it."""
        return tuple(
            each.said
            for each in said
            if each.against is self.against
            and each.year == row.year
            and each.work_package in ("", row.work_package)
            and each.category in ("", row.category)
        )


def _together(rows: Iterable[Variance]) -> Variance:
    found = tuple(rows)
    before, now = (row.before for row in found), (row.expected for row in found)
    return Variance("", "", 0, Money.total(before), Money.total(now))


def budgeted(lines: Iterable[BudgetLine]) -> dict[Key, Money]:
    """Add a budget up by work package, category and year, as far as it tells them apart."""
    found: dict[Key, Money] = {}
    for line in lines:
        key = line.work_package, line.category, line.year
        found[key] = found.get(key, ZERO) + line.amount
    return found


def expected(spent: Spent, first_day: date, lines: Iterable[ForecastLine]) -> dict[Key, Money]:
    """Give what a forecast comes to: what was spent before its first day, and what it says."""
    found: dict[Key, Money] = {}
    for (package, category, month), amount in spent.items():
        if month < first_day:
            key = package, category, month.year
            found[key] = found.get(key, ZERO) + amount
    for line in lines:
        key = line.work_package, line.category, line.quarter.year
        found[key] = found.get(key, ZERO) + line.amount
    return found


def added_up(
    amounts: Amounts, *, packages: bool = False, categories: bool = False, years: bool = False
) -> dict[Key, Money]:
    """Add amounts up to what is to be told apart."""
    found: dict[Key, Money] = {}
    for (package, category, year), amount in amounts.items():
        key = package if packages else "", category if categories else "", year if years else 0
        found[key] = found.get(key, ZERO) + amount
    return found


def variances(now: Amounts, before: Amounts) -> tuple[Variance, ...]:
    """Set two sets of amounts side by side by what they are about; what is in one only, too."""
    return tuple(
        Variance(*key, before.get(key, ZERO), now.get(key, ZERO))
        for key in sorted({*now, *before}, key=lambda key: (key[2], key[0], key[1]))
    )


def against_budget(
    now: Amounts, budget: Collection[BudgetLine], threshold: Threshold | None, since: int
) -> Comparison | None:
    """Compare a forecast with the budget, as far as that tells things apart; none without one."""
    if not budget:
        return None
    detail = detail_of(budget)
    coarse = added_up(
        now,
        packages=detail in (Detail.WORK_PACKAGE, Detail.BOTH),
        categories=True,
        years=detail in (Detail.YEAR, Detail.BOTH),
    )
    rows = variances(coarse, budgeted(budget))
    return Comparison(Against.BUDGET, rows, threshold, since)


def against_previous(
    now: Amounts, before: Amounts, threshold: Threshold | None, since: int
) -> Comparison:
    """Compare a forecast with another version, each with what was spent before it began."""
    return Comparison(Against.PREVIOUS, variances(now, before), threshold, since)


def check_explained(
    comparisons: Iterable[Comparison], said: Collection[ForecastExplanation]
) -> None:
    """Refuse a version of which a deviation above the threshold is not explained.

    Errors: ``RuleViolation`` at the field of the explanation.
    """
    for comparison in comparisons:
        for row in comparison.unexplained(said):
            raise not_explained(comparison, row)


def not_explained(comparison: Comparison, row: Variance) -> RuleViolation:
    """Say of a deviation what it is, and that it has to be explained."""
    threshold = comparison.threshold
    if threshold is None:
        raise AssertionError("without a threshold nothing is asked")
    return RuleViolation(
        "{expected} is expected where {before} was, and {programme} wants to know of more than"
        " {share}.",
        "Say why, here or for the whole work package.",
        field=why_name(comparison.against, *row.key),
        source=threshold.source,
        expected=row.expected,
        before=row.before,
        programme=threshold.programme,
        share=threshold.share,
    )


def why_name(against: Against, work_package: str, category: str, year: int) -> str:
    """Name the field of an explanation within a form."""
    return f"why_{against}.{work_package}.{category}.{year or ''}"
