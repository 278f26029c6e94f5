"""Flat rates: overhead that a funder pays as a share of direct costs. Computed, never charged.

What a flat rate covers may not be charged as a real cost too: that would be funded twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tracker.domain.claims import claim_ceiling, claim_of
from tracker.domain.money import Money
from tracker.domain.shares import WHOLE

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class FlatRate:
    """The flat rate of a commitment, with what is charged of the costs that it is computed on.

    Shape:  ``base`` are the keys of the categories that it is computed on, ``covers`` of those
            that it pays for. ``charged`` is what the commitment pays in its base.
    Units:  cents.
    """

    share: Decimal
    base: frozenset[int]
    covers: frozenset[int]
    charged: int = 0

    def overhead(self, more: int = 0) -> int:
        """Give the overhead, with so much more charged in its base; half a cent away from zero."""
        return Money(self.charged + more).share_nearest(self.share).cents

    def cost_of(self, more: int) -> int:
        """Tell what it takes of the commitment to charge so much more in its base."""
        return more + self.overhead(more) - self.overhead()

    def most(self, left: int) -> int:
        """Give the most that can be charged in its base, so that its overhead fits beside it."""
        if left <= 0:
            return 0
        found = Money(left).share_down(WHOLE / (WHOLE + self.share)).cents
        while self.cost_of(found + 1) <= left:
            found += 1
        while found and self.cost_of(found) > left:
            found -= 1
        return found

    def after(self, more: int) -> FlatRate:
        """Give the flat rate with so much more charged in its base."""
        return FlatRate(self.share, self.base, self.covers, self.charged + more)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a commitment can be asked for: direct costs, computed overhead, and its share of them.

    Shape:  ``costs`` are the direct costs by category, each with whether overhead is computed on
            it. ``funding_share`` is ``None`` where the funder pays all, up to what it committed.
    """

    costs: tuple[tuple[str, Money, bool], ...]
    overhead_share: Decimal
    overhead: Money
    funding_share: Decimal | None
    committed: Money

    @property
    def direct(self) -> Money:
        """All direct costs."""
        return Money.total(amount for _, amount, _ in self.costs)

    @property
    def base(self) -> Money:
        """The direct costs on which overhead is computed."""
        return Money.total(amount for _, amount, counts in self.costs if counts)

    @property
    def total(self) -> Money:
        """Direct costs and overhead."""
        return self.direct + self.overhead

    @property
    def asked(self) -> Money:
        """The funder's share of the total, whatever it committed."""
        return claim_of(self.total, self.funding_share or WHOLE)

    @property
    def amount(self) -> Money:
        """What can be claimed: never more than was committed."""
        share = self.funding_share or WHOLE
        return claim_ceiling(self.total, share, self.committed, Money(0)).amount


def claim_with(
    costs: Sequence[tuple[str, Money]],
    base: Sequence[str],
    overhead_share: Decimal | None,
    *,
    funding_share: Decimal | None,
    committed: Money,
) -> Claim:
    """Compute what a commitment can be asked for, from its direct costs by category.

    Source: domain rules 1, 3 and 12.
    """
    share = overhead_share or Decimal(0)
    counted = tuple((code, amount, bool(share) and code in base) for code, amount in costs)
    on = Money.total(amount for _, amount, counts in counted if counts)
    return Claim(counted, share, on.share_nearest(share), funding_share, committed)
