"""Reminders: who is told what, when, and never twice."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from tracker.domain.deadlines import OF_FUNDERS, in_order
from tracker.domain.policy import Permission, Role, is_allowed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from tracker.domain.deadlines import Due

ESCALATES_AFTER: Final = 14
"""Days after which what is late is told to the directors."""
MONDAY: Final = 0
REST_OF_WEEK: Final = 6
"""Days that a weekly digest looks further ahead: there is none before the next Monday."""


class Rhythm(StrEnum):
    """How often somebody gets a digest by mail."""

    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


class Step(StrEnum):
    """When somebody is reminded of a deadline."""

    IN_30_DAYS = "in_30_days"
    IN_14_DAYS = "in_14_days"
    IN_3_DAYS = "in_3_days"
    OVERDUE = "overdue"
    ESCALATED = "escalated"


DAYS_AHEAD: Final = ((3, Step.IN_3_DAYS), (14, Step.IN_14_DAYS), (30, Step.IN_30_DAYS))
MOST_URGENT_FIRST: Final = (
    Step.ESCALATED,
    Step.OVERDUE,
    Step.IN_3_DAYS,
    Step.IN_14_DAYS,
    Step.IN_30_DAYS,
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to be reminded of; ``own_only`` leaves out what others look after."""

    rhythm: Rhythm = Rhythm.DAILY
    in_30_days: bool = True
    in_14_days: bool = True
    in_3_days: bool = True
    overdue: bool = True
    own_only: bool = False

    def wants(self, step: Step) -> bool:
        """Tell whether a step is wished; what is escalated is overdue too."""
        return {
            Step.IN_30_DAYS: self.in_30_days,
            Step.IN_14_DAYS: self.in_14_days,
            Step.IN_3_DAYS: self.in_3_days,
        }.get(step, self.overdue)

    def is_for(self, today: date) -> bool:
        """Tell whether a digest is sent on a day: every day, on Mondays, or never."""
        if self.rhythm is Rhythm.WEEKLY:
            return today.weekday() == MONDAY
        return self.rhythm is Rhythm.DAILY


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who looks at deadlines: what they may see, and what is theirs to do."""

    id: int
    name: str
    email: str
    role: Role
    funder_id: int | None = None

    def sees(self, due: Due) -> bool:
        """Tell whether a deadline is for these eyes: a funder sees what is its own."""
        if self.role is Role.FUNDER_VIEWER:
            return (
                due.kind in OF_FUNDERS and bool(due.funder_id) and due.funder_id == self.funder_id
            )
        return is_allowed(self.role, Permission.SEE_BOOKS)

    def looks_after(self, due: Due) -> bool:
        """Tell whether a deadline is theirs: by name where it has an owner, or else by role."""
        if self.role is Role.FUNDER_VIEWER:
            return self.sees(due)
        if due.owner:
            return due.owner.casefold() in (self.name.casefold(), self.email.casefold())
        return due.role is self.role


@dataclass(frozen=True, slots=True)
class Line:
    """A deadline that somebody is told of, and at which step."""

    due: Due
    step: Step


def usual_wish(role: Role) -> Wish:
    """Give what somebody is reminded of who never chose: who enters nothing gets no mail.

    Shape:  directors are told what is theirs, and what is escalated to them.
    """
    if role in (Role.ADMINISTRATOR, Role.AUDITOR):
        return Wish(Rhythm.NEVER)
    return Wish(own_only=role is Role.DIRECTOR)


def step_of(due: Due, role: Role, today: date, ahead: int = 0) -> Step | None:
    """Tell at which step a deadline is for a role; nothing where it is far off.

    Shape:  ``ahead`` are days without another digest: what comes nearer in them is told now.
    """
    left = due.days_left(today)
    if left < 0:
        is_escalated = role is Role.DIRECTOR and left < -ESCALATES_AFTER
        return Step.ESCALATED if is_escalated else Step.OVERDUE
    return next((step for days, step in DAYS_AHEAD if left - ahead <= days), None)


def lines_for(
    reader: Reader,
    wish: Wish,
    dues: Iterable[Due],
    told: Collection[tuple[str, Step]],
    today: date,
) -> tuple[Line, ...]:
    """List what somebody is told in the next digest, the most urgent first.

    Shape:  ``told`` are the lines and steps that were sent to them before.
    """
    ahead = REST_OF_WEEK if wish.rhythm is Rhythm.WEEKLY else 0
    found: dict[Step, list[Due]] = {step: [] for step in MOST_URGENT_FIRST}
    for due in dues:
        step = step_of(due, reader.role, today, ahead) if reader.sees(due) else None
        if step is None or not wish.wants(step) or (due.line, step) in told:
            continue
        if step is Step.ESCALATED or not wish.own_only or reader.looks_after(due):
            found[step].append(due)
    return tuple(Line(due, step) for step, of in found.items() for due in in_order(of))
