"""Reporting periods: the lock of the books. What is closed is corrected, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from tracker.domain.periods import Period


class PeriodState(StrEnum):
    """Where a reporting period stands."""

    OPEN = "open"
    CLOSING = "closing"  # its checks are being looked at; it can still be changed
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class ReportingPeriod:
    """A period of the books that is open, or closed for good unless two people reopen it."""

    id: int
    period: Period
    state: PeriodState
    version: int


def counting_day(day: date, closed: Sequence[Period]) -> date:
    """Give the day on which something that happened on a day counts: that day if it is open.

    Shape:  otherwise the first day after it that no closed period holds, so that what is late
            counts as soon as it can.
    """
    for period in sorted(closed):
        if day in period:
            day = period.last_day + timedelta(1)
    return day
