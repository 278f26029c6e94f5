"""Claims: what of a cost counts, and how much of what counts a funder may be asked for."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from tracker.domain.ceilings import Ceiling
from tracker.domain.errors import RuleViolation
from tracker.domain.money import Money
from tracker.domain.shares import WHOLE, nearest

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from tracker.domain.periods import Period


class CostBasis(StrEnum):
    """When a cost counts: once it is incurred, or only once it is paid too."""

    INCURRED = "incurred"
    PAID = "paid"


class VatRule(StrEnum):
    """Whether VAT that cannot be deducted counts, or VAT never does."""

    NOT_DEDUCTIBLE = "not_deductible"
    NEVER = "never"


class Counting(StrEnum):
    """How a cost counts in a report up to a day."""

    ELIGIBLE = "eligible"
    OBLIGATION = "obligation"
    LATER = "later"


def claim_of(eligible: Money, share: Decimal) -> Money:
    """Give what a funder pays of eligible costs.

    Units:  half a cent away from zero: 1,250,000 at 45 % is 562,500.00.
    """
    return eligible.share_nearest(share)


def claim_ceiling(eligible: Money, share: Decimal, committed: Money, claimed: Money) -> Ceiling:
    """Give the most that may be claimed to date: the share of the costs, and never the award more.

    Shape:  everything since the first day: eligible costs, and what was claimed of them before.
    """
    return Ceiling(min(committed, claim_of(eligible, share)), claimed)


def check_claim(amount: Money, ceiling: Ceiling) -> None:
    """Refuse a claim that lifts the total above its ceiling.

    Errors: ``RuleViolation`` on field ``amount``, naming the room.
    """
    if not ceiling.has_room_for(amount):
        raise RuleViolation(
            "With {amount} the claims would be {total}, but no more than {ceiling} can be claimed.",
            "Claim at most {room}.",
            field="amount",
            amount=amount,
            total=ceiling.used + amount,
            ceiling=ceiling.amount,
            room=ceiling.room,
        )


def category_ceiling(budget: Money, tolerance: Decimal, claimed: Money) -> Ceiling:
    """Give the most that may be claimed in a category: its budget and the tolerance on it.

    Units:  rounded down to the cent.
    """
    return Ceiling(budget.share_down(WHOLE + tolerance), claimed)


def check_incurred(incurred_on: date, period: Period, applied_on: date | None = None) -> None:
    """Refuse a cost outside the eligible period, or before the application.

    Errors: ``RuleViolation`` on field ``incurred_on``.
    Source: Kaderbesluit nationale EZ-subsidies, art. 10(2).
    """
    if incurred_on not in period:
        raise RuleViolation(
            "A cost of {day} does not count: the eligible period is {first_day} to {last_day}.",
            "Charge it to a commitment that runs on that day, or have the period amended first.",
            field="incurred_on",
            day=incurred_on,
            first_day=period.first_day,
            last_day=period.last_day,
        )
    if applied_on and incurred_on < applied_on:
        raise RuleViolation(
            "A cost of {day} does not count: the application was made on {applied_on}.",
            "Costs before the application are never eligible; leave it out.",
            field="incurred_on",
            source="Kaderbesluit nationale EZ-subsidies, art. 10(2)",
            day=incurred_on,
            applied_on=applied_on,
        )


def counting_on(
    cut_off: date, basis: CostBasis, incurred_on: date, paid_on: date | None
) -> Counting:
    """Tell how a cost counts in a report that ends on a day, that day included."""
    if incurred_on > cut_off:
        return Counting.LATER
    if basis is CostBasis.INCURRED or (paid_on is not None and paid_on <= cut_off):
        return Counting.ELIGIBLE
    return Counting.OBLIGATION


def net_of(gross: Money, vat_rate: Decimal) -> Money:
    """Take the VAT out of an amount, half a cent away from zero: 12,100 at 21 % is 10,000."""
    return Money(nearest(Fraction(gross.cents) / Fraction(WHOLE + vat_rate)))


def eligible_cost(
    net: Money, vat: Money, not_deductible: Decimal, rule: VatRule = VatRule.NOT_DEDUCTIBLE
) -> Money:
    """Give what counts of an invoice: the net amount, and the VAT that is a cost.

    Shape:  ``not_deductible`` is the share of VAT that cannot be deducted: 0 none, 1 all of it.
    Source: Kaderbesluit nationale EZ-subsidies, art. 10.
    """
    if rule is VatRule.NEVER:
        return net
    return net + vat.share_nearest(not_deductible)
