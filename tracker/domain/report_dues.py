"""Funder reports that are due by the terms, beside those that are being made or went out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from tracker.domain.funder_reports import FunderReport, ReportState
from tracker.domain.policy import Permission, is_allowed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from tracker.domain.actor import Actor
    from tracker.domain.periods import Period

FAR: Final = date.max
ASKS: Final[dict[ReportState, Permission]] = {
    ReportState.DRAFT: Permission.PREPARE_REPORTS,
    ReportState.IN_REVIEW: Permission.CONFIRM,
    ReportState.APPROVED: Permission.PREPARE_REPORTS,
    ReportState.RETURNED: Permission.PREPARE_REPORTS,
    ReportState.WITHDRAWN: Permission.PREPARE_REPORTS,
}
"""Who takes the next step of a report; elsewhere it waits for the funder, or for nobody."""
GROUPS: Final = (
    "report_due",
    *(state.value for state in ReportState if state is not ReportState.DROPPED),
)
"""Where a line may stand, in the order of the ladder."""


@dataclass(frozen=True, slots=True)
class DueReport:
    """A report that the terms ask for; ``is_open`` until it went out or was overtaken."""

    commitment_id: int
    commitment: str
    kind: str
    period: Period
    due_on: date
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A line of the list: a report that is due, one that was begun, or both."""

    commitment: str
    kind: str
    period: Period
    due_on: date | None
    report: FunderReport | None
    is_yours: bool

    @property
    def stands(self) -> str:
        """Where it stands: ``report_due`` before it is begun."""
        return self.report.state.value if self.report else GROUPS[0]

    def days_late(self, today: date) -> int:
        """Days since it was due, where it has not gone out; none before."""
        is_out = self.report is not None and self.report.newest is not None
        late = (today - self.due_on).days if self.due_on and not is_out else 0
        return max(0, late)


def waits_for(report: FunderReport, writers: Collection[str], actor: Actor) -> bool:
    """Tell whether somebody may take the next step of a report, and is asked to."""
    asked = ASKS.get(report.state)
    if asked is None or not is_allowed(actor.role, asked):
        return False
    if report.state is not ReportState.IN_REVIEW:
        return True
    return actor.name not in {report.prepared_by, report.asked_by, *writers}


def lines(
    dues: Sequence[DueReport],
    reports: Iterable[FunderReport],
    writers: Mapping[int, Collection[str]],
    actor: Actor,
) -> tuple[ReportLine, ...]:
    """Put what is due beside what was begun, by deadline; what has none comes last.

    Shape:  a due report counts as begun by a report of its kind and commitment with its last day.
    """
    by_key = {(due.commitment_id, due.kind, due.period.last_day): due for due in dues}
    found, begun = [], set()
    for report in reports:
        key = (report.commitment_id, report.kind, report.period.last_day)
        due = by_key.get(key)
        begun.add(key)
        found.append(
            ReportLine(
                commitment=report.commitment,
                kind=report.kind,
                period=report.period,
                due_on=due.due_on if due else None,
                report=report,
                is_yours=waits_for(report, writers.get(report.id, ()), actor),
            )
        )
    prepares = is_allowed(actor.role, Permission.PREPARE_REPORTS)
    found += [
        ReportLine(due.commitment, due.kind, due.period, due.due_on, None, prepares)
        for key, due in by_key.items()
        if due.is_open and key not in begun
    ]
    return tuple(sorted(found, key=_order))


def _order(line: ReportLine) -> tuple[date, date, str, str]:
    return line.due_on or FAR, line.period.last_day, line.commitment, line.kind


def count_by_standing(found: Iterable[ReportLine]) -> dict[str, int]:
    """Count lines by where they stand, in the order of the ladder; where none is, is left out."""
    every = [line.stands for line in found]
    return {stands: every.count(stands) for stands in GROUPS if stands in every}
