"""Money in whole euro cents.

No amount ever passes through a binary fraction, and every rounding is named where it happens.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """A sum of euros, exact to the cent. May be negative (a correction)."""

    cents: int

    @classmethod
    def euros(cls, amount: str | int | Decimal) -> Money:
        """Read an exact euro amount.

        Shape:  ``"1250.00"`` -> ``Money(125000)``.
        Errors: ``ValueError`` if the amount has a fraction of a cent.
        """
        return cls(cents_of(Decimal(amount)))

    @classmethod
    def total(cls, amounts: Iterable[Money]) -> Money:
        """Add up any number of amounts; nothing adds up to zero."""
        return cls(sum(amount.cents for amount in amounts))

    @property
    def as_decimal(self) -> Decimal:
        """The amount in euros, exact."""
        return Decimal(self.cents).scaleb(-2)

    def __add__(self, other: Money) -> Money:
        return Money(self.cents + other.cents)

    def __sub__(self, other: Money) -> Money:
        return Money(self.cents - other.cents)

    def __neg__(self) -> Money:
        return Money(-self.cents)

    def __bool__(self) -> bool:
        return self.cents != 0

    def __str__(self) -> str:
        sign = "-" if self.cents < 0 else ""
        whole, rest = divmod(abs(self.cents), 100)
        return f"{sign}€ {whole:,}.{rest:02}"

    def share_down(self, share: Decimal) -> Money:
        """Take a share of this amount, rounding down to the cent: a ceiling is never too high."""
        return Money(int((self.cents * share).to_integral_value(ROUND_FLOOR)))

    def share_nearest(self, share: Decimal) -> Money:
        """Take a share of this amount, rounding half a cent away from zero: a claim."""
        return Money(int((self.cents * share).to_integral_value(ROUND_HALF_UP)))

    def share_out(self, weights: Sequence[int]) -> tuple[Money, ...]:
        """Divide over weights so that the parts add up to the cent; see ``share_out``."""
        return tuple(Money(part) for part in share_out(self.cents, weights))


ZERO = Money(0)


def cents_of(euros: Decimal) -> int:
    """Turn exact euros into cents.

    Errors: ``ValueError`` if there is a fraction of a cent, or no finite number.
    """
    if not euros.is_finite():
        raise ValueError(f"{euros} is not an amount")
    cents = euros.scaleb(2)
    whole = int(cents)
    if whole != cents:
        raise ValueError(f"{euros} euro is not a whole number of cents")
    return whole


def cost_of_hours(hours: Decimal, rate: Decimal) -> Money:
    """Value hours at an hourly rate in euros, half a cent away from zero; the rate stays exact."""
    return Money(int((hours * rate).scaleb(2).to_integral_value(ROUND_HALF_UP)))


def share_out(cents: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Divide cents over weights by largest remainder, so that the parts add up exactly.

    Shape:  same order as ``weights``; the cents left over go to the parts that lost most by
            rounding down, the earlier part first. A negative amount mirrors its positive.
    Units:  48,250.55 over 45, 30 and 25 gives 21,712.75 + 14,475.16 + 12,062.64.
    Errors: ``ValueError`` without weights, for a negative one, or if all are zero.
    """
    return tuple(splitter(weights)(cents))


def splitter(weights: Sequence[int]) -> Callable[[int], Sequence[int]]:
    """Give the function that divides any cents over these weights, as ``share_out`` says."""
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError(f"cannot share out over weights {list(weights)}")
    if len(weights) == 1:
        return lambda cents: (cents,)

    remainder = cache(lambda over: _remainder(over, weights, whole))  # the same ones come back

    def split(cents: int) -> Sequence[int]:
        rounds, over = divmod(-cents if cents < 0 else cents, whole)
        more = remainder(over)
        parts = [rounds * weight + part for weight, part in zip(weights, more, strict=True)]
        return parts if cents >= 0 else [-part for part in parts]

    return split


def _remainder(cents: int, weights: Sequence[int], whole: int) -> Sequence[int]:
    """Divide what is left when every weight has had as many cents as fit, by largest remainder."""
    parts = [cents * weight // whole for weight in weights]
    lost = [cents * weight % whole for weight in weights]
    for _ in range(cents - sum(parts)):
        most = lost.index(max(lost))  # the first of equals: ties go to the earlier part
        lost[most] = -1
        parts[most] += 1
    return parts
