"""Reminders: who is told what, when, and never twice."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to be reminded of; ``own_only`` leaves out what others look after."""

    rhythm: Rhythm = Rhythm.DAILY
    in_30_days: bool = True
    in_14_days: bool = True
    in_3_days: bool = True
    overdue: bool = True
    own_only: bool = False
