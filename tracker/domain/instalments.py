"""Instalments: what is planned, what releases it, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tracker.domain.money import ZERO, Money

if TYPE_CHECKING:
    from datetime import date


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
