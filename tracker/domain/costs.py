"""Cost lines: which lines of the books are costs of the project, and which are not, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from tracker.domain.money import ZERO, Money, cost_of_hours

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal


class Exclusion(StrEnum):
    """Why a line of the books is no cost of the project. The first reason counts."""

    NOT_A_COST = "not_a_cost"
    OTHER_PROJECT = "other_project"
    INELIGIBLE_ACCOUNT = "ineligible_account"


INELIGIBLE = "ineligible"


def exclusion_of(category: str | None, line_project: str, project: str) -> Exclusion | None:
    """Judge one line by the category of its account and by its project.

    Shape:  ``None`` for a line that is a cost of the project.
    """
    if category is None:
        return Exclusion.NOT_A_COST
    if line_project != project:
        return Exclusion.OTHER_PROJECT
    if category == INELIGIBLE:
        return Exclusion.INELIGIBLE_ACCOUNT
    return None


@dataclass(frozen=True, slots=True)
class InKindRow:
    """Hours that a partner contributed; never cash."""

    partner: str
    worked_on: date
    work_package: str
    hours: Decimal
    rate: Decimal
    description: str

    @property
    def value(self) -> Money:
        """Hours × rate, half a cent away from zero."""
        return cost_of_hours(self.hours, self.rate)


class Origin(StrEnum):
    """Where a cost line comes from."""

    LEDGER = "ledger"
    IN_KIND = "in_kind"
    EXPORT = "export"  # a table of cost lines from any administration
    BY_HAND = "by_hand"  # entered in the tracker, or put there by a correction


class InvoiceSignature(NamedTuple):
    """What two bookings of the same invoice have in common."""

    supplier: str
    invoice: str
    dated: date
    amounts: tuple[int, ...]


class CostOrder(StrEnum):
    """The orders in which cost lines can be listed."""

    NEWEST = "newest"
    OLDEST = "oldest"
    LARGEST = "largest"
    SMALLEST = "smallest"


class CostState(StrEnum):
    """How much of a cost line has been charged."""

    CHARGED = "charged"  # all of it
    PARTLY = "partly"  # a part; the rest has a reason
    NOT_CHARGED = "not_charged"  # nothing; each share has a reason
    WAITING = "waiting"  # not yet judged by the split rules


@dataclass(frozen=True, slots=True)
class CostFilter:
    """Which cost lines a list shows. An absent wish is ``None`` or ``""``."""

    year: int | None = None
    category: str = ""
    work_package: str = ""
    account: str = ""
    commitment: str = ""
    state: CostState | None = None
    reason: str = ""
    text: str = ""
    order: CostOrder = CostOrder.NEWEST


@dataclass(frozen=True, slots=True)
class CostShare:
    """What became of one share of a cost line: charged, or left with a reason."""

    commitment: str
    amount: Money
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CostLine:
    """A cost of the project, as it stands in the books, with what became of it.

    Shape:  ``key`` is the ledger key, such as ``2023 INK 17/1``; ``shares`` is filled for a line
            looked at by itself and for the lines of a page. ``counted_on`` is filled where it
            counts in another period than the one in which it was incurred.
    """

    id: int
    key: str
    origin: Origin
    incurred_on: date
    booked_on: date | None
    supplier: str
    document: str
    invoice: str
    description: str
    category: str
    work_package: str
    account: str
    amount: Money
    shares: tuple[CostShare, ...] = ()
    counted_on: date | None = None
    paid_on: date | None = None
    vat: Money = ZERO
    vat_deductible: Money = ZERO
    ineligible: Money = ZERO
    ineligible_for: str = ""
    person: str = ""
    milestone_id: int | None = None
    milestone: str = ""
    corrects_id: int | None = None
    reverses_id: int | None = None
    reversed_by_id: int | None = None
    is_judged_apart: bool = False

    @property
    def gross(self) -> Money:
        """What the document asks for: the cost, and the VAT that comes back."""
        return self.amount + self.vat_deductible

    @property
    def net(self) -> Money:
        """What the document asks for without VAT."""
        return self.gross - self.vat

    @property
    def eligible(self) -> Money:
        """What funders may be asked for, as it was entered."""
        return self.amount - self.ineligible

    @property
    def counts_on(self) -> date:
        """The day whose period it counts in."""
        return self.counted_on or self.incurred_on

    @property
    def vat_borne(self) -> Money:
        """The VAT that does not come back, and so is a cost."""
        return self.vat - self.vat_deductible

    @property
    def is_settled(self) -> bool:
        """Tell whether it was taken back, or takes another line back."""
        return self.reverses_id is not None or self.reversed_by_id is not None

    @property
    def charged(self) -> Money:
        """What commitments pay of it."""
        return Money(sum(share.amount.cents for share in self.shares if not share.reason))

    @property
    def state(self) -> CostState:
        """How much of it has been charged."""
        if not self.shares and self.amount:
            return CostState.WAITING
        if all(not share.reason for share in self.shares):
            return CostState.CHARGED
        return CostState.PARTLY if self.charged else CostState.NOT_CHARGED


@dataclass(frozen=True, slots=True)
class CostPage:
    """One page of a list of cost lines, and what the whole list adds up to.

    Shape:  ``next_key`` and ``previous_key`` go into the address; ``None`` at the ends.
            ``is_counted`` is false where there are more lines than were counted and added up.
    """

    lines: tuple[CostLine, ...]
    line_count: int
    amount: Money
    next_key: str | None
    previous_key: str | None
    is_counted: bool = True
