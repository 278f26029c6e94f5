"""Milestones: baseline, moves with their reasons, and what late means."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from tracker.domain.money import Money


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


@dataclass(frozen=True, slots=True)
class Milestone:
    """A dated, verifiable event. The baseline never changes; each move is kept."""

    code: str
    title: str
    work_package: str
    weight: int
    baseline: date
    moves: tuple[Move, ...]
    met_on: date | None
    releases: Release | None = None

    @property
    def current(self) -> date:
        """The date it is planned for now: the last move's, or else the baseline."""
        return self.moves[-1].to_day if self.moves else self.baseline

    def slip_days(self) -> int:
        """Days from the baseline to the day it was met, or else to the current date."""
        return ((self.met_on or self.current) - self.baseline).days

    def days_late(self, today: date) -> int:
        """Days that an unmet milestone is past its current date; 0 when it is not."""
        return 0 if self.met_on else max(0, (today - self.current).days)

    def standing(self, today: date) -> Standing:
        """Say in one word how it stands."""
        if self.met_on:
            return Standing.MET_LATE if self.met_on > self.baseline else Standing.MET
        if today > self.current:
            return Standing.LATE
        return Standing.SLIPPED if self.current > self.baseline else Standing.ON_SCHEDULE
