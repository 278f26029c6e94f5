"""Judging a decision on a commitment: what must be respected before it may count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.domain.commitments import FIRST_STEPS, Status, check_step
from tracker.domain.errors import Code, RuleViolation
from tracker.domain.money import Money

if TYPE_CHECKING:
    from datetime import date

    from tracker.domain.amendments import Amendment

AMENDABLE = frozenset({Status.DRAFT, *FIRST_STEPS})


@dataclass(frozen=True, slots=True)
class Before:
    """What confirming a decision must respect: how the commitment stands, and what hangs on it.

    Shape:  ``stepped_on`` is the day of the last step on the ladder; ``charged_between`` the
            first and last day of the costs charged, if any; ``charged_categories`` theirs.
    Units:  ``received`` is what came in without what was undone.
    """

    code: str
    status: Status
    amount: Money
    charged: Money
    received: Money
    determined: Money | None = None
    stepped_on: date | None = None
    charged_between: tuple[date, date] | None = None
    charged_categories: frozenset[str] = frozenset()


def check_decision(decision: Amendment, before: Before, today: date) -> None:
    """Refuse a decision that cannot be true of the commitment as it stands.

    Errors: ``RuleViolation`` at the field that is wrong, with the figures.
    """
    _check_dates(decision, before, today)
    _check_step(decision, before)
    _check_amount(decision, before)
    _check_what_was_charged(decision, before)


def _check_step(decision: Amendment, before: Before) -> None:
    if decision.status is not None:
        check_step(before.status, decision.status)
        _check_figures_of_step(decision, before)
    elif before.status is Status.DRAFT:
        raise RuleViolation(
            "A commitment begins as a pledge, a reservation, a conditional award or an award.",
            "Choose which of them it is.",
            field="status",
        )
    changes = decision.amount.cents or decision.period or decision.share or decision.categories
    if before.status not in AMENDABLE and (changes or decision.status is None):
        raise RuleViolation(
            "{code} is {status}: its amount, period, share and categories change no more.",
            "What comes after the determination is settled, not amended.",
            field="amount",
            code=before.code,
            status=Code(before.status),
        )


def _check_dates(decision: Amendment, before: Before, today: date) -> None:
    if decision.decided_on > today:
        raise RuleViolation(
            "{day} is still to come; a decision is entered when it has been taken.",
            "Enter the date of the letter.",
            field="decided_on",
            day=decision.decided_on,
        )
    if decision.status and before.stepped_on and decision.decided_on < before.stepped_on:
        raise RuleViolation(
            "{code} has been {status} since {day}; the next step cannot come before that.",
            "Correct the date.",
            field="decided_on",
            code=before.code,
            status=Code(before.status),
            day=before.stepped_on,
        )
    if before.status is Status.DRAFT and (decision.period is None or not decision.categories):
        raise RuleViolation(
            "A commitment has an eligible period and at least one cost category.",
            "Fill them in.",
            field="first_day" if decision.period is None else "categories",
        )


def _check_amount(decision: Amendment, before: Before) -> None:
    after = before.amount + decision.amount
    if after.cents <= 0:
        raise RuleViolation(
            "{code} would come to {after}; a commitment is more than nothing.",
            "To end a commitment, withdraw it or have it determined.",
            field="amount",
            code=before.code,
            after=after,
        )
    if after < before.charged:
        raise RuleViolation(
            "{code} would come to {after}, and {charged} has been charged to it.",
            "It can be lowered by {room} at most.",
            field="amount",
            code=before.code,
            after=after,
            charged=before.charged,
            room=before.amount - before.charged,
        )


def _check_what_was_charged(decision: Amendment, before: Before) -> None:
    """Keep the costs that were charged inside the period and the categories."""
    if decision.period and before.charged_between:
        first, last = before.charged_between
        if first < decision.period.first_day or last > decision.period.last_day:
            raise RuleViolation(
                "Costs incurred from {first} to {last} have been charged to {code}, outside the"
                " new period.",
                "The period holds those days, or the costs are taken off {code} first.",
                field="first_day" if first < decision.period.first_day else "last_day",
                first=first,
                last=last,
                code=before.code,
            )
    missing = before.charged_categories - set(decision.categories)
    if decision.categories and missing:
        raise RuleViolation(
            "Costs of the category {category} have been charged to {code}.",
            "Leave the category in, or take the costs off {code} first.",
            field="categories",
            category=Code(min(missing)),
            code=before.code,
        )


def _check_figures_of_step(decision: Amendment, before: Before) -> None:
    if decision.status is Status.WITHDRAWN and (before.charged.cents or before.received.cents):
        raise RuleViolation(
            "{code} has received {received} and paid {charged} of costs.",
            "A commitment that was used is not withdrawn but determined, at a lower amount.",
            field="status",
            code=before.code,
            received=before.received,
            charged=before.charged,
        )
    if decision.status is Status.DETERMINED:
        _check_determined(decision.determined, before)
    due = (before.determined or Money(0)) - before.received
    if decision.status is Status.SETTLED and due.cents:
        raise RuleViolation(
            "{code} was determined at {determined}, and {received} came in: {due} is still open.",
            "Match the last receipt, or the repayment, first.",
            field="status",
            code=before.code,
            determined=before.determined or Money(0),
            received=before.received,
            due=due,
        )


def _check_determined(determined: Money | None, before: Before) -> None:
    if determined is None or determined.cents < 0 or determined > before.amount:
        raise RuleViolation(
            "A commitment of {amount} is determined at an amount from nothing to that.",
            "Enter the amount of the determination.",
            field="determined",
            amount=before.amount,
        )
