"""Mails to funders about what was issued or withdrawn: what there is to tell, and who was told."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from tracker.domain.policy import Role
from tracker.domain.reminders import Rhythm
from tracker.domain.report_mails import AT_WORK, Mail, MailFate
from tracker.store.audit import AuditRow
from tracker.store.commitments import commitments_of
from tracker.store.funder_reports import reports_of
from tracker.store.people import people_of
from tracker.store.reminders import reader_of, wish_of
from tracker.store.scope import over_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
ISSUED, WITHDRAWN = "issued", "withdrawn"
"""What a mail tells of a version."""
FATES: Final = {
    SENT: MailFate.SENT,
    TAKEN_BACK: MailFate.REFUSED,
    DOUBTED: MailFate.UNCERTAIN,
}
"""What a deed says of the mail that was begun before it."""
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
        return f"{WITHDRAWN if self.issued.withdrawn_at else ISSUED}/{self.issued.id}"

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


def readers_of(session: Session, funder_id: int) -> list[Person]:
    """List who is mailed of a funder's reports: its viewers, without who never wishes mail."""
    return [
        person
        for person in people_of(session)
        if person.active
        and person.role is Role.FUNDER_VIEWER
        and person.funder_id == funder_id
        and wish_of(session, reader_of(person)).rhythm is not Rhythm.NEVER
    ]


def mails_about(session: Session, report: FunderReport) -> list[Mail]:
    """List who was mailed of the versions of a report, the newest first."""
    numbers = {issued.id: issued.number for issued in report.issues}
    people = {of_mails(person.id): person for person in people_of(session)}
    row, found = AuditRow, dict[tuple[str, str], Mail]()
    deeds = session.execute(
        select(row.subject, row.did, row.at, row.detail)
        .where(row.did.in_((BEGUN, *FATES)), row.subject.in_(people))
        .order_by(row.seq)
    )
    for subject, did, at, detail in deeds:
        said = json.loads(detail)
        for key in said["reports"]:
            about, _, issued_id = key.partition("/")
            if int(issued_id) in numbers:
                known = found.get((subject, key))
                email = said.get("email") or (known.email if known else people[subject].email)
                found[subject, key] = Mail(
                    number=numbers[int(issued_id)],
                    is_withdrawal=about == WITHDRAWN,
                    name=people[subject].name,
                    email=email,
                    at=datetime.fromisoformat(at),
                    fate=FATES.get(did, MailFate.BEGUN),
                )
    return _newest_first(found.values())


def _newest_first(mails: Iterable[Mail]) -> list[Mail]:
    """Put mails in order; nobody knows of one that was begun long ago whether it arrived."""
    now = datetime.now(UTC)
    told = (one.cut_off() if now - one.at > AT_WORK else one for one in mails)
    return sorted(told, key=lambda one: (one.at, one.number, one.email), reverse=True)


def of_mails(person_id: int) -> str:
    """Name the mails about reports to somebody, as the audit trail does."""
    return f"person/{person_id}/reports"
