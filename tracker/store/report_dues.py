"""Reading which funder reports are due by the terms of each commitment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracker.domain.deadlines import DeadlineKind
from tracker.domain.due_dates import promised_reports, still_to_send
from tracker.domain.report_dues import DueReport
from tracker.domain.terms import TermSheet
from tracker.store.commitments import commitments_of
from tracker.store.deadlines import sent_by_commitment
from tracker.store.endings import endings_of
from tracker.store.terms import term_sheets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.store.endings import Ending

PROGRESS: Final = "statement"
FINAL: Final = "final_statement"


def dues_on(session: Session, today: date) -> list[DueReport]:
    """List the reports that the terms ask for: progress reports, and the one to be determined.

    Shape:  also those that went out or were overtaken, which are not open.
    """
    sheets, sent = term_sheets(session), sent_by_commitment(session)
    found: list[DueReport] = []
    for ending in endings_of(session, commitments_of(session)):
        one = ending.commitment
        promised = promised_reports(one, sheets.get(one.programme_id, TermSheet()))
        open_ones = still_to_send(promised, sent.get(one.id, ()), today)
        found += [
            DueReport(one.id, one.code, PROGRESS, due.period, due.due_on, due in open_ones)
            for due in promised
            if due.period and due.period.first_day <= today
        ]
        found += _final(ending, today)
    return found


def _final(ending: Ending, today: date) -> Iterator[DueReport]:
    """Give the final statement of a commitment that has ended, until its determination is asked."""
    one, due = ending.commitment, ending.next
    asked = due is not None and due.kind is DeadlineKind.DETERMINATION_REQUEST
    if due and asked and one.period.last_day < today:
        yield DueReport(one.id, one.code, FINAL, one.period, due.due_on)
