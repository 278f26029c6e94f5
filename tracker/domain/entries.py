"""Cost lines as they are entered in the tracker, and where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tracker.domain.allocations import INELIGIBLE, Reason
from tracker.domain.claims import eligible_cost, net_of
from tracker.domain.errors import Code, RuleViolation
from tracker.domain.money import ZERO, Money
from tracker.domain.shares import WHOLE

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

BY_HAND: Final = "HAND"
CORRECTION: Final = "CORR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a cost line says, by the ids of what it points at.

    Units:  cents; ``amount`` is the net price and the VAT that cannot be deducted, ``vat`` all
            VAT on the document, ``ineligible`` the part that no funder may be asked for.
    """

    incurred_on: date
    amount: int
    category_id: int
    work_package_id: int | None
    cost_centre: str
    account: str
    supplier: str
    document: str
    invoice: str
    description: str
    booked_on: date | None = None
    paid_on: date | None = None
    vat: int = 0
    vat_deductible: int = 0
    ineligible: int = 0
    ineligible_for: str = ""
    person: str = ""
    milestone_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Why a cost line was made in the tracker.

    Shape:  ``counted_on`` is the day of the period to count it in, if that is not the one in
            which it was incurred; ``charge_id`` the deed that judges it, if the rules do not.
    """

    journal: str
    counted_on: date | None = None
    corrects_id: int | None = None
    reverses_id: int | None = None
    charge_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCost:
    """A cost as somebody enters it, by the codes that people know.

    Shape:  ``deductible`` is the share of the VAT that comes back. ``ineligible_for`` says why a
            part may not be asked of any funder. ``double_because`` says why a cost that looks
            like another is one of its own.
    """

    incurred_on: date
    supplier: str
    description: str
    gross: Money
    category: str
    work_package: str
    vat: Money = ZERO
    deductible: Decimal = WHOLE
    ineligible: Money = ZERO
    ineligible_for: str = ""
    booked_on: date | None = None
    paid_on: date | None = None
    invoice: str = ""
    document: str = ""
    account: str = ""
    person: str = ""
    milestone: str = ""
    double_because: str = ""

    @property
    def net(self) -> Money:
        """The price without VAT."""
        return self.gross - self.vat

    @property
    def cost(self) -> Money:
        """What it costs: the net price, and the VAT that does not come back."""
        return eligible_cost(self.net, self.vat, WHOLE - self.deductible)

    @property
    def vat_deductible(self) -> Money:
        """The VAT that comes back."""
        return self.gross - self.cost

    @property
    def eligible(self) -> Money:
        """What funders may be asked for."""
        return self.cost - self.ineligible


def vat_of(gross: Money, rate: Decimal | None, told: Money | None) -> Money:
    """Give the VAT in an amount, by its rate or as it stands on the invoice.

    Shape:  12,100.00 at 21 % holds 2,100.00. An invoice may round each of its lines, so a told
            amount counts where it differs from the rate by no more than a cent in a hundred euros.
    Errors: ``RuleViolation`` on field ``vat`` where the two contradict each other.
    """
    if rate is None:
        return told or ZERO
    by_rate = gross - net_of(gross, rate)
    if told is None:
        return by_rate
    slack = Money(max(1, abs(gross.cents) // 10_000))
    if not by_rate - slack <= told <= by_rate + slack:
        raise RuleViolation(
            "{rate} VAT in {gross} is {by_rate}, and not {told}.",
            "Correct one of the three, or leave the rate or the VAT empty.",
            field="vat",
            rate=rate,
            gross=gross,
            by_rate=by_rate,
            told=told,
        )
    return told


def check_cost(new: NewCost, today: date) -> None:
    """Refuse a cost that cannot be: no amount, days still to come, parts above their whole.

    Errors: ``RuleViolation`` at the field.
    """
    if new.gross <= ZERO:
        raise RuleViolation(
            "{amount} is no cost.",
            "Enter what the invoice asks for. A credit note is entered at the line that it lowers.",
            field="gross",
            amount=new.gross,
        )
    if not ZERO <= new.vat < new.gross:
        raise RuleViolation(
            "{vat} VAT does not fit in {gross}.",
            "Enter the VAT that is part of the amount.",
            field="vat",
            vat=new.vat,
            gross=new.gross,
        )
    for field in ("supplier", "description"):
        if not getattr(new, field).strip():
            raise RuleViolation("A cost says who asks for what.", "Fill it in.", field=field)
    _check_days(new, today)
    _check_eligible(new)


def _check_days(new: NewCost, today: date) -> None:
    for field in ("incurred_on", "booked_on", "paid_on"):
        day = getattr(new, field)
        if day is not None and day > today:
            raise RuleViolation(
                "{day} is still to come.",
                "Enter a day until today. What was ordered and is still to be invoiced is an"
                " obligation.",
                field=field,
                day=day,
            )


def _check_eligible(new: NewCost) -> None:
    if not ZERO <= new.ineligible <= new.cost:
        raise RuleViolation(
            "{part} of a cost of {cost} cannot be left out.",
            "Leave out {cost} of it at most.",
            field="ineligible",
            part=new.ineligible,
            cost=new.cost,
        )
    if bool(new.ineligible) != bool(new.ineligible_for):
        raise RuleViolation(
            "A part that does not count has an amount and a reason.",
            "Enter both, or neither.",
            field="ineligible_for" if new.ineligible else "ineligible",
        )
    if new.ineligible_for and new.ineligible_for not in INELIGIBLE:
        raise RuleViolation(
            "“{reason}” is no reason for which a part does not count.",
            "Choose one of the list.",
            field="ineligible_for",
            reason=Code(new.ineligible_for),
        )
    if new.ineligible_for == Reason.DEPRECIATED and new.eligible:
        raise RuleViolation(
            "Of what is written off, no part of the price counts; {rest} of it would.",
            "Leave out all of {cost}.",
            field="ineligible",
            rest=new.eligible,
            cost=new.cost,
        )


def check_double(new: NewCost, like: str) -> None:
    """Refuse a cost that looks like one that is there, until somebody says why it is another.

    Shape:  ``like`` is the key of the line that it looks like; nothing where there is none.
    Errors: ``RuleViolation`` on field ``double_because``.
    """
    if like and not new.double_because.strip():
        raise RuleViolation(
            "{key} is a cost of the same supplier, with the same invoice and amount.",
            "If this is another cost, say why; otherwise leave it out.",
            field="double_because",
            key=like,
        )
