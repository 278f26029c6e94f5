"""Depreciation: what of an asset counts while a project uses it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from tracker.domain.allocations import INELIGIBLE, Reason
from tracker.domain.corrections import Part
from tracker.domain.errors import RuleViolation
from tracker.domain.money import Money
from tracker.domain.shares import WHOLE, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
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


@dataclass(frozen=True, slots=True)
class NewDepreciation:
    """A part of an asset as somebody enters it: the months until a day, and their use."""

    counted_to: date
    residual: Money
    term_months: int
    months: int
    use: Decimal
    description: str


@dataclass(frozen=True, slots=True)
class WrittenOff:
    """A cost line that counts a part of an asset, with what its value is made of."""

    line_id: int
    asset_line_id: int
    asset: Asset
    months: int
    use: Decimal

    @property
    def amount(self) -> Money:
        """What counts of the asset."""
        return depreciation(self.asset, self.months, self.use)


def check_months(new: int, term_months: int, before: int) -> None:
    """Refuse months beyond the term of an asset, with those that were written off before.

    Errors: ``RuleViolation`` on field ``months``, naming what is left.
    """
    left = max(0, term_months - before)
    if not 0 < new <= left:
        raise RuleViolation(
            "{months} months do not fit: of {term} months, {before} have been written off.",
            "Enter from 1 to {left} months.",
            field="months",
            months=new,
            term=term_months,
            before=before,
            left=left,
        )


def check_same_asset(asset: Asset, before: Asset) -> None:
    """Refuse another residual value or term than the asset was written off by before.

    Errors: ``RuleViolation`` on field ``residual`` or ``term_months``.
    """
    if asset.residual != before.residual:
        raise RuleViolation(
            "This asset is written off to {residual}.",
            "Enter that residual value.",
            field="residual",
            residual=before.residual,
        )
    if asset.term_months != before.term_months:
        raise RuleViolation(
            "This asset is written off over {term} months.",
            "Enter that term.",
            field="term_months",
            term=before.term_months,
        )


def check_asset(price: Money, *, is_valued: bool, reported: Money, reported_to: str) -> None:
    """Refuse to write off a cost line that is no purchase, or that a funder has been told of.

    Shape:  ``is_valued`` for one that is hours or depreciation itself; ``reported`` is what is
            charged of it in closed periods whose report was sent.
    Errors: ``RuleViolation``.
    """
    if price.cents <= 0 or is_valued:
        raise RuleViolation(
            "This line is no purchase that can be written off.",
            "Write off the line of the invoice itself.",
        )
    if reported:
        raise RuleViolation(
            "{amount} of the price is in a report that was sent to {commitment}.",
            "Correct the line as not eligible first: that counts in the open period, and says why.",
            amount=reported,
            commitment=reported_to,
        )


def check_moment(new: NewDepreciation, bought_on: date, today: date) -> None:
    """Refuse depreciation before the purchase or in days to come, or without a description.

    Errors: ``RuleViolation`` on field ``counted_to`` or ``description``.
    """
    if not bought_on <= new.counted_to <= today:
        raise RuleViolation(
            "{day} is not between the purchase on {bought} and today, {today}.",
            "Enter the last day of the months that are written off now.",
            field="counted_to",
            day=new.counted_to,
            bought=bought_on,
            today=today,
        )
    if new.use <= 0:
        raise RuleViolation(
            "What the project does not use is not written off on it.",
            "Enter the part of its time that the asset works for the project.",
            field="use",
        )
    if not new.description.strip():
        raise RuleViolation(
            "A cost says what it is.", "Describe it in a few words.", field="description"
        )


def check_not_written_off(written: Sequence[WrittenOff]) -> None:
    """Refuse to take an asset back whose depreciation counts instead of its price.

    Errors: ``RuleViolation`` with what was written off.
    """
    if written:
        raise RuleViolation(
            "{amount} of this asset is written off.",
            "Cancel its lines of depreciation first, each on its own page.",
            amount=Money.total(one.amount for one in written),
        )


def instead_of_price(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Leave what a line is charged for, or could be, to its depreciation.

    Shape:  what is taken off, and the same left again with the reason.
    """
    moved = [part for part in parts if part.cents and part.reason not in INELIGIBLE]
    off = [Part(part.commitment_id, part.reason, -part.cents) for part in moved]
    left = [Part(part.commitment_id, Reason.DEPRECIATED, part.cents) for part in moved]
    return (*off, *left)
