"""Deadlines: what is due when, from the days of a commitment and the weeks of its programme.

What each concept implies is in ``due_dates`` and ``own_due_dates``; who is reminded of it in
``reminders``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from tracker.domain.periods import Period, months_after
from tracker.domain.policy import Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracker.domain.errors import Sentence
    from tracker.domain.money import Money


class DeadlineKind(StrEnum):
    """What is due."""

    PROGRESS_REPORT = "progress_report"
    MILESTONE_REPORT = "milestone_report"
    DETERMINATION_REQUEST = "determination_request"
    DETERMINATION_DECISION = "determination_decision"
    SETTLEMENT_PAYMENT = "settlement_payment"
    INSTALMENT = "instalment_due"
    MILESTONE = "milestone_due"
    EVIDENCE = "evidence_due"
    LAPSE = "lapse_due"
    COMMITMENT_END = "commitment_end"
    CLOSING = "closing_due"
    CONFIRMATION = "confirmation_due"
    WAIVER_END = "waiver_end"
    DECLARATION = "declaration_due"
    NOTIFICATION = "notification_due"


OF_FUNDERS: Final = frozenset(
    {
        DeadlineKind.PROGRESS_REPORT,
        DeadlineKind.MILESTONE_REPORT,
        DeadlineKind.DETERMINATION_REQUEST,
        DeadlineKind.DETERMINATION_DECISION,
        DeadlineKind.SETTLEMENT_PAYMENT,
        DeadlineKind.INSTALMENT,
        DeadlineKind.COMMITMENT_END,
    }
)
"""What a funder sees of its own commitments; the rest is the facility's own affair."""


@dataclass(frozen=True, slots=True, order=True)
class Deadline:
    """Something that is due on a day; ``period`` is what a progress report is about."""

    due_on: date
    kind: DeadlineKind
    period: Period | None = None

    def days_left(self, today: date) -> int:
        """Days until it is due; negative when it is late."""
        return (self.due_on - today).days


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Something that somebody must see to by a day.

    Shape:  ``subject`` says of what it is, such as ``NGF-1/3``, and stays when the day moves.
            It is for everybody with the ``role``, or for the ``owner`` if one is named. The
            ``funder_id`` is the funder's that may see it, 0 for none.
    """

    due_on: date
    kind: DeadlineKind
    subject: str
    project_id: int
    what: Sentence
    amount: Money | None = None
    commitment: str = ""
    milestone: str = ""
    funder_id: int = 0
    role: Role = Role.FINANCE_OFFICER
    owner: str = ""

    @property
    def key(self) -> str:
        """What makes it this deadline and no other, whatever its day."""
        return f"{self.project_id}/{self.kind}/{self.subject}"

    @property
    def line(self) -> str:
        """What somebody is told once: this deadline on this day."""
        return f"{self.key}@{self.due_on}"

    def days_left(self, today: date) -> int:
        """Days until it is due; negative when it is late."""
        return (self.due_on - today).days


def in_order(dues: Iterable[Due]) -> tuple[Due, ...]:
    """Put what is due first, and of one day what is worth most, first."""
    return tuple(
        sorted(
            dues,
            key=lambda due: (due.due_on, -abs(due.amount.cents) if due.amount else 0, due.key),
        )
    )


@dataclass(frozen=True, slots=True)
class Weeks:
    """The weeks that a programme gives for each step; ``None`` where it says nothing."""

    request: int | None = None
    decision: int | None = None
    payment: int | None = None


def weeks_after(day: date, weeks: int) -> date:
    """Give the last day of a term of weeks: 13 weeks after 30 June 2026 is 29 September."""
    return day + timedelta(weeks=weeks)


def next_deadline(
    period: Period,
    weeks: Weeks,
    requested_on: date | None = None,
    determined_on: date | None = None,
) -> Deadline | None:
    """Give the step towards settlement that comes next: request, decision or payment.

    Shape:  ``None`` where the programme gives no weeks for that step.
    Source: Awb 4:87 (payment); the others by programme.
    """
    if determined_on:
        term, since, kind = weeks.payment, determined_on, DeadlineKind.SETTLEMENT_PAYMENT
    elif requested_on:
        term, since, kind = weeks.decision, requested_on, DeadlineKind.DETERMINATION_DECISION
    else:
        term, since, kind = weeks.request, period.last_day, DeadlineKind.DETERMINATION_REQUEST
    return None if term is None else Deadline(weeks_after(since, term), kind)


def progress_reports(period: Period, months: int, weeks: int) -> tuple[Deadline, ...]:
    """List the progress reports of a period: one after every so many months, in order.

    Shape:  the last stretch has none, because the final report speaks about it.
    Units:  each is due so many weeks after the last day that it is about.
    Errors: ``ValueError`` for less than a month between two reports.
    Source: Aanwijzingen voor subsidieverstrekking: at most one per 12 months.
    """
    if months < 1:
        raise ValueError(f"a report every {months} months cannot be planned")
    reports: list[Deadline] = []
    first_day = period.first_day
    while True:
        after = months_after(period.first_day, months * (len(reports) + 1))
        last_day = after - timedelta(1)
        if last_day >= period.last_day:
            return tuple(reports)
        about = Period(first_day, last_day)
        reports.append(Deadline(weeks_after(last_day, weeks), DeadlineKind.PROGRESS_REPORT, about))
        first_day = after
