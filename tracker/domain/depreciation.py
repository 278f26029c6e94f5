"""Depreciation: what of an asset counts while a project uses it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from tracker.domain.errors import RuleViolation
from tracker.domain.money import Money
from tracker.domain.shares import WHOLE, nearest

if TYPE_CHECKING:
    from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Asset:
    """Something that is used for years: bought once, at a price that stays the same.

    Errors: ``RuleViolation`` for a term shorter than the scheme's shortest, and for a residual
            value above the price.
    Source: Kaderbesluit nationale EZ-subsidies, art. 10: linear, historic price, at least 5 years.
    """

    price: Money
    residual: Money
    term_months: int
    shortest_months: int

    def __post_init__(self) -> None:
        if self.term_months < max(1, self.shortest_months):
            raise RuleViolation(
                "A term of {term} months is shorter than the {shortest} that the scheme asks.",
                "Write the asset off over at least {shortest} months.",
                field="term_months",
                term=self.term_months,
                shortest=max(1, self.shortest_months),
            )
        if not Money(0) <= self.residual <= self.price:
            raise RuleViolation(
                "A residual value of {residual} does not fit a price of {price}.",
                "Enter a residual value from zero to the price.",
                field="residual",
                residual=self.residual,
                price=self.price,
            )

    @property
    def depreciable(self) -> Money:
        """What is written off over the whole term: the residual value never counts."""
        return self.price - self.residual


def depreciation(asset: Asset, months: int, use: Decimal) -> Money:
    """Give what counts of an asset for the months and the share that the project uses it.

    Units:  half a cent away from zero; 480,000 × 18/60 months × 75 % is 108,000.00.
    Errors: ``RuleViolation`` on field ``months`` or ``use`` for more than there is.
    """
    if not 0 <= months <= asset.term_months:
        raise RuleViolation(
            "{months} months of use do not fit a term of {term} months.",
            "After its term an asset is written off: enter at most {term} months.",
            field="months",
            months=months,
            term=asset.term_months,
        )
    if not 0 <= use <= WHOLE:
        raise RuleViolation(
            "The share of use must lie between 0 and 100 %.",
            "Enter the part of its time that the asset works for the project.",
            field="use",
        )
    part = Fraction(months, asset.term_months) * Fraction(use)
    return Money(nearest(asset.depreciable.cents * part))


def check_charged_once(asset: str, price_charged: Money, depreciation_charged: Money) -> None:
    """Refuse that the price and the depreciation of one asset are both charged.

    Errors: ``RuleViolation`` on field ``amount``.
    """
    if price_charged and depreciation_charged:
        raise RuleViolation(
            "Of “{asset}” both the price ({price}) and depreciation ({written_off}) are charged.",
            "Charge one of the two: the same cost may not count twice.",
            field="amount",
            asset=asset,
            price=price_charged,
            written_off=depreciation_charged,
        )
