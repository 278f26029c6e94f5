"""Commitments: the ladder of certainty, their form, and the terms that decide what fits."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tracker.domain.errors import Code, RuleViolation
from tracker.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from decimal import Decimal

    from tracker.domain.amendments import Amendment
    from tracker.domain.periods import Period


class Status(StrEnum):
    """The ladder of certainty. Only an awarded commitment, and later, counts as committed.

    A draft has been entered and not confirmed: it counts nowhere, and funders do not see it.
    """

    DRAFT = "draft"
    PLEDGE = "pledge"
    RESERVED = "reserved"
    CONDITIONAL = "conditional"
    AWARDED = "awarded"
    DETERMINED = "determined"
    SETTLED = "settled"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


COMMITTED = frozenset({Status.AWARDED, Status.DETERMINED, Status.SETTLED, Status.CLOSED})
PLEDGED = frozenset({Status.PLEDGE, Status.RESERVED})
FIRST_STEPS = (Status.PLEDGE, Status.RESERVED, Status.CONDITIONAL, Status.AWARDED)
UNCOUNTED = frozenset({Status.DRAFT, Status.WITHDRAWN})

LADDER: dict[tuple[Status, Status], str] = {
    (Status.DRAFT, Status.PLEDGE): "pledge",
    (Status.DRAFT, Status.RESERVED): "reserve",
    (Status.DRAFT, Status.CONDITIONAL): "award on conditions",
    (Status.DRAFT, Status.AWARDED): "award",
    (Status.PLEDGE, Status.RESERVED): "reserve",
    (Status.PLEDGE, Status.CONDITIONAL): "award on conditions",
    (Status.PLEDGE, Status.AWARDED): "award",
    (Status.RESERVED, Status.CONDITIONAL): "award on conditions",
    (Status.RESERVED, Status.AWARDED): "award",
    (Status.CONDITIONAL, Status.AWARDED): "award",
    (Status.AWARDED, Status.DETERMINED): "determine",
    (Status.DETERMINED, Status.SETTLED): "settle",
    (Status.SETTLED, Status.CLOSED): "close",
    (Status.PLEDGE, Status.WITHDRAWN): "withdraw",
    (Status.RESERVED, Status.WITHDRAWN): "withdraw",
    (Status.CONDITIONAL, Status.WITHDRAWN): "withdraw",
    (Status.AWARDED, Status.WITHDRAWN): "withdraw",
}
"""Every step that a commitment may take, and the deed that takes it."""


def next_steps(status: Status) -> tuple[Status, ...]:
    """List where a commitment may go from here, in the order of the ladder."""
    return tuple(to for to in Status if (status, to) in LADDER)


def check_step(before: Status, after: Status) -> None:
    """Refuse a step that the ladder does not have.

    Errors: ``RuleViolation`` on field ``status``.
    Source: Awb title 4.2; the funnel of the National Growth Fund.
    """
    if (before, after) not in LADDER:
        raise RuleViolation(
            "A commitment does not go from “{before}” to “{after}”.",
            "The ladder is: pledge, reserved, conditional, awarded, determined, settled, closed;"
            " a commitment can be withdrawn until it is determined.",
            field="status",
            before=Code(before),
            after=Code(after),
        )


class Form(StrEnum):
    """How a funder contributes."""

    CASH = "cash"
    IN_KIND = "in_kind"
    LOAN = "loan"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money that came in on a commitment, or on none yet.

    Shape:  ``entry_id`` is its bank entry's key, 0 for one entered by hand; ``instalment`` the
            number of the instalment that it pays, 0 for none.
    """

    received_on: date
    amount: Money
    counterparty: str
    remittance: str
    recognised_by: str
    id: int = 0
    entry_id: int = 0
    instalment: int = 0


@dataclass(frozen=True, slots=True)
class Commitment:
    """A funder's promise as it stands, with what has come in and gone out on it.

    Units:  ``amount`` is the award with all its amendments; ``award`` is the award alone.
    """

    id: int
    code: str
    funder_id: int
    funder: str
    programme: str
    reference: str
    status: Status
    form: Form
    decided_on: date
    period: Period
    award: Money
    amount: Money
    received: Money
    charged: Money
    share: Decimal | None = None
    determined: Money | None = None
    conditions: str = ""
    programme_id: int = 0
    version: int = 1
    project_id: int = 0

    @property
    def is_committed(self) -> bool:
        """Whether the promise binds the funder."""
        return self.status in COMMITTED

    @property
    def remaining(self) -> Money:
        """What may still be charged."""
        return self.amount - self.charged

    @property
    def cash_on_hand(self) -> Money | None:
        """Received − charged; negative means the facility pre-finances; none for in kind."""
        if self.form is Form.IN_KIND or not self.is_committed:
            return None
        return self.received - self.charged


@dataclass(frozen=True, slots=True)
class Particulars:
    """What may change of a commitment without a decision of the funder.

    Shape:  work packages and milestones that it is meant for, by code; none means all.
    """

    conditions: str = ""
    work_packages: tuple[str, ...] = ()
    milestones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Promise:
    """A commitment as it is entered: what it is, and the decision that it begins with."""

    programme_id: int
    code: str
    reference: str
    form: Form
    decision: Amendment
    particulars: Particulars = Particulars()


@dataclass(frozen=True, slots=True)
class FundingTotals:
    """The figures of a list of commitments; what is not binding stands apart."""

    committed: Money
    conditional: Money
    pledged: Money
    received: Money
    charged: Money
    remaining: Money
    cash_on_hand: Money


def funding_totals(commitments: Iterable[Commitment]) -> FundingTotals:
    """Add up commitments by how certain they are."""
    standing = [c for c in commitments if c.status not in UNCOUNTED]
    binding = [c for c in standing if c.is_committed]
    return FundingTotals(
        committed=Money.total(c.amount for c in binding),
        conditional=Money.total(c.amount for c in standing if c.status is Status.CONDITIONAL),
        pledged=Money.total(c.amount for c in standing if c.status in PLEDGED),
        received=Money.total(c.received for c in standing),
        charged=Money.total(c.charged for c in standing),
        remaining=Money.total(c.remaining for c in binding),
        cash_on_hand=Money.total(c.cash_on_hand or Money(0) for c in binding),
    )
