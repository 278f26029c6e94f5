"""Instalments: what is planned, what releases it, and how far it has come."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from tracker.domain.errors import RuleViolation
from tracker.domain.money import ZERO, Money
from tracker.domain.periods import Period, calendar_year, months_after

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from decimal import Decimal


class InstalmentKind(StrEnum):
    """Whether an instalment is paid before the determination, or after it."""

    ADVANCE = "advance"
    BALANCE = "balance"


class InstalmentState(StrEnum):
    """How far an instalment has come."""

    PLANNED = "planned"
    REQUESTED = "requested"
    PART_RECEIVED = "part_received"
    RECEIVED = "received"
    HELD_BACK = "held_back"
    OVERDUE = "overdue"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of the commitment that is to be paid, and what releases it.

    Shape:  a ``milestone`` that must be met, or a ``report`` that must be accepted, or neither:
            then the date alone.
    """

    number: int
    due_on: date
    amount: Money
    milestone: str = ""
    id: int = 0
    kind: InstalmentKind = InstalmentKind.ADVANCE
    report: str = ""
    requested_on: date | None = None
    accepted_on: date | None = None
    held_back: Money = ZERO
    held_back_reason: str = ""
    received: Money = ZERO
    is_cancelled: bool = False
    milestone_met_on: date | None = None

    @property
    def expected(self) -> Money:
        """What should come in: the amount without what the funder holds back."""
        return Money(0) if self.is_cancelled else self.amount - self.held_back

    @property
    def outstanding(self) -> Money:
        """What should still come in; never below zero."""
        return max(Money(0), self.expected - self.received)

    @property
    def is_released(self) -> bool:
        """Whether nothing but its date stands between the instalment and the bank."""
        if self.milestone:
            return self.milestone_met_on is not None
        return not self.report or self.accepted_on is not None

    def state(self, today: date) -> InstalmentState:
        """Say in one word how far it has come."""
        if self.is_cancelled:
            return InstalmentState.CANCELLED
        if self.received.cents > 0:
            done = self.outstanding.cents == 0
            return InstalmentState.RECEIVED if done else InstalmentState.PART_RECEIVED
        if self.expected.cents == 0:
            return InstalmentState.HELD_BACK
        if self.due_on < today and self.is_released:
            return InstalmentState.OVERDUE
        return InstalmentState.REQUESTED if self.requested_on else InstalmentState.PLANNED


_DAY: Final = r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}"
NAMED: Final = re.compile(
    rf"(?<![0-9A-Za-z-])(?:{_DAY}_{_DAY}|[12][0-9]{{3}}(?:-[Qq][1-4])?)(?![0-9A-Za-z-])"
)
"""A period by its short name among other words."""
YEAR_OF_AWARD: Final = re.compile(r"\b(?:year|jaar) ([1-9][0-9]?)\b(?!-)", re.IGNORECASE)
"""A year of the commitment by its number, in either language."""


def is_released_by(one: Instalment, period: Period, eligible: Period) -> bool:
    """Tell whether an instalment waits for a report that its plan names by this very period.

    Shape:  ``Progress report 2023`` waits for the report over 2023. ``Year 3`` waits for that over
            the third year of the eligible period, by the calendar or from its first day on. A
            text that names two periods waits for none that can be told.
    """
    codes = {found.upper() for found in NAMED.findall(one.report)}
    numbers = {int(found) for found in YEAR_OF_AWARD.findall(one.report)}
    waits = not one.is_cancelled and one.accepted_on is None and len(numbers) <= 1
    return (
        waits
        and bool(codes or numbers)
        and codes <= {period.code.upper()}
        and all(period in _years_numbered(number, eligible) for number in numbers)
    )


def _years_numbered(number: int, eligible: Period) -> tuple[Period, ...]:
    """Give the year of that number of an eligible period: whole, and as far as it is eligible."""
    first, last = (months_after(eligible.first_day, 12 * n) for n in (number - 1, number))
    whole = (calendar_year(first.year), Period(first, last - timedelta(1)))
    return whole + tuple(
        Period(max(year.first_day, eligible.first_day), min(year.last_day, eligible.last_day))
        for year in whole
        if year.first_day <= eligible.last_day
    )


