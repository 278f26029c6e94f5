"""Reporting periods: the lock of the books. What is closed is corrected, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from tracker.domain.errors import Code, RuleViolation
from tracker.domain.money import ZERO
from tracker.domain.periods import Period

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracker.domain.money import Money


class PeriodState(StrEnum):
    """Where a reporting period stands."""

    OPEN = "open"
    CLOSING = "closing"  # its checks are being looked at; it can still be changed
    CLOSED = "closed"


class Length(StrEnum):
    """How long the periods of a series are."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


MONTHS: Final = {Length.MONTH: 1, Length.QUARTER: 3, Length.YEAR: 12}
LADDER: Final[dict[tuple[PeriodState, PeriodState], str]] = {
    (PeriodState.OPEN, PeriodState.CLOSING): "begin closing",
    (PeriodState.CLOSING, PeriodState.OPEN): "break closing off",
    (PeriodState.CLOSING, PeriodState.CLOSED): "close period",
    (PeriodState.CLOSED, PeriodState.OPEN): "reopen period",
}
"""Which steps there are, and what each is called in the audit trail."""


@dataclass(frozen=True, slots=True)
class ReportingPeriod:
    """A period of the books that is open, or closed for good unless two people reopen it."""

    id: int
    period: Period
    state: PeriodState
    version: int

    @property
    def code(self) -> str:
        """Its short name, such as ``2024-Q1``."""
        return self.period.code


class Check(StrEnum):
    """What is looked at before a period is closed."""

    INVARIANTS = "invariants_broken"
    BOOKS = "books_apart"
    WAITING = "lines_waiting"
    LEFT = "lines_left"
    DOUBLES = "booked_twice"
    FILES = "files_on_their_way"
    MONEY = "money_unmatched"
    DRAFTS = "drafts_waiting"
    INSTALMENTS = "instalments_late"
    HOURS = "hours_unsigned"
    WAIVERS = "waivers_over"


BLOCKING: Final = frozenset({Check.INVARIANTS, Check.BOOKS, Check.WAITING})
"""What keeps a period from closing; the rest is accepted with a reason."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Something in a period that is not finished: how many, and how much where that is known.

    Shape:  ``reason`` is why lines are left, and empty for everything else.
    """

    check: Check
    count: int
    amount: Money | None = None
    reason: str = ""

    @property
    def blocks(self) -> bool:
        """Whether the period cannot be closed while it is there."""
        return self.check in BLOCKING


@dataclass(frozen=True, slots=True)
class PeriodFigures:
    """What counts in a period."""

    costs: Money = ZERO
    charged: Money = ZERO
    not_charged: Money = ZERO
    received: Money = ZERO


@dataclass(frozen=True, slots=True)
class Reopening:
    """A request to open a closed period again."""

    id: int
    period: ReportingPeriod
    reason: str
    asked_by: str


@dataclass(frozen=True, slots=True)
class SentReport:
    """A report over a period that a funder was sent."""

    commitment: str
    sent_on: date
    note: str
    document_id: int | None
    entered_by: str


def counting_day(day: date, closed: Sequence[Period]) -> date:
    """Give the day on which something that happened on a day counts: that day if it is open.

    Shape:  otherwise the first day after it that no closed period holds, so that what is late
            counts as soon as it can.
    """
    for period in sorted(closed):
        if day in period:
            day = period.last_day + timedelta(1)
    return day


def following(first_day: date, length: Length) -> Period:
    """Give the period from a day to the end of its calendar month, quarter or year."""
    months = MONTHS[length]
    last_month = (first_day.month + months - 1) // months * months
    after = date(first_day.year + last_month // 12, last_month % 12 + 1, 1)
    return Period(first_day, after - timedelta(1))


def series(first_day: date, until: date, length: Length) -> tuple[Period, ...]:
    """Give the periods from a day up to and including the one that holds another."""
    found = [following(first_day, length)]
    while found[-1].last_day < until:
        found.append(following(found[-1].last_day + timedelta(1), length))
    return tuple(found)


def length_of(period: Period) -> Length:
    """Tell how long the periods of a series are by the last of them."""
    days = (period.last_day - period.first_day).days + 1
    fitting = (length for length in Length if days <= 31 * MONTHS[length])
    return next(fitting, Length.YEAR)


def holding(periods: Iterable[ReportingPeriod], day: date) -> ReportingPeriod | None:
    """Give the period in which a day lies, if there is one."""
    return next((one for one in periods if day in one.period), None)


def adjusted(incurred_on: date, counts_on: date, periods: Iterable[Period]) -> str:
    """Name the closed period that a late cost belongs to; nothing where it counts in its own.

    Source: domain rule 25: what comes after a report is an adjustment line of the next.
    """
    own = next((period for period in periods if incurred_on in period), None)
    return own.code if own is not None and counts_on not in own else ""


def check_step(period: ReportingPeriod, to: PeriodState) -> str:
    """Name the step of a period to another state.

    Errors: ``RuleViolation`` where there is no such step.
    """
    deed = LADDER.get((period.state, to))
    if deed is None:
        raise RuleViolation(
            "{period} is {state}.",
            "Look at the period as it stands now.",
            period=period.code,
            state=Code(f"period_{period.state}"),
        )
    return deed


def check_close(period: ReportingPeriod, found: Iterable[Unfinished], reason: str) -> None:
    """Refuse to close over what blocks, or over what warns without a reason.

    Errors: ``RuleViolation``; on ``reason`` where a reason is all that is missing.
    """
    blocking = [one for one in found if one.blocks]
    warning = [one for one in found if not one.blocks]
    if blocking:
        raise RuleViolation(
            "{period} cannot be closed: {what} ({count}).",
            "Finish that first; nothing that blocks is accepted with a reason.",
            period=period.code,
            what=Code(blocking[0].check),
            count=blocking[0].count,
        )
    if warning and not reason.strip():
        raise RuleViolation(
            "{period} is not finished: {count} checks warn.",
            "Finish it, or say why the period is closed as it is.",
            field="reason",
            period=period.code,
            count=len(warning),
        )


def check_reopening(period: ReportingPeriod, reason: str, reports: Sequence[str]) -> None:
    """Refuse to reopen what is not closed, without a reason, or after a report was sent.

    Shape:  ``reports`` are the commitments whose funders were sent a report that rests on the
            period: over it, or over a later one.
    Errors: ``RuleViolation``.
    """
    check_step(period, PeriodState.OPEN)
    if reports:
        raise RuleViolation(
            "{period} stays closed: a report that rests on it was sent for {codes}.",
            "Correct the cost line instead; what a correction changes counts in the open period.",
            period=period.code,
            codes=", ".join(reports),
        )
    if not reason.strip():
        raise RuleViolation(
            "A period is not reopened without a reason.",
            "Say what must be changed in it, and why a correction will not do.",
            field="reason",
        )


def check_sent(period: ReportingPeriod, sent_on: date, today: date) -> None:
    """Refuse to note a report over what is not closed, or one of a day that cannot be.

    Errors: ``RuleViolation`` at the field.
    """
    if period.state is not PeriodState.CLOSED:
        raise RuleViolation(
            "{period} is not closed, so what a report says of it may still change.",
            "Close the period first.",
            period=period.code,
        )
    if not period.period.last_day < sent_on <= today:
        raise RuleViolation(
            "A report over {period} is sent after {last} and not later than today.",
            "Enter the day on which it was sent.",
            field="sent_on",
            period=period.code,
            last=period.period.last_day,
        )
