"""The only clock: rules get the day as an argument."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

OFFICE = ZoneInfo("Europe/Amsterdam")


def today() -> date:
    """Tell which day it is at the office."""
    return datetime.now(OFFICE).date()


def at_office(moment: datetime) -> datetime:
    """Write an aware moment in the time of the office."""
    return moment.astimezone(OFFICE)


def moment_of(seconds: int) -> datetime:
    """Turn seconds since 1970 into an aware moment."""
    return datetime.fromtimestamp(seconds, UTC)
