"""Shares of amounts: how one is found from two amounts, compared, and rounded in the end."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

    from tracker.domain.money import Money

WHOLE = Decimal(1)


def share_of(part: Money, whole: Money) -> Decimal | None:
    """Tell which share one amount is of another; of nothing there is none.

    Units:  rounded to 28 digits: to show, not to judge by.
    """
    return Decimal(part.cents) / whole.cents if whole else None


def exceeds(part: Money, whole: Money, share: Decimal) -> bool:
    """Tell whether one amount is more than a share of another, to the last digit."""
    return part.cents > whole.cents * share


def nearest(cents: Fraction) -> int:
    """Round an exact fraction of cents, half a cent away from zero."""
    twice = 2 * abs(cents)
    rounded = (twice.numerator + twice.denominator) // (2 * twice.denominator)
    return rounded if cents >= 0 else -rounded
