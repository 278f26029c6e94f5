"""Obligations: what was ordered and is not yet invoiced. Never a cost, shown beside the costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.domain.errors import RuleViolation
from tracker.domain.money import ZERO, Money

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class NewObligation:
    """An order or contract as somebody enters it, by the codes that people know.

    Units:  ``amount`` is the cost that is to come: net, and the VAT that does not come back.
    """

    reference: str
    supplier: str
    description: str
    ordered_on: date
    expected_on: date | None
    amount: Money
    category: str
    work_package: str
    milestone: str = ""
    commitment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation(NewObligation):
    """An order or contract as it stands; ``invoiced`` is what has become cost of it."""

    id: int
    invoiced: Money
    entered_by: str
    ended_on: date | None = None
    ended_for: str = ""
    version: int = 1

    @property
    def open(self) -> Money:
        """What is still to be invoiced; nothing of one that has ended."""
        return ZERO if self.ended_on else max(ZERO, self.amount - self.invoiced)

    @property
    def over(self) -> Money:
        """What was invoiced above the order."""
        return max(ZERO, self.invoiced - self.amount)

    def days_late(self, today: date) -> int:
        """Days that what is still open is past the day on which it was expected; 0 if it is not."""
        if not self.open or self.expected_on is None:
            return 0
        return max(0, (today - self.expected_on).days)


@dataclass(frozen=True, slots=True)
class Invoiced:
    """The part of an obligation that a cost line fulfilled."""

    obligation_id: int
    reference: str
    line_id: int
    key: str
    incurred_on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Ordered:
    """What was spent and what is still ordered of a work package and a category."""

    work_package: str
    category: str
    spent: Money
    ordered: Money

    @property
    def together(self) -> Money:
        """What it comes to once everything is invoiced."""
        return self.spent + self.ordered


def by_lateness(obligations: Iterable[Obligation], today: date) -> tuple[Obligation, ...]:
    """Order obligations by what asks for attention: the latest first, then by expected day."""
    return tuple(
        sorted(
            obligations,
            key=lambda one: (
                not one.open,
                -one.days_late(today),
                one.expected_on is None,
                one.expected_on or one.ordered_on,
                one.id,
            ),
        )
    )


def check_obligation(new: NewObligation, known: Iterable[str], today: date) -> None:
    """Refuse an order that cannot be, or whose reference is another's.

    Errors: ``RuleViolation`` at the field.
    """
    for field in ("reference", "supplier", "description"):
        if not getattr(new, field).strip():
            raise RuleViolation("An order has a reference, a supplier and a subject.",
                                "Fill it in.", field=field)  # fmt: skip
    if new.reference.strip().casefold() in {reference.casefold() for reference in known}:
        raise RuleViolation(
            "“{reference}” is entered already.",
            "Give this order its own reference.",
            field="reference",
            reference=new.reference,
        )
    if new.amount <= ZERO:
        raise RuleViolation(
            "{amount} is no order.",
            "Enter what it will cost.",
            field="amount",
            amount=new.amount,
        )
    if new.ordered_on > today:
        raise RuleViolation(
            "{day} is still to come.",
            "Enter the day of the order.",
            field="ordered_on",
            day=new.ordered_on,
        )
    if new.expected_on is not None and new.expected_on < new.ordered_on:
        raise RuleViolation(
            "It would come on {expected}, before it was ordered on {ordered}.",
            "Correct one of the days.",
            field="expected_on",
            expected=new.expected_on,
            ordered=new.ordered_on,
        )


def check_invoiced(obligation: Obligation, amount: Money, line_left: Money) -> None:
    """Refuse a part that an order has not open, or that a cost line has not left.

    Errors: ``RuleViolation`` on field ``part``, with what there is.
    """
    if obligation.ended_on:
        raise RuleViolation(
            "{reference} ended on {day}.",
            "Choose an order that is open.",
            field="obligation",
            reference=obligation.reference,
            day=obligation.ended_on,
        )
    if amount <= ZERO or amount > line_left:
        raise RuleViolation(
            "{amount} is not what this cost can fulfil: {left} of it belongs to no order.",
            "Enter {left} at most.",
            field="part",
            amount=amount,
            left=line_left,
        )
    if amount > obligation.open:
        raise RuleViolation(
            "{amount} is more than {reference} has open: {open}.",
            "Enter {open} at most; what is invoiced above the order belongs to no order.",
            field="part",
            amount=amount,
            reference=obligation.reference,
            open=obligation.open,
        )


def check_ending(obligation: Obligation, reason: str) -> None:
    """Refuse to end what has nothing open, or without a reason.

    Errors: ``RuleViolation`` on field ``reason``.
    """
    if not obligation.open:
        raise RuleViolation(
            "Nothing of {reference} is open.",
            "There is nothing to end.",
            field="reason",
            reference=obligation.reference,
        )
    if not reason.strip():
        raise RuleViolation(
            "{open} of {reference} will never be invoiced.",
            "Say why.",
            field="reason",
            open=obligation.open,
            reference=obligation.reference,
        )


def over_committed(committed: Money, charged: Money, ordered: Money) -> Money:
    """Give by how much charges and orders together exceed what was committed; never below 0."""
    return max(ZERO, charged + ordered - committed)
