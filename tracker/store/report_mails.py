"""Mails to funders about what was issued or withdrawn: what there is to tell, and who was told."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from tracker.domain.policy import Role
from tracker.domain.reminders import Rhythm
from tracker.store.audit import AuditRow
from tracker.store.commitments import commitments_of
from tracker.store.funder_reports import reports_of
from tracker.store.reminders import reader_of, wish_of
from tracker.store.scope import over_all

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from tracker.domain.funder_reports import FunderReport, IssuedReport
    from tracker.store.people import Person

BEGUN, SENT, TAKEN_BACK, DOUBTED = (
    "begin report mail",
    "send report mail",
    "take report mail back",
    "doubt report mail",
)
"""What the audit trail says of these mails; one that was begun is not begun again."""
FRESH: Final = timedelta(days=14)
"""What is older is not news: who is let in later finds it on the page."""


@dataclass(frozen=True, slots=True)
class News:
    """That a version was issued, or withdrawn; ``key`` names that."""

    report: FunderReport
    issued: IssuedReport
    funder_id: int

    @property
    def key(self) -> str:
        """What is told, so that nobody is told it twice."""
        return f"{'withdrawn' if self.issued.withdrawn_at else 'issued'}/{self.issued.id}"

    @property
    def at(self) -> datetime:
        """When it happened."""
        return self.issued.withdrawn_at or self.issued.issued_at


def news_on(session: Session, now: datetime) -> list[News]:
    """List what was issued or withdrawn lately, in all projects, the oldest first."""
    with over_all(session):
        funders = {one.id: one.funder_id for one in commitments_of(session)}
        found = [
            News(report, issued, funders[report.commitment_id])
            for report in reports_of(session)
            for issued in report.issues
        ]
    return sorted((one for one in found if now - one.at < FRESH), key=lambda one: one.issued.id)


def news_for(session: Session, person: Person, news: Sequence[News]) -> tuple[News, ...]:
    """Give what somebody is mailed: a funder's viewer what is its own, once, and if wished."""
    if not person.active or person.role is not Role.FUNDER_VIEWER:
        return ()
    own = [one for one in news if one.funder_id == person.funder_id]
    if not own or wish_of(session, reader_of(person)).rhythm is Rhythm.NEVER:
        return ()
    told = told_to(session, person.id)
    return tuple(one for one in own if one.key not in told)


def told_to(session: Session, person_id: int) -> set[str]:
    """Name what somebody was mailed, without what the server surely did not take."""
    told: set[str] = set()
    for did, detail in session.execute(
        select(AuditRow.did, AuditRow.detail)
        .where(AuditRow.subject == of_mails(person_id), AuditRow.did.in_((BEGUN, TAKEN_BACK)))
        .order_by(AuditRow.seq)
    ):
        keys = set(json.loads(detail)["reports"])
        told = told | keys if did == BEGUN else told - keys
    return told


def of_mails(person_id: int) -> str:
    """Name the mails about reports to somebody, as the audit trail does."""
    return f"person/{person_id}/reports"
