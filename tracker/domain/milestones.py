"""Milestones: baseline, moves with their reasons, what late means, and how far they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from tracker.domain.money import Money

WEIGHT_MAX: Final = 1_000_000
PROGRESS_MAX: Final = 100


class MilestoneStatus(StrEnum):
    """What has become of a milestone.

    Source: Open Contracting Data Standard, milestone status.
    """

    SCHEDULED = "scheduled"
    MET = "met"
    PARTLY_MET = "partly_met"
    NOT_MET = "not_met"


class Standing(StrEnum):
    """How a milestone stands on a day, by a shape and a word beside the colour."""

    MET = "met"
    MET_LATE = "met_late"
    NOT_MET = "not_met"
    LATE = "late"
    SLIPPED = "slipped"
    ON_SCHEDULE = "on_schedule"


@dataclass(frozen=True, slots=True)
class Move:
    """A new date for a milestone, when it was decided, and why."""

    moved_on: date
    to_day: date
    reason: str


@dataclass(frozen=True, slots=True)
class Release:
    """An instalment that waits for a milestone."""

    commitment_code: str
    funder_id: int
    number: int
    amount: Money
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Milestone:
    """A dated, verifiable event. The baseline never changes; each move is kept.

    Shape:  ``after`` are the codes of the milestones that come before it; ``progress`` is a
            percentage.
    """

    code: str
    title: str
    work_package: str
    weight: int
    baseline: date
    moves: tuple[Move, ...]
    met_on: date | None
    releases: Release | None = None
    id: int = 0
    project_id: int = 0
    owner: str = ""
    status: MilestoneStatus = MilestoneStatus.SCHEDULED
    progress: int = 0
    criteria: str = ""
    after: tuple[str, ...] = ()
    version: int = 1

    @property
    def current(self) -> date:
        """The date it is planned for now: the last move's, or else the baseline."""
        return self.moves[-1].to_day if self.moves else self.baseline

    @property
    def is_open(self) -> bool:
        """Whether it is still to be met: neither met, nor given up."""
        return self.met_on is None and self.status is not MilestoneStatus.NOT_MET

    def as_of(self, day: date) -> Milestone:
        """Give it as it was planned on a day: what came later did not exist.

        Shape:  progress, and that it was given up, carry no day: they are told as they are now.
        """
        moves = tuple(move for move in self.moves if move.moved_on <= day)
        if self.met_on is None or self.met_on <= day:
            return replace(self, moves=moves)
        return replace(self, moves=moves, met_on=None, status=MilestoneStatus.SCHEDULED, progress=0)

    def slip_days(self) -> int:
        """Days from the baseline to the day it was met, or else to the current date."""
        return ((self.met_on or self.current) - self.baseline).days

    def days_late(self, today: date) -> int:
        """Days that an open milestone is past its current date; 0 when it is not."""
        return max(0, (today - self.current).days) if self.is_open else 0

    def standing(self, today: date) -> Standing:
        """Say in one word how it stands."""
        if self.met_on:
            return Standing.MET_LATE if self.met_on > self.baseline else Standing.MET
        if not self.is_open:
            return Standing.NOT_MET
        if today > self.current:
            return Standing.LATE
        return Standing.SLIPPED if self.current > self.baseline else Standing.ON_SCHEDULE


def progress_of(milestones: Iterable[Milestone]) -> Decimal | None:
    """Say how far milestones are together, each by its weight; nothing without any weight.

    Units:  a share: 30 % x 100 + 50 % x 60 + 20 % x 0 is 0.6.
    """
    weighed = [(milestone.weight, milestone.progress) for milestone in milestones]
    whole = sum(weight for weight, _ in weighed)
    if not whole:
        return None
    return Decimal(sum(weight * progress for weight, progress in weighed)) / (whole * PROGRESS_MAX)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A document that must show that a milestone was met; ``document_id`` once it is there."""

    id: int
    title: str
    document_id: int | None = None


def missing_of(evidence: Iterable[Evidence]) -> tuple[str, ...]:
    """Name the evidence that is not there yet."""
    return tuple(one.title for one in evidence if one.document_id is None)


@dataclass(frozen=True, slots=True)
class ReportDue:
    """A report to a funder that is due so many weeks after a milestone."""

    id: int
    commitment: str
    title: str
    weeks: int

    def due_on(self, milestone: Milestone) -> date:
        """The day on which it is due, as the milestone stands."""
        return (milestone.met_on or milestone.current) + timedelta(weeks=self.weeks)


@dataclass(frozen=True, slots=True)
class MilestoneTerms:
    """What may change of a milestone besides its date: all of it is written down by people.

    Shape:  ``after`` are codes of milestones, ``evidence`` the titles of what it asks for.
    """

    title: str
    work_package: str
    weight: int
    owner: str = ""
    criteria: str = ""
    after: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
