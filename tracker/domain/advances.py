"""Advances: how much may be paid before the determination, and plans that would pay more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from tracker.domain.ceilings import Ceiling
from tracker.domain.errors import RuleViolation
from tracker.domain.instalments import InstalmentKind
from tracker.domain.money import ZERO, Money
from tracker.domain.shares import WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal


class Planned(NamedTuple):
    """An instalment as a plan names it; a cancelled one is not in the plan."""

    number: int
    amount: Money
    kind: InstalmentKind


def advance_limit(
    amount: Money, ceiling_share: Decimal | None, retention_share: Decimal | None
) -> Money:
    """Give the most that may be paid before the determination, rounded down to the cent.

    Shape:  what the programme does not say (``None``) does not limit; of both, the stricter.
    Source: Kaderbesluit nationale EZ-subsidies, art. 45-47.
    """
    ceiling = WHOLE if ceiling_share is None else ceiling_share
    kept = WHOLE if retention_share is None else WHOLE - retention_share
    return min(amount, amount.share_down(min(ceiling, kept)))


def advance_ceiling(limit: Money, plan: Iterable[Planned]) -> Ceiling:
    """Give the limit of the advances, with what a plan uses of it."""
    return Ceiling(limit, Money.total(p.amount for p in plan if p.kind is InstalmentKind.ADVANCE))


def quarterly_advance(planned: Money, share: Decimal, advance_share: Decimal) -> Money:
    """Give a quarter's advance on the costs planned for a year, rounded down to the cent.

    Units:  480,000 at 45 %, a quarter of it at 90 %, is 48,600.00.
    Source: Kaderbesluit nationale EZ-subsidies, art. 45-47.
    """
    return planned.share_down(share * advance_share / 4)


@dataclass(frozen=True, slots=True)
class PreFinancing:
    """A first payment of which a part stays with a guarantee fund until the balance."""

    amount: Money
    retained: Money

    @property
    def paid(self) -> Money:
        """What reaches the bank."""
        return self.amount - self.retained


def pre_financing(amount: Money, maximum: Money, guarantee_share: Decimal) -> PreFinancing:
    """Split a pre-financing: the guarantee is a share of the whole grant, not of the payment.

    Source: Horizon Europe, Mutual Insurance Mechanism.
    """
    return PreFinancing(amount, min(amount, maximum.share_nearest(guarantee_share)))


def interim_room(
    maximum: Money, ceiling_share: Decimal, pre_financed: Money, interims: Iterable[Money]
) -> Money:
    """Give what interim payments may still be, after the pre-financing; never below zero."""
    used = pre_financed + Money.total(interims)
    return Ceiling(maximum.share_down(ceiling_share), used).room


def check_advances(plan: Sequence[Planned], limit: Money) -> None:
    """Refuse a plan that pays more before the determination than is allowed.

    Shape:  the plan in the order in which it is paid; balances do not count.
    Errors: ``RuleViolation`` on field ``amount_<number>`` of the first advance above the limit,
            naming the room that it has.
    """
    ceiling = advance_ceiling(limit, plan)
    used = ZERO
    for number, amount, kind in plan:
        if kind is not InstalmentKind.ADVANCE:
            continue
        if used + amount > limit:
            raise RuleViolation(
                "The advances would be {total}, and may be {limit} before the determination.",
                "At most {room} fits in number {number}; the rest is paid as the balance.",
                field=f"amount_{number}",
                source="Awb 4:95",
                total=ceiling.used,
                limit=limit,
                room=Ceiling(limit, used).room,
                number=number,
            )
        used += amount


def check_total(plan: Sequence[Planned], amount: Money) -> None:
    """Refuse a plan that pays more than the commitment.

    Errors: ``RuleViolation`` on field ``amount_<number>`` of the first instalment above it.
    """
    used = ZERO
    for planned in plan:
        if used + planned.amount > amount:
            raise RuleViolation(
                "The instalments would be {total}, and the commitment is {amount}.",
                "At most {room} fits in number {number}.",
                field=f"amount_{planned.number}",
                total=Money.total(p.amount for p in plan),
                amount=amount,
                room=Ceiling(amount, used).room,
                number=planned.number,
            )
        used += planned.amount


def check_amounts(plan: Iterable[Planned]) -> None:
    """Refuse an instalment of nothing, or of less.

    Errors: ``RuleViolation`` on field ``amount_<number>``.
    """
    for number, amount, _ in plan:
        if amount <= ZERO:
            raise RuleViolation(
                "Number {number} is {amount}, and an instalment is more than nothing.",
                "Enter an amount, or take the instalment out of the plan.",
                field=f"amount_{number}",
                number=number,
                amount=amount,
            )


def check_plan(
    plan: Sequence[Planned],
    amount: Money,
    ceiling_share: Decimal | None,
    retention_share: Decimal | None,
) -> None:
    """Refuse a plan that pays more than the commitment, or more in advance than is allowed.

    Errors: ``RuleViolation`` on field ``amount_<number>``: of the first instalment above the
            commitment, and where all fit, of the first advance above the ceiling.
    """
    check_amounts(plan)
    check_total(plan, amount)
    check_advances(plan, advance_limit(amount, ceiling_share, retention_share))
