"""Determination: what is settled in the end, how a report is accounted for, and what is material.

Thresholds are a programme's dated terms; they come in as arguments.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tracker.domain.commitments import Status
from tracker.domain.errors import RuleViolation
from tracker.domain.money import ZERO, Money
from tracker.domain.shares import exceeds, share_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from decimal import Decimal

    from tracker.domain.decisions import Before


@dataclass(frozen=True, slots=True)
class Settlement:
    """What is left to pay once the amount is determined, one way or the other.

    Units:  ``amount`` is determined − advances: positive to receive, negative to repay.
    Source: Awb 4:95 and 4:57.
    """

    determined: Money
    advances: Money

    @property
    def amount(self) -> Money:
        """What is settled, with its sign."""
        return self.determined - self.advances

    @property
    def to_receive(self) -> Money:
        """What the funder still pays; never below zero."""
        return max(ZERO, self.amount)

    @property
    def to_repay(self) -> Money:
        """What goes back to the funder; never below zero."""
        return max(ZERO, -self.amount)


@dataclass(frozen=True, slots=True)
class Deviation:
    """Actual costs beside the budget of the same period."""

    budget: Money
    actual: Money

    @property
    def amount(self) -> Money:
        """Actual − budget: negative when less was spent."""
        return self.actual - self.budget

    @property
    def share(self) -> Decimal | None:
        """The deviation as a share of the budget; without a budget there is none."""
        return share_of(self.amount, self.budget)

    def is_reportable(self, threshold: Decimal | None) -> bool:
        """Tell whether the funder must hear of it; without a threshold never.

        Shape:  any cost where nothing was budgeted deviates.
        Source: Kaderbesluit nationale EZ-subsidies, art. 37.
        """
        if threshold is None:
            return False
        return exceeds(max(self.amount, -self.amount), self.budget, threshold)


class Arrangement(StrEnum):
    """How the recipient accounts for a subsidy, by the size of the award."""

    DIRECT = "direct"
    PERFORMANCE = "performance"
    COSTS_AND_PERFORMANCE = "costs_and_performance"


def arrangement_of(award: Money, performance_from: Money, costs_from: Money) -> Arrangement:
    """Tell how an award is accounted for; each threshold belongs to the heavier arrangement.

    Shape:  one award decision is one award, however many years it covers.
    Source: Aanwijzingen voor subsidieverstrekking.
    """
    if award >= costs_from:
        return Arrangement.COSTS_AND_PERFORMANCE
    return Arrangement.PERFORMANCE if award >= performance_from else Arrangement.DIRECT


def needs_auditor(amount: Money, threshold: Money | None) -> bool:
    """Tell whether an auditor's report goes with the request; without a threshold never.

    Shape:  the award, or for Horizon Europe the EU contribution that is requested.
    """
    return threshold is not None and amount >= threshold


class Opinion(StrEnum):
    """What an auditor says about a statement with so much error in it."""

    UNQUALIFIED = "unqualified"
    QUALIFIED = "qualified"
    ADVERSE = "adverse"


@dataclass(frozen=True, slots=True)
class Materiality:
    """How much error a statement bears: below ``unqualified`` none is named, above ``adverse`` all.

    Source: Controleprotocol (Regeling nationale EZ-subsidies, bijlage 1.3).
    """

    unqualified: Money
    adverse: Money


def materiality(total: Money, unqualified_share: Decimal, adverse_share: Decimal) -> Materiality:
    """Give the two limits of error on a total, rounded down to the cent."""
    return Materiality(total.share_down(unqualified_share), total.share_down(adverse_share))


def error_total(errors: Iterable[Money]) -> Money:
    """Add up errors as an auditor does: each for what it is, none makes up for another."""
    return Money.total(max(error, -error) for error in errors)


def opinion_on(errors: Iterable[Money], limits: Materiality) -> Opinion:
    """Tell which opinion the errors leave possible."""
    found = error_total(errors)
    if found < limits.unqualified or not found:
        return Opinion.UNQUALIFIED
    return Opinion.ADVERSE if found > limits.adverse else Opinion.QUALIFIED


@dataclass(frozen=True, slots=True)
class Request:
    """A request for determination: when it was sent, and the amount that was claimed."""

    requested_on: date
    claimed: Money


def check_request(request: Request, before: Before, today: date, earlier: date | None) -> None:
    """Refuse a request that cannot have been sent; ``earlier`` is when one was sent before.

    Errors: ``RuleViolation`` at the field that is wrong, with the figures.
    Source: Awb 4:44.
    """
    if earlier is not None:
        raise RuleViolation(
            "The determination of {code} was requested on {day}.",
            "A request is sent once; what changed since is in the funder's decision.",
            code=before.code,
            day=earlier,
        )
    if before.status is not Status.AWARDED:
        raise RuleViolation(
            "Only an awarded commitment is determined, and {code} is not.",
            "Enter the award first.",
            code=before.code,
        )
    if request.requested_on > today:
        raise RuleViolation(
            "{day} is still to come; a request is entered when it has been sent.",
            "Enter the date of the letter.",
            field="requested_on",
            day=request.requested_on,
        )
    if not ZERO <= request.claimed <= before.amount:
        raise RuleViolation(
            "{claimed} was claimed, and {code} is {amount}.",
            "Claim an amount from nothing to that.",
            field="claimed",
            claimed=request.claimed,
            code=before.code,
            amount=before.amount,
        )
