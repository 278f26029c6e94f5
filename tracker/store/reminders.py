"""What each person wants to be reminded of, and what they have been told."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.policy import Role
from tracker.domain.reminders import Reader, Rhythm, Step, Wish, lines_for, usual_wish
from tracker.store.audit import AuditRow
from tracker.store.people import Person, PersonRow, people_of, person_numbered
from tracker.store.tables import Base, one_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from tracker.domain.deadlines import Due
    from tracker.domain.reminders import Line

    _Count: TypeAlias = Counter[tuple[str, Step]]

BEGUN, SENT, TAKEN_BACK, DOUBTED = (
    "begin digest",
    "send digest",
    "take digest back",
    "doubt digest",
)
"""What the audit trail says of digests: a digest that was begun and no more may have arrived."""

TRY, REFUSED = "~", "~refused"
"""What stands between a line and the number of an attempt to send it, and after a refused one."""
AT_WORK: Final = timedelta(minutes=10)
"""How long another run may be busy with a digest; after that it was cut off."""
LOOKED_BACK: Final = 200
"""Deeds: only a server that refuses for months in a row needs more."""


class ReminderWishRow(Base):
    """A person's choice; ``feed_hash`` is the hash of the secret in the address of the feed."""

    __tablename__ = "reminder_wish"
    __table_args__ = (one_of("rhythm", Rhythm),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    rhythm: Mapped[str]
    in_30_days: Mapped[bool]
    in_14_days: Mapped[bool]
    in_3_days: Mapped[bool]
    overdue: Mapped[bool]
    own_only: Mapped[bool]
    feed_hash: Mapped[str]


class RemindedRow(Base):
    """A line that a person was sent, or that the server refused. Never changed, never deleted.

    The key of an attempt keeps it from being made twice: ``line`` ends in its number, and in
    ``refused`` where it says that the attempt of that number failed.
    """

    __tablename__ = "reminded"
    __table_args__ = (UniqueConstraint("person_id", "line", "step"), one_of("step", Step))

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    line: Mapped[str]
    step: Mapped[str]
    sent_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Digest:
    """What somebody is told; ``doubted`` is when one before it may have got lost."""

    person: Person
    lines: tuple[Line, ...]
    doubted: datetime | None = None


def reader_of(person: Person) -> Reader:
    """Give somebody as one who looks at deadlines."""
    return Reader(person.id, person.name, person.email, person.role, person.funder_id)


def reader_numbered(session: Session, person_id: int) -> Reader:
    """Give somebody who signs in as one who looks at deadlines.

    Errors: ``NotFoundError``.
    """
    row = person_numbered(session, person_id)
    return Reader(row.id, row.name, row.email, Role(row.role), row.funder_id)


def wish_of(session: Session, reader: Reader) -> Wish:
    """Give what somebody chose, or else what is usual for their role."""
    row = session.get(ReminderWishRow, reader.id)
    return _wish(row) if row else usual_wish(reader.role)


def has_chosen(session: Session, person_id: int) -> bool:
    """Tell whether somebody ever chose, or was given a calendar."""
    return session.get(ReminderWishRow, person_id) is not None


def has_feed(session: Session, person_id: int) -> bool:
    """Tell whether somebody has a secret address of a calendar."""
    row = session.get(ReminderWishRow, person_id)
    return row is not None and bool(row.feed_hash)


def keep_wish(session: Session, reader: Reader, wish: Wish) -> None:
    """Keep what somebody chose."""
    row = _row(session, reader)
    row.rhythm, row.own_only = wish.rhythm.value, wish.own_only
    row.in_30_days, row.in_14_days = wish.in_30_days, wish.in_14_days
    row.in_3_days, row.overdue = wish.in_3_days, wish.overdue
    session.flush()


def keep_feed(session: Session, reader: Reader, secret: str) -> None:
    """Keep the hash of the secret of somebody's calendar; of no secret, none."""
    _row(session, reader).feed_hash = hash_of(secret) if secret else ""
    session.flush()


def hash_of(secret: str) -> str:
    """Give what is kept of a secret: it is long and random, so a plain hash hides it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def owner_of_feed(session: Session, secret: str) -> Person | None:
    """Give the active person whose calendar a secret opens; wrong and withdrawn are nobody's.

    Shape:  all are compared, each in the same time, so that answers do not tell what is near.
    """
    presented, found = hash_of(secret), None
    row = ReminderWishRow
    for person_id, kept in session.execute(select(row.person_id, row.feed_hash)):
        if kept and hmac.compare_digest(kept, presented):
            found = person_id
    people = people_of(session) if found is not None else []
    return next((one for one in people if one.id == found and one.active), None)


def told_to(session: Session, person_id: int) -> frozenset[tuple[str, Step]]:
    """Give the lines and steps that somebody was sent, without what the server refused."""
    attempts, refusals = _attempts(session, person_id)
    return frozenset(told for told, count in attempts.items() if count > refusals[told])


def hold_person(session: Session, person_id: int) -> None:
    """Let nobody else begin a digest of somebody's until the deed is done."""
    session.get(PersonRow, person_id, with_for_update=True, populate_existing=True)


def note_told(session: Session, person_id: int, lines: Iterable[Line], at: datetime) -> None:
    """Write down what somebody is being sent: unless it is refused, it is never sent again."""
    _, refusals = _attempts(session, person_id)
    for one in lines:
        told = one.due.line, one.step
        _write(session, person_id, told, f"{told[0]}{TRY}{refusals[told] + 1}", at)
    session.flush()


def note_refused(session: Session, person_id: int, lines: Iterable[Line], at: datetime) -> None:
    """Write down that the server did not take what was written down last: it may be sent again."""
    attempts, _ = _attempts(session, person_id)
    for one in lines:
        told = one.due.line, one.step
        _write(session, person_id, told, f"{told[0]}{TRY}{attempts[told]}{REFUSED}", at)
    session.flush()


def _write(
    session: Session, person_id: int, told: tuple[str, Step], line: str, at: datetime
) -> None:
    session.add(RemindedRow(person_id=person_id, line=line, step=told[1].value, sent_at=at))


def _attempts(session: Session, person_id: int) -> tuple[_Count, _Count]:
    """Count how often each line was tried at each step, and how often it was refused."""
    attempts: _Count = Counter()
    refusals: _Count = Counter()
    for line, step in session.execute(
        select(RemindedRow.line, RemindedRow.step).where(RemindedRow.person_id == person_id)
    ):
        counted = refusals if line.endswith(REFUSED) else attempts
        counted[line.removesuffix(REFUSED).rpartition(TRY)[0], Step(step)] += 1
    return attempts, refusals


def of_reminders(person_id: int) -> str:
    """Name somebody's reminders as the audit trail does."""
    return f"person/{person_id}/reminders"


def digest_for(
    session: Session, person: Person, dues: Sequence[Due], *, today: date, now: datetime
) -> Digest | None:
    """Put together what somebody is told today; nothing where there is nothing to tell.

    Shape:  nothing either while another run is busy with a digest of theirs.
    """
    reader = reader_of(person)
    wish = wish_of(session, reader)
    if not person.active or not wish.is_for(today):
        return None
    last = _unsettled(session, person.id)
    if last and last.did == BEGUN and now - last.at < AT_WORK:
        return None
    lines = lines_for(reader, wish, dues, told_to(session, person.id), today)
    return Digest(person, lines, last.at if last else None) if lines or last else None


class _Delivery(NamedTuple):
    did: str
    at: datetime


def _unsettled(session: Session, person_id: int) -> _Delivery | None:
    """Give the last digest of somebody's of which nobody knows whether it arrived."""
    rows = session.execute(
        select(AuditRow.did, AuditRow.at)
        .where(
            AuditRow.subject == of_reminders(person_id),
            AuditRow.did.in_((BEGUN, SENT, TAKEN_BACK, DOUBTED)),
        )
        .order_by(AuditRow.seq.desc())
        .limit(LOOKED_BACK)
    ).all()
    while rows and rows[0].did == TAKEN_BACK:
        rows = rows[2:]  # it was begun, and that was settled
    if not rows or rows[0].did == SENT:
        return None
    return _Delivery(rows[0].did, datetime.fromisoformat(rows[0].at))


def _row(session: Session, reader: Reader) -> ReminderWishRow:
    """Give the row of somebody's choice; one who never chose gets what is usual."""
    row = session.get(ReminderWishRow, reader.id, with_for_update=True)
    if row is None:
        wish = usual_wish(reader.role)
        row = ReminderWishRow(
            person_id=reader.id,
            rhythm=wish.rhythm.value,
            in_30_days=wish.in_30_days,
            in_14_days=wish.in_14_days,
            in_3_days=wish.in_3_days,
            overdue=wish.overdue,
            own_only=wish.own_only,
            feed_hash="",
        )
        session.add(row)
        session.flush()
    return row


def _wish(row: ReminderWishRow) -> Wish:
    return Wish(
        rhythm=Rhythm(row.rhythm),
        in_30_days=row.in_30_days,
        in_14_days=row.in_14_days,
        in_3_days=row.in_3_days,
        overdue=row.overdue,
        own_only=row.own_only,
    )
