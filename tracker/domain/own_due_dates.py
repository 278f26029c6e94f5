"""What the facility sees to itself, and when: books to close, hours, second persons, waivers.

What commitments and milestones imply is in ``due_dates``.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from tracker.domain.deadlines import DeadlineKind, Due
from tracker.domain.errors import Code, Sentence
from tracker.domain.policy import Role
from tracker.domain.reporting_periods import PeriodState
from tracker.domain.texts import mark as _
from tracker.domain.waivers import WaiverState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from decimal import Decimal

    from tracker.domain.amendments import Entered
    from tracker.domain.commitments import Commitment
    from tracker.domain.errors import Fact
    from tracker.domain.money import Money
    from tracker.domain.reporting_periods import ReportingPeriod
    from tracker.domain.waivers import Waiver

CLOSED_WITHIN: Final = 42
"""Days after its end in which a reporting period is closed, and its hours are signed for."""
CONFIRMED_WITHIN: Final = 14
"""Days in which a second person looks at what was entered."""


class Deviating(NamedTuple):
    """A year in which a project spends more or less than a funder lets pass without a word."""

    project_id: int
    year: int
    difference: Money
    share: Decimal


class Unsigned(NamedTuple):
    """Hours of a partner in a year that no declaration covers yet."""

    project_id: int
    partner: str
    year: int
    value: Money


def of_periods(periods: Iterable[tuple[int, ReportingPeriod]]) -> Iterator[Due]:
    """Tell by when the periods of the books are to be closed; each comes with its project."""
    for project_id, one in periods:
        if one.state is not PeriodState.CLOSED:
            yield Due(
                due_on=one.period.last_day + timedelta(CLOSED_WITHIN),
                kind=DeadlineKind.CLOSING,
                subject=one.code,
                project_id=project_id,
                what=Sentence(_("Period {code} is to be closed"), {"code": one.code}),
            )


def of_deviations(years: Iterable[Deviating]) -> Iterator[Due]:
    """Tell in which years funders are to be told that spending deviates from the budget.

    Shape:  the law says "without delay": by when the books of the year are closed.
    Source: Awb 4:70; Kaderbesluit nationale EZ-subsidies, art. 37; domain rule 21.
    """
    for one in years:
        more = one.difference.cents > 0
        yield Due(
            due_on=notified_by(one.year),
            kind=DeadlineKind.NOTIFICATION,
            subject=str(one.year),
            project_id=one.project_id,
            what=Sentence(
                SPENT_MORE if more else SPENT_LESS, {"year": str(one.year), "share": one.share}
            ),
            amount=max(one.difference, -one.difference),
        )


def notified_by(year: int) -> date:
    """Give the day by which funders know of a deviation in a year: its books are closed then."""
    return date(year, 12, 31) + timedelta(CLOSED_WITHIN)


def confirmed_by(entered_on: date, today: date) -> date:
    """Give the day by which a second person has looked at what was entered, at the latest."""
    return min(entered_on, today) + timedelta(CONFIRMED_WITHIN)


def of_drafts(
    drafts: Iterable[Entered], commitments: Mapping[str, Commitment], today: date
) -> Iterator[Due]:
    """Tell which decisions wait for a second person, or for who entered them to mend them."""
    for draft in drafts:
        commitment = commitments.get(draft.commitment)
        if commitment is None:
            continue
        facts: dict[str, Fact] = {
            "code": draft.commitment,
            "number": draft.decision.number,
            "who": draft.entered_by,
        }
        yield Due(
            due_on=confirmed_by(draft.entered_at.date(), today),
            kind=DeadlineKind.CONFIRMATION,
            subject=f"amendment/{draft.id}",
            project_id=commitment.project_id,
            what=Sentence(
                (SENT_BACK if draft.returned else TO_CONFIRM)[draft.decision.number > 0], facts
            ),
            amount=draft.decision.amount or None,
            commitment=draft.commitment,
            role=Role.FINANCE_OFFICER if draft.returned else Role.CONTROLLER,
            owner=draft.entered_by if draft.returned else "",
        )


def of_reopenings(asked: Iterable[tuple[int, int, str, str, date]], today: date) -> Iterator[Due]:
    """Tell which requests to reopen a period wait for a second person.

    Shape:  each is its key, its project, the period, who asked, and on which day.
    """
    for key, project_id, code, who, day in asked:
        yield Due(
            due_on=confirmed_by(day, today),
            kind=DeadlineKind.CONFIRMATION,
            subject=f"period/{code}/{key}",
            project_id=project_id,
            what=Sentence(
                _("{who} asks to reopen period {code}: somebody else decides"),
                {"who": who, "code": code},
            ),
            role=Role.CONTROLLER,
        )


def of_waivers(waivers: Iterable[tuple[int, date, Waiver]], today: date) -> Iterator[Due]:
    """Tell which waivers wait for a second person, and when those that hold end.

    Shape:  each comes with its project and the day on which it was asked for.
    """
    for project_id, asked_on, one in waivers:
        state = one.state(today)
        facts = {"rule": Code(one.rule), "who": one.entered_by}
        if state is WaiverState.ASKED:
            yield Due(
                due_on=confirmed_by(asked_on, today),
                kind=DeadlineKind.CONFIRMATION,
                subject=f"waiver/{one.id}",
                project_id=project_id,
                what=Sentence(
                    _("{who} asks for a waiver of “{rule}”: somebody else decides"), facts
                ),
                commitment=one.commitment,
                role=Role.CONTROLLER,
            )
        elif state is WaiverState.HOLDS:
            yield Due(
                due_on=one.until,
                kind=DeadlineKind.WAIVER_END,
                subject=str(one.id),
                project_id=project_id,
                what=Sentence(_("The waiver of “{rule}” ends"), facts),
                commitment=one.commitment,
            )


def of_hours(unsigned: Iterable[Unsigned]) -> Iterator[Due]:
    """Tell by when partners sign for their hours: with the closing of the year."""
    for one in unsigned:
        yield Due(
            due_on=date(one.year, 12, 31) + timedelta(CLOSED_WITHIN),
            kind=DeadlineKind.DECLARATION,
            subject=f"{one.partner}/{one.year}",
            project_id=one.project_id,
            what=Sentence(
                _("{partner} signs for its hours of {year}"),
                {"partner": one.partner, "year": str(one.year)},
            ),
            amount=one.value,
        )


# The first decision, and those that follow it.
TO_CONFIRM: Final = (
    _("The first decision on {code}, entered by {who}, is to be confirmed"),
    _("Amendment {number} of {code}, entered by {who}, is to be confirmed"),
)
SENT_BACK: Final = (
    _("The first decision on {code} was sent back to {who}"),
    _("Amendment {number} of {code} was sent back to {who}"),
)
SPENT_MORE: Final = _("Tell the funder: spending in {year} is {share} above the budget")
SPENT_LESS: Final = _("Tell the funder: spending in {year} is {share} below the budget")
