"""Commitments: the ladder of certainty, their form, and the terms that decide what fits."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tracker.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from tracker.domain.periods import Period


class Status(StrEnum):
    """The ladder of certainty. Only an awarded commitment, and later, counts as committed."""

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


class Form(StrEnum):
    """How a funder contributes."""

    CASH = "cash"
    IN_KIND = "in_kind"
    LOAN = "loan"


@dataclass(frozen=True, slots=True)
class Amendment:
    """A dated, numbered change of a commitment's amount; number 0 is the award itself."""

    number: int
    decided_on: date
    amount: Money
    reason: str


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of the commitment that is to be paid, and the milestone that releases it."""

    number: int
    due_on: date
    amount: Money
    milestone: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money that came in on a commitment."""

    received_on: date
    amount: Money
    counterparty: str
    remittance: str
    recognised_by: str


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
    standing = [c for c in commitments if c.status is not Status.WITHDRAWN]
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
