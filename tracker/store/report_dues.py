"""Reading which funder reports are due by the terms of each commitment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracker.domain.deadlines import DeadlineKind
from tracker.domain.due_dates import promised_reports, still_to_send
from tracker.domain.funder_reports import MILESTONES
from tracker.domain.milestone_reports import called_for
from tracker.domain.report_dues import DueReport
from tracker.domain.terms import TermSheet
from tracker.store.commitments import commitments_of
from tracker.store.deadlines import (
    promised_after_milestones,
    sent_by_commitment,
    sent_of_milestones,
)
from tracker.store.endings import endings_of
from tracker.store.milestones import milestones_of
from tracker.store.terms import term_sheets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.commitments import Commitment
    from tracker.domain.due_dates import Sent
    from tracker.store.endings import Ending

PROGRESS: Final = "statement"
FINAL: Final = "final_statement"


def dues_on(session: Session, today: date) -> list[DueReport]:
    """List the reports that are asked for: of progress, after milestones, to be determined.

    Shape:  also those that went out or were overtaken, which are not open.
    """
    sheets, sent = term_sheets(session), sent_by_commitment(session)
    commitments = commitments_of(session)
    found: list[DueReport] = []
    for ending in endings_of(session, commitments):
        one = ending.commitment
        promised = promised_reports(one, sheets.get(one.programme_id, TermSheet()))
        open_ones = still_to_send(promised, sent.get(one.id, ()), today)
        found += [
            DueReport(one.id, one.code, PROGRESS, due.period, due.due_on, due in open_ones)
            for due in promised
            if due.period and due.period.first_day <= today
        ]
        found += _final(ending, today)
    return found + _after_milestones(session, commitments, sent, today)


def _after_milestones(
    session: Session,
    commitments: Sequence[Commitment],
    sent: Mapping[int, Sequence[Sent]],
    today: date,
) -> list[DueReport]:
    """List the reports after milestones whose day has come; of two that tell the same the first."""
    asked = called_for(
        promised_after_milestones(session),
        {one.id: one for one in milestones_of(session)},
        {one.id: one for one in commitments},
        sent_of_milestones(session, sent),
    )
    found: dict[tuple[int, date], DueReport] = {}
    for one in sorted(asked, key=lambda each: (each.is_sent, each.due_on)):
        if one.period and one.on <= today:
            due = DueReport(
                one.commitment.id,
                one.commitment.code,
                MILESTONES,
                one.period,
                one.due_on,
                not one.is_sent,
            )
            found.setdefault((one.commitment.id, one.on), due)
    return list(found.values())


def _final(ending: Ending, today: date) -> Iterator[DueReport]:
    """Give the final statement of a commitment that has ended, until its determination is asked."""
    one, due = ending.commitment, ending.next
    asked = due is not None and due.kind is DeadlineKind.DETERMINATION_REQUEST
    if due and asked and one.period.last_day < today:
        yield DueReport(one.id, one.code, FINAL, one.period, due.due_on)
