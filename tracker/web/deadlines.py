"""Deadlines as pages show them: where each is seen to, whose it is, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import url_for

from reports import figures
from tracker.domain.deadlines import DeadlineKind
from tracker.domain.texts import mark as _
from tracker.web.language import label, language, translate

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from tracker.domain.deadlines import Due
    from tracker.domain.reminders import Reader

NEAR = 30  # days in which a deadline asks for attention
CONFIRMED_AT = {
    "amendment": ("amendments.show", "amendment_id"),
    "period": ("reporting_periods.show", "code"),
    "waiver": ("financing.show", ""),
}
"""Where a second person decides, by what is to be confirmed."""
WITHOUT_CODE = {
    DeadlineKind.WAIVER_END: "financing.show",
    DeadlineKind.NOTIFICATION: "forecasts.show_newest",
}
"""Where a deadline is seen to that is of the project as a whole."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A deadline on a page: ``state`` is ``late``, ``attention`` or ``good``."""

    due: Due
    days_left: int
    state: str
    address: str
    owner: str
    is_yours: bool


def place_of(due: Due) -> tuple[str, dict[str, str]]:
    """Give the endpoint at which a deadline is seen to, and its values."""
    if due.kind is DeadlineKind.CONFIRMATION:
        of, _slash, rest = due.subject.partition("/")
        endpoint, name = CONFIRMED_AT[of]
        return endpoint, {name: rest.partition("/")[0]} if name else {}
    if due.kind is DeadlineKind.DECLARATION:
        partner, _slash, year = due.subject.rpartition("/")
        return "contributions.show_list", {"partner": partner, "year": year}
    if due.kind is DeadlineKind.CLOSING:
        return "reporting_periods.show", {"code": due.subject}
    if due.kind in WITHOUT_CODE:
        return WITHOUT_CODE[due.kind], {}
    if due.kind in (DeadlineKind.MILESTONE, DeadlineKind.EVIDENCE):
        return "milestones.show", {"code": due.milestone}
    endpoint = "instalments" if due.kind is DeadlineKind.INSTALMENT else "commitments"
    return f"{endpoint}.show", {"code": due.commitment}


def address_of(due: Due, project: str = "", *, is_whole: bool = False) -> str:
    """Give the address at which a deadline is seen to; of the ``project``, where there are more."""
    endpoint, values = place_of(due)
    more = {"project": project} if project else {}
    return url_for(endpoint, **values, **more, _external=is_whole)


def shown(dues: Iterable[Due], reader: Reader, today: date) -> list[Shown]:
    """Give deadlines as a page shows them to somebody."""
    return [
        Shown(
            due=due,
            days_left=due.days_left(today),
            state=state_of(due, today),
            address=address_of(due),
            owner=due.owner or label(due.role),
            is_yours=reader.looks_after(due),
        )
        for due in dues
    ]


def state_of(due: Due, today: date) -> str:
    """Say in one word how a deadline stands: late, near, or far off."""
    left = due.days_left(today)
    return "late" if left < 0 else "attention" if left <= NEAR else "good"


def by_month(rows: Iterable[Shown]) -> dict[str, list[Shown]]:
    """Put deadlines under their months, in their order, what is late before all others."""
    groups: dict[str, list[Shown]] = {}
    for row in rows:
        is_late = row.days_left < 0
        title = translate(LATE) if is_late else figures.month(row.due.due_on, language())
        groups.setdefault(title, []).append(row)
    return groups


LATE = _("Late")
