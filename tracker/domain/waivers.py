"""Waivers: leave to break a rule for a while, given by somebody other than who asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tracker.domain.errors import RuleViolation

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


class Rule(StrEnum):
    """A rule that may be waived; a programme's term ``on_<rule>`` says whether it stops."""

    ADVANCE_CEILING = "advance_ceiling"
    AID_INTENSITY = "aid_intensity"
    PUBLIC_FUNDING = "public_funding"
    PRIVATE_MINIMUM = "private_minimum"
    VIREMENT = "virement"


class WaiverState(StrEnum):
    """How a waiver stands on a day."""

    ASKED = "waiver_asked"
    HOLDS = "waiver_holds"
    EXPIRED = "waiver_expired"
    ENDED = "waiver_ended"


@dataclass(frozen=True, slots=True)
class Waiver:
    """A waiver as pages and reports show it; no ``commitment`` means the whole project.

    Shape:  ``until`` is the last day on which it holds; from ``ended_on`` it holds no more.
    """

    id: int
    rule: str
    commitment: str
    reason: str
    until: date
    document_id: int | None
    entered_by: str
    approved_by: str
    approved_on: date | None
    ended_on: date | None

    def state(self, day: date) -> WaiverState:
        """Say in one word how it stands."""
        if self.ended_on is not None and self.ended_on <= day:
            return WaiverState.ENDED
        if self.until < day:
            return WaiverState.EXPIRED
        return WaiverState.HOLDS if self.approved_by else WaiverState.ASKED

    def holds_on(self, day: date) -> bool:
        """Whether it was approved, and not over, on a day."""
        return self.state(day) is WaiverState.HOLDS

    def matters_since(self, day: date) -> bool:
        """Whether it was approved, and held on a day or may have held after it."""
        is_over = self.until < day or (self.ended_on is not None and self.ended_on <= day)
        return bool(self.approved_by) and not is_over

    def is_about(self, rule: str, commitment: str) -> bool:
        """Whether it is leave to break a rule for a commitment."""
        return self.rule == rule and self.commitment in ("", commitment)


@dataclass(frozen=True, slots=True)
class NewWaiver:
    """A waiver as somebody asks for it; no ``commitment`` means the whole project."""

    rule: str
    commitment: str
    reason: str
    until: date


def is_waived(waivers: Iterable[Waiver], rule: str, commitment: str, day: date) -> bool:
    """Tell whether a rule may be broken for a commitment on a day."""
    return any(w.is_about(rule, commitment) and w.holds_on(day) for w in waivers)


def check_new_waiver(new: NewWaiver, today: date) -> None:
    """Refuse a waiver without a reason, of no rule, or that is over before it begins.

    Errors: ``RuleViolation`` at the field.
    """
    if new.rule not in frozenset(Rule):
        raise RuleViolation(
            "A waiver is of one of the rules.", "Choose the rule that is waived.", field="rule"
        )
    if not new.reason.strip():
        raise RuleViolation(
            "A waiver has a reason.",
            "Say why the rule may be broken; it is printed on the report.",
            field="reason",
        )
    if new.until < today:
        raise RuleViolation(
            "{day} has passed, so this waiver would never hold.",
            "Enter the last day on which the rule may be broken.",
            field="until",
            day=new.until,
        )


def check_can_approve(waiver: Waiver, today: date) -> None:
    """Refuse to approve what is approved, ended or over already.

    Errors: ``RuleViolation``.
    """
    state = waiver.state(today)
    if state is WaiverState.HOLDS:
        raise RuleViolation("{who} has approved this waiver already.", who=waiver.approved_by)
    if state is not WaiverState.ASKED:
        raise RuleViolation(
            "This waiver was over on {day}.",
            "Ask for a new one if the rule is still to be broken.",
            day=min(waiver.until, waiver.ended_on or waiver.until),
        )


def check_can_end(waiver: Waiver, today: date) -> None:
    """Refuse to end what is over already.

    Errors: ``RuleViolation``.
    """
    if waiver.state(today) in (WaiverState.ENDED, WaiverState.EXPIRED):
        raise RuleViolation(
            "This waiver was over on {day}.",
            "There is nothing to end.",
            day=min(waiver.until, waiver.ended_on or waiver.until),
        )