@dataclass(frozen=True, slots=True)
class NewInstalment:
    """An instalment as somebody plans it; ``number`` tells which one of the plan it is."""

    number: int
    due_on: date
    amount: Money
    kind: InstalmentKind = InstalmentKind.ADVANCE
    milestone: str = ""
    report: str = ""


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """What a programme says of instalments on the day of the decision.

    Shape:  ``None`` where it says nothing; ``stops`` unless it says that a breach only warns.
    """

    ceiling_share: Decimal | None
    retention_share: Decimal | None
    stops: bool
    is_waived: bool

    @property
    def is_strict(self) -> bool:
        """Whether a plan above the ceiling is refused."""
        return self.stops and not self.is_waived


def check_replan(known: Mapping[int, Instalment], wished: Sequence[NewInstalment]) -> None:
    """Refuse a plan that forgets what came in, or that releases one instalment in two ways.

    Shape:  ``known`` by number; what is not wished any more is taken out of the plan.
    Errors: ``RuleViolation`` on field ``amount_<number>``, ``milestone_…`` or ``report_…``.
    """
    kept = {one.number for one in wished}
    for number, instalment in known.items():
        if number not in kept and instalment.received:
            raise RuleViolation(
                "Number {number} stays in the plan: {received} has come in on it.",
                "Undo the receipt, or assign it to another instalment, first.",
                field=f"amount_{number}",
                number=number,
                received=instalment.received,
            )
    milestones: dict[str, int] = {}
    for one in wished:
        _check_release(one, milestones)
        if one.number in known:
            _check_not_below(one, known[one.number])


def _check_release(one: NewInstalment, milestones: dict[str, int]) -> None:
    if one.milestone and one.report:
        raise RuleViolation(
            "Number {number} is released by milestone {milestone} already.",
            "Leave out the report or the milestone: one of them releases it.",
            field=f"report_{one.number}",
            number=one.number,
            milestone=one.milestone,
        )
    if one.milestone in milestones:
        raise RuleViolation(
            "Milestone {milestone} releases number {other} already.",
            "A milestone releases one instalment; add them up, or choose another.",
            field=f"milestone_{one.number}",
            milestone=one.milestone,
            other=milestones[one.milestone],
        )
    if one.milestone:
        milestones[one.milestone] = one.number


def _check_not_below(one: NewInstalment, known: Instalment) -> None:
    least = known.received + known.held_back
    if one.amount < least:
        raise RuleViolation(
            "Number {number} would be {amount}, and {received} has come in and {held} is held"
            " back.",
            "It is at least {least}.",
            field=f"amount_{one.number}",
            number=one.number,
            amount=one.amount,
            received=known.received,
            held=known.held_back,
            least=least,
        )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an instalment has come, apart from the money: asked for, released, held back."""

    requested_on: date | None = None
    accepted_on: date | None = None
    held_back: Money = ZERO
    held_back_reason: str = ""


def check_progress(known: Instalment, progress: Progress, today: date) -> None:
    """Refuse what cannot be true of an instalment.

    Errors: ``RuleViolation`` at the field.
    """
    for field, day in (
        ("requested_on", progress.requested_on),
        ("accepted_on", progress.accepted_on),
    ):
        if day and day > today:
            raise RuleViolation(
                "{day} is still to come.",
                "Enter the day on which it was done.",
                field=field,
                day=day,
            )
    if progress.accepted_on and not known.report:
        raise RuleViolation(
            "Number {number} is not released by a report.",
            "Name the report in the plan first.",
            field="accepted_on",
            number=known.number,
        )
    _check_held_back(known, progress)


def _check_held_back(known: Instalment, progress: Progress) -> None:
    held, room = progress.held_back, known.amount - known.received
    if held < ZERO or held > max(ZERO, room):
        raise RuleViolation(
            "{held} cannot be held back: number {number} is {amount}, and {received} has come in.",
            "At most {room} can be held back.",
            field="held_back",
            held=held,
            number=known.number,
            amount=known.amount,
            received=known.received,
            room=max(ZERO, room),
        )
    if held and not progress.held_back_reason.strip():
        raise RuleViolation(
            "{held} is held back without a reason.",
            "Enter the funder's reason; the page shows it.",
            field="held_back_reason",
            held=held,
        )
    if not held and progress.held_back_reason.strip():
        raise RuleViolation(
            "There is a reason, and nothing is held back.",
            "Enter how much is held back, or take the reason out.",
            field="held_back",
        )
